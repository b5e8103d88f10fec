//! [`Change`]: what is new about one object for one route.

use checkrun_history::notification::{Flapping, MessageItem, Situation, Standing};
use checkrun_history::record::StoredStatus;

use super::{Audience, View, flapping, mute};

/// How much a change says, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Volume {
    /// It is new, and somebody does not want to hear of it.
    Muted,
    /// It is not worth a message; it goes with one.
    Quiet,
    /// It is news.
    Loud,
    /// It is news that does not wait.
    Urgent,
}

/// What a route knows of an object, and what it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change<'s> {
    pub(super) standing: &'s Standing,
    /// What it knows: none for nothing, or that all is well.
    pub(super) before: Option<StoredStatus>,
    /// What it should know.
    pub(super) after: Option<StoredStatus>,
    pub(super) flapping: Option<Flapping>,
    pub(super) volume: Volume,
}

/// None where the route has nothing to do with it.
pub(super) fn of<'s>(
    standing: &'s Standing,
    audience: &Audience,
    situation: &Situation,
    view: &View<'_>,
) -> Option<Change<'s>> {
    let told = situation
        .told
        .get(&(audience.name.clone(), standing.key.clone()))
        .copied();
    let before = told.map(|told| told.severity);
    // Whoever was told hears how it goes on, also when it is less bad than they asked for.
    let after = standing
        .severity
        .filter(|severity| told.is_some() || audience.fits(standing, *severity));
    let was_flapping = told.is_some_and(|told| told.is_flapping);
    let is_muted = || mute::is_muted(standing, situation, view);
    let unless_muted = |volume: Volume| if is_muted() { Volume::Muted } else { volume };
    if flapping::is_flapping(&standing.turns_us, was_flapping, after, view.now) {
        let worst = before.max(after)?;
        let is_worse = before.is_some_and(|known| worst > known);
        return Some(Change {
            standing,
            before,
            after: Some(worst),
            flapping: (!was_flapping || is_worse).then_some(Flapping::Begins),
            volume: match (was_flapping, is_worse) {
                (_, true) => unless_muted(Volume::Urgent),
                (false, false) => unless_muted(Volume::Loud),
                (true, false) => Volume::Muted,
            },
        });
    }
    let (flapping, volume) = match (before, after) {
        // Of what is not looked at now nobody can say that it is steady.
        (_, Some(_)) if was_flapping => (Some(Flapping::Ends), unless_muted(Volume::Loud)),
        (_, None) if was_flapping => (Some(Flapping::Ends), Volume::Loud),
        (None, None) => return None,
        (None, Some(_)) => (None, unless_muted(Volume::Loud)),
        (Some(known), Some(now)) if now > known => (None, unless_muted(Volume::Urgent)),
        // Less bad, or as it was: only a mute keeps it out of messages about others.
        (Some(_), Some(_)) => (None, unless_muted(Volume::Quiet)),
        (Some(_), None) => (None, Volume::Loud),
    };
    Some(Change {
        standing,
        before,
        after,
        flapping,
        volume,
    })
}

/// That it has begun.
pub(super) fn opening(standing: &Standing) -> MessageItem {
    MessageItem {
        key: standing.key.clone(),
        incident: standing.incident,
        before: None,
        after: standing.severity,
        flapping: None,
    }
}

impl Change<'_> {
    pub(super) fn item(&self) -> MessageItem {
        MessageItem {
            before: self.before,
            after: self.after,
            flapping: self.flapping,
            ..opening(self.standing)
        }
    }
}
