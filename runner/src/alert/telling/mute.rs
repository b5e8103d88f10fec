//! Why nobody is told of something new. Of how something ends that was told, everybody hears.

use checkrun_history::notification::{Silence, Situation, Standing};
use checkrun_history::record::StoredStatus;

use super::{View, is_about};
use crate::model::gate::CONNECTION_CHECK;
use crate::model::route::Scope;

/// Why nobody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// The target is down, or may just be going down: that will be told, and says it all.
    TargetDown,
    /// It is a time for maintenance.
    Maintenance,
    /// Somebody has muted it.
    Silenced,
    /// Somebody has taken it on.
    Acknowledged,
}

/// The first reason there is.
pub(super) fn reason(
    standing: &Standing,
    situation: &Situation,
    view: &View<'_>,
) -> Option<Reason> {
    // What is over is told however bad it was.
    let severity = standing.severity.unwrap_or(StoredStatus::Critical);
    let fits = |scope: &Scope| is_about(scope, standing, severity);
    let is_doubtful = situation.doubtful_targets.contains(&standing.target_id);
    if is_doubtful && standing.check != CONNECTION_CHECK {
        Some(Reason::TargetDown)
    } else if view.maintained.iter().any(fits) {
        Some(Reason::Maintenance)
    } else if situation
        .silences
        .iter()
        .map(scope)
        .any(|scope| fits(&scope))
    {
        Some(Reason::Silenced)
    } else if is_acknowledged(standing) {
        Some(Reason::Acknowledged)
    } else {
        None
    }
}

fn scope(silence: &Silence) -> Scope {
    Scope {
        targets: vec![silence.target.clone()],
        checks: vec![silence.job.clone()],
        labels: silence.labels.clone(),
        ..Scope::default()
    }
}

fn is_acknowledged(standing: &Standing) -> bool {
    match (&standing.acknowledged, standing.severity) {
        (Some(taken), Some(severity)) => taken.covers(severity),
        // What is over is nobody's any more.
        (_, None) | (None, _) => false,
    }
}
