//! Who is to be told what, and when: from what is wrong and what was told to the messages to write.
//!
//! Pure, and without memory of its own: what a route should know follows from the incidents, what it
//! does know is in the history, and the difference is the news. So nothing is lost when the program is
//! killed, nothing is said twice, and a mute or a silence that ends needs no bookkeeping.
//!
//! - [`change`]: what is new about one object for one route
//! - [`mute`]: why nobody is told of something new
//! - [`flapping`]: what comes and goes
//! - [`timing`]: whether a group of news is due
//! - [`flood`]: so much that one message must have all of it
//! - [`fallback`]: what others could not be given
//! - [`remedy`]: what is done about an incident

mod change;
mod fallback;
mod flapping;
mod flood;
mod mute;
mod remedy;
#[cfg(test)]
mod tests;
mod timing;

use std::collections::BTreeMap;
use std::time::Duration;

use checkrun_history::notification::{Dispatch, Kind, LastMessage, MessageId, Situation, Standing};
use checkrun_history::record::StoredStatus;

use self::change::{Change, Volume};
use crate::model::alerting::Alerting;
use crate::model::incident::Severity;
use crate::model::route::Scope;
use crate::model::run::Micros;

pub use self::flapping::WINDOW as FLAPPING_WINDOW;

/// A message that nobody has after so long goes by way of the fallback routes.
pub const STUCK_AFTER: Duration = Duration::from_secs(600);

/// Somebody who is told, or something that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience {
    /// The route's name.
    pub name: String,
    /// What for.
    pub role: Role,
    /// About what.
    pub scope: Scope,
}

/// What a route is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Knows the course of incidents.
    Told,
    /// Does something about an incident, once.
    Remedy,
    /// Gets what others could not be given, and how that goes on.
    Fallback,
}

/// What decides beside the situation.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// Now.
    pub now: Micros,
    /// Every route.
    pub audiences: &'a [Audience],
    /// When people are told.
    pub rules: &'a Alerting,
    /// Of what nobody is told now, because of a maintenance.
    pub maintained: &'a [Scope],
}

impl Audience {
    /// Whether it is told of something by itself.
    fn fits(&self, standing: &Standing, severity: StoredStatus) -> bool {
        self.role != Role::Fallback && is_about(&self.scope, standing, severity)
    }
}

/// Whether a standing that is so bad belongs to a scope.
fn is_about(scope: &Scope, standing: &Standing, severity: StoredStatus) -> bool {
    let severity = match severity {
        StoredStatus::Critical => Severity::Critical,
        StoredStatus::Ok | StoredStatus::Warning | StoredStatus::Unknown => Severity::Warning,
    };
    scope.fits(severity, &standing.target, &standing.job, &standing.labels)
}

/// The messages to write now.
#[must_use]
pub fn decide(situation: &Situation, view: &View<'_>) -> Vec<Dispatch> {
    let mut messages = Vec::new();
    for audience in view.audiences {
        match audience.role {
            Role::Told => messages.extend(tell(audience, situation, view)),
            Role::Remedy => messages.extend(remedy::ask(audience, situation, view)),
            Role::Fallback => {
                let stand_ins = fallback::stand_in(audience, situation);
                let course = tell(audience, situation, view);
                messages.extend(fallback::together(stand_ins, course));
            }
        }
    }
    messages
}

/// What one route knows and should know of one target.
struct Group<'s> {
    target_id: i64,
    changes: Vec<Change<'s>>,
    /// The last message about it, alone or with others.
    last: Option<&'s LastMessage>,
}

impl Group<'_> {
    /// The worst that the route knows of.
    fn worst_known(&self) -> Option<StoredStatus> {
        self.changes.iter().filter_map(|change| change.before).max()
    }
}

/// Where what a route was last told of a target is.
enum OnItsWay {
    /// Nobody has it.
    Open(MessageId),
    /// Perhaps somebody will have it in a moment, perhaps it is open again then.
    Leaving,
    /// It does not change any more.
    Gone,
}

/// What can be changed of the target's own message and the flood has the news, unless the other came later:
/// people would get what is new before what it goes on from. While either is being handed over, news wait, or
/// there would be two messages when nobody takes the first.
fn on_its_way(own: Option<&LastMessage>, flood: Option<&LastMessage>) -> OnItsWay {
    if let Some(own) = own.filter(|own| own.is_open) {
        return OnItsWay::Open(own.id);
    }
    if own.is_some_and(|own| own.is_leaving) || flood.is_some_and(|flood| flood.is_leaving) {
        return OnItsWay::Leaving;
    }
    let is_newest = |flood: &&LastMessage| own.is_none_or(|own| own.id < flood.id);
    match flood.filter(|flood| flood.is_open).filter(is_newest) {
        Some(flood) => OnItsWay::Open(flood.id),
        None => OnItsWay::Gone,
    }
}

fn tell(audience: &Audience, situation: &Situation, view: &View<'_>) -> Vec<Dispatch> {
    let mut groups: BTreeMap<i64, Vec<Change<'_>>> = BTreeMap::new();
    for standing in &situation.standings {
        if let Some(change) = change::of(standing, audience, situation, view) {
            groups.entry(standing.target_id).or_default().push(change);
        }
    }
    let mut due = Vec::new();
    let mut waiting = Vec::new();
    let mut joining = Vec::new();
    for (target_id, changes) in groups {
        let message = |target: Option<i64>| situation.last.get(&(audience.name.clone(), target));
        let (own, flood) = (message(Some(target_id)), message(None));
        let own_flood = situation
            .last_flood
            .get(&(audience.name.clone(), target_id));
        let group = Group {
            target_id,
            changes,
            last: [own, own_flood]
                .into_iter()
                .flatten()
                .max_by_key(|message| message.id),
        };
        let is_news = group
            .changes
            .iter()
            .any(|change| change.volume > Volume::Quiet);
        match on_its_way(own, flood) {
            // Nobody has that message yet, so it can as well say what is true now.
            OnItsWay::Open(open) if is_news => joining.push(Dispatch {
                joins: Some(open),
                ..group.message(audience, Kind::News)
            }),
            OnItsWay::Open(_) | OnItsWay::Leaving => {}
            OnItsWay::Gone if is_news => {
                let message = group.message(audience, Kind::News);
                if timing::is_due(&group, view) {
                    due.push(message);
                } else if group.worst_known().is_none() {
                    waiting.push(message);
                }
            }
            OnItsWay::Gone => {
                if timing::is_reminder_due(&group, view) {
                    due.push(group.message(audience, Kind::Reminder));
                }
            }
        }
    }
    joining.extend(flood::contain(audience, due, waiting, situation, view));
    joining
}

impl Group<'_> {
    fn message(&self, audience: &Audience, kind: Kind) -> Dispatch {
        // A mute says nothing of what is new, and a reminder would be of what it is a mute for.
        let items = self
            .changes
            .iter()
            .filter(|change| change.volume > Volume::Muted)
            .map(Change::item);
        Dispatch {
            route: audience.name.clone(),
            target_id: Some(self.target_id),
            kind,
            thread: self
                .last
                .filter(|_| self.worst_known().is_some())
                .map(|last| last.thread.clone()),
            joins: None,
            fallback_of: None,
            items: items.collect(),
        }
    }
}
