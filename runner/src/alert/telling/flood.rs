//! So much at once that a message for each target would be a flood: one message has all of it.

use checkrun_history::notification::{Dispatch, Kind, RouteLoad, Situation};

use super::{Audience, View};

/// As many of these messages as the route may get now: each by itself, all in one, or none for now. What
/// is not written stays news, and comes with a later message.
///
/// What breaks many targets breaks them one after the other. So the targets whose first trouble still
/// `waits` for its time count too, and are in the flood: else the first ones to be due would each be told
/// by themselves before anybody sees that it is one.
pub(super) fn contain(
    audience: &Audience,
    due: Vec<Dispatch>,
    waiting: Vec<Dispatch>,
    situation: &Situation,
    view: &View<'_>,
) -> Vec<Dispatch> {
    let load = situation
        .load
        .get(&audience.name)
        .copied()
        .unwrap_or_default();
    let left = view.rules.messages_max.saturating_sub(load.messages);
    if due.is_empty() || (is_calm(load) && due.len() + waiting.len() <= left as usize) {
        return due;
    }
    if load.last_storm_us.is_some() {
        return Vec::new();
    }
    vec![Dispatch {
        route: audience.name.clone(),
        target_id: None,
        kind: Kind::Storm,
        thread: None,
        joins: None,
        fallback_of: None,
        items: due
            .into_iter()
            .chain(waiting)
            .flat_map(|message| message.items)
            .collect(),
    }]
}

/// The load is of the time that counts: a flood in it is a recent one.
fn is_calm(load: RouteLoad) -> bool {
    load.last_storm_us.is_none()
}
