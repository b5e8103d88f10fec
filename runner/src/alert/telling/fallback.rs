//! What others could not be given. From then on the fallback is told like everybody else.

use std::collections::BTreeSet;

use checkrun_history::notification::{Dispatch, Kind, MessageItem, Situation};

use super::Audience;

/// What nobody could be given, as far as it is still so. What is over and was told before is not said to those
/// who never heard of it; what came and went while nobody could be told is.
pub(super) fn stand_in(audience: &Audience, situation: &Situation) -> Vec<Dispatch> {
    let mut said = BTreeSet::new();
    let mut messages = Vec::new();
    for stuck in &situation.stuck {
        let is_new = |item: &&MessageItem| {
            let is_known = situation
                .told
                .contains_key(&(audience.name.clone(), item.key.clone()));
            !is_known && (item.after.is_some() || item.before.is_none())
        };
        let items: Vec<MessageItem> = stuck
            .items
            .iter()
            .filter(is_new)
            .filter_map(|item| as_it_is(item, situation))
            .filter(|item| said.insert(item.key.clone()))
            .collect();
        if !items.is_empty() {
            messages.push(Dispatch {
                route: audience.name.clone(),
                target_id: stuck.target_id,
                kind: Kind::News,
                thread: None,
                joins: None,
                fallback_of: Some(stuck.id),
                items,
            });
        }
    }
    messages
}

/// What is new of a target, and how what was told before goes on, are one message.
pub(super) fn together(mut stand_ins: Vec<Dispatch>, course: Vec<Dispatch>) -> Vec<Dispatch> {
    let mut others = Vec::new();
    for message in course {
        let same =
            |one: &&mut Dispatch| message.joins.is_none() && one.target_id == message.target_id;
        match stand_ins.iter_mut().find(same) {
            Some(one) => one.items.extend(message.items),
            None => others.push(message),
        }
    }
    stand_ins.extend(others);
    stand_ins
}

/// For somebody who knows nothing of it; none where it is not so any more, or again.
fn as_it_is(item: &MessageItem, situation: &Situation) -> Option<MessageItem> {
    let mut standings = situation.standings.iter();
    let now = standings
        .find(|standing| standing.key == item.key)
        .and_then(|standing| Some((standing.incident, standing.severity?)));
    let after = match (item.after, now) {
        (None, None) => None,
        (Some(_), Some((incident, severity))) if incident == item.incident => Some(severity),
        (None, Some(_)) | (Some(_), _) => return None,
    };
    Some(MessageItem {
        before: None,
        after,
        ..item.clone()
    })
}
