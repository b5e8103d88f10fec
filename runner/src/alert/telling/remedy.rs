//! What is done about an incident instead of telling somebody.

use checkrun_history::notification::{Dispatch, Kind, Situation, Standing};

use super::{Audience, View, change, mute};

/// Once for each incident that opens, at once and by itself.
pub(super) fn ask(audience: &Audience, situation: &Situation, view: &View<'_>) -> Vec<Dispatch> {
    let is_new = |standing: &&Standing| {
        let key = (audience.name.clone(), standing.incident);
        standing
            .severity
            .is_some_and(|severity| audience.fits(standing, severity))
            && !situation.remedied.contains(&key)
            && !mute::is_muted(standing, situation, view)
    };
    let message = |standing: &Standing| Dispatch {
        route: audience.name.clone(),
        target_id: Some(standing.target_id),
        kind: Kind::Remedy,
        thread: None,
        joins: None,
        fallback_of: None,
        items: vec![change::opening(standing)],
    };
    situation
        .standings
        .iter()
        .filter(is_new)
        .map(message)
        .collect()
}
