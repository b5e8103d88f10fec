//! Whether the news of a group are due. Everything follows from when things changed and from the message
//! before; a clock that was set back lets no message wait.

use std::time::Duration;

use checkrun_history::record::StoredStatus;

use super::change::{Change, Volume};
use super::{Group, View};
use crate::model::gate::CONNECTION_CHECK;

/// A target that cannot be reached is told sooner: nothing else will come with it.
const GATE_WAIT_MAX: Duration = Duration::from_secs(10);

/// What was given up and nobody has is said again after so long at the latest.
const LOST_AGAIN_AFTER: Duration = Duration::from_secs(3600);

/// Whether there is a message to write.
pub(super) fn is_due(group: &Group<'_>, view: &View<'_>) -> bool {
    let news = || {
        group
            .changes
            .iter()
            .filter(|change| change.volume > Volume::Quiet)
    };
    if news().any(|change| change.volume == Volume::Urgent) {
        return true;
    }
    let has_gate = news().any(|change| change.standing.check == CONNECTION_CHECK);
    let wait = match has_gate {
        true => view.rules.group_wait.min(GATE_WAIT_MAX),
        false => view.rules.group_wait,
    };
    let Some(first) = news().map(|change| change.standing.changed_us).min() else {
        return false;
    };
    if !is_over(first, wait, view) {
        return false;
    }
    // Whoever knows of warnings only should hear of what is critical without waiting.
    let known = group.worst_known();
    let raises = news().any(|change| change.after > known);
    match group.last {
        Some(told) if known.is_some() && !raises && !has_gate => {
            is_over(told.created_us, view.rules.group_interval, view)
        }
        _ => true,
    }
}

/// Whether it is time to say again what is known already, or should be.
pub(super) fn is_reminder_due(group: &Group<'_>, view: &View<'_>) -> bool {
    let Some(worst) = group.changes.iter().filter_map(reminds_of).max() else {
        return false;
    };
    // A message that is forgotten was long ago.
    let Some(told) = group.last else {
        return true;
    };
    let every = match worst {
        StoredStatus::Critical => view.rules.remind_critical,
        _ => view.rules.remind_warning,
    };
    let lost = told.is_lost.then_some(LOST_AGAIN_AFTER);
    // Also where the message is dated into the future, from before the clock was set back: else everybody
    // would be reminded of everything at that moment.
    let since = Duration::from_micros(view.now.0.abs_diff(told.created_us));
    [every, lost]
        .into_iter()
        .flatten()
        .any(|wait| since >= wait)
}

/// What is known and still as bad, and that nobody has muted or taken on.
fn reminds_of(change: &Change<'_>) -> Option<StoredStatus> {
    match change.volume {
        Volume::Quiet => change.after,
        Volume::Muted | Volume::Loud | Volume::Urgent => None,
    }
}

fn is_over(since_us: i64, wait: Duration, view: &View<'_>) -> bool {
    let now = view.now.0;
    now < since_us || Duration::from_micros(now.abs_diff(since_us)) >= wait
}
