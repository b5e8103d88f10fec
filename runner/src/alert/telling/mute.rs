//! Why nobody is told of something new. Of how something ends that was told, everybody hears.

use checkrun_history::notification::{Silence, Situation, Standing};
use checkrun_history::record::StoredStatus;

use super::{View, is_about};
use crate::model::gate::CONNECTION_CHECK;
use crate::model::route::Scope;

/// Whether somebody does not want to hear of it. Also while its target may be going down: that will be told,
/// and says it all.
pub(super) fn is_muted(standing: &Standing, situation: &Situation, view: &View<'_>) -> bool {
    // What is over is told however bad it was.
    let severity = standing.severity.unwrap_or(StoredStatus::Critical);
    let fits = |scope: &Scope| is_about(scope, standing, severity);
    let is_doubtful = situation.doubtful_targets.contains(&standing.target_id);
    let mut silences = situation.silences.iter().map(scope);
    (is_doubtful && standing.check != CONNECTION_CHECK)
        || view.maintained.iter().any(fits)
        || silences.any(|scope| fits(&scope))
        || is_acknowledged(standing)
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
