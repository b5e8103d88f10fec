//! Between the incidents of the model and those of the history.

use std::collections::BTreeMap;
use std::sync::Arc;

use checkrun_history::incident as stored;
use checkrun_history::record::StoredStatus;

use crate::model::incident::{Change, Movement, Object, Phase, Severity, Watch};
use crate::model::run::Micros;

/// Given what is known of a job's objects, what its newest run changes. Pure; see
/// [`stored::Consider`].
pub type Consider = Arc<dyn Fn(&BTreeMap<Object, Watch>) -> Vec<Movement> + Send + Sync>;

/// The same for the history.
pub(super) fn to_record(consider: Consider) -> stored::Consider {
    Arc::new(move |known| {
        let known = known
            .iter()
            .map(|watch| (Object::stored(watch.object.clone()), from_record(watch)))
            .collect();
        consider(&known).into_iter().map(movement).collect()
    })
}

fn from_record(watch: &stored::WatchRecord) -> Watch {
    let phase = match watch.phase {
        stored::StoredPhase::Pending => Phase::Pending { count: watch.count },
        stored::StoredPhase::Recovering => Phase::Recovering { count: watch.count },
        stored::StoredPhase::Firing => Phase::Firing {
            worse: watch.worse,
            better: watch.better,
        },
    };
    Watch {
        phase,
        severity: match watch.severity {
            StoredStatus::Critical => Severity::Critical,
            StoredStatus::Ok | StoredStatus::Warning | StoredStatus::Unknown => Severity::Warning,
        },
        since: Micros(watch.since_us),
    }
}

fn movement(movement: Movement) -> stored::MovementRecord {
    let object = movement.object.as_str().to_owned();
    stored::MovementRecord {
        watch: movement.watch.map(|watch| watch_record(&object, watch)),
        change: match movement.change {
            Some(Change::Opened) => stored::ChangeRecord::Opens,
            Some(Change::Closed) => stored::ChangeRecord::Closes,
            Some(Change::Abandoned) => stored::ChangeRecord::Abandons,
            Some(Change::Escalated | Change::Eased) | None => stored::ChangeRecord::GoesOn,
        },
        reason: movement.reason.map(|reason| (reason.text, reason.advice)),
        object,
    }
}

fn watch_record(object: &str, watch: Watch) -> stored::WatchRecord {
    let (phase, count, worse, better) = match watch.phase {
        Phase::Pending { count } => (stored::StoredPhase::Pending, count, 0, 0),
        Phase::Recovering { count } => (stored::StoredPhase::Recovering, count, 0, 0),
        Phase::Firing { worse, better } => (stored::StoredPhase::Firing, 0, worse, better),
    };
    stored::WatchRecord {
        object: object.to_owned(),
        phase,
        severity: match watch.severity {
            Severity::Warning => StoredStatus::Warning,
            Severity::Critical => StoredStatus::Critical,
        },
        since_us: watch.since.0,
        count,
        worse,
        better,
    }
}
