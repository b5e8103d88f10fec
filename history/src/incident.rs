//! Incidents as plain values: what the writer takes, and what the reader gives.

use std::sync::Arc;

use crate::record::StoredStatus;

/// Identifies an incident within one history file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IncidentId(pub i64);

/// Where something is between ok and not ok.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredPhase {
    /// Seen bad, not confirmed.
    Pending,
    /// There is an incident.
    Firing,
    /// There is an incident, and it was seen good.
    Recovering,
}

impl StoredPhase {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Firing, Self::Recovering];

    /// The word in the table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Firing => "firing",
            Self::Recovering => "recovering",
        }
    }
}

/// What is known of something about a job that is not simply ok.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchRecord {
    /// What it is.
    pub object: String,
    /// Between ok and not ok.
    pub phase: StoredPhase,
    /// Warning or critical.
    pub severity: StoredStatus,
    /// The first bad run, microseconds since 1970-01-01T00:00:00Z.
    pub since_us: i64,
    /// Pending: bad in a row; recovering: good in a row.
    pub count: u32,
    /// Firing: worse than the incident, in a row.
    pub worse: u32,
    /// Firing: less bad than the incident, in a row.
    pub better: u32,
}

/// What one run changes about one object of its job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovementRecord {
    /// Which object.
    pub object: String,
    /// What is known of it now; none when it is ok.
    pub watch: Option<WatchRecord>,
    /// What becomes of its incident.
    pub change: ChangeRecord,
    /// Why it is bad, and what to do: of this run, if it says so.
    pub reason: Option<(String, Option<String>)>,
}

/// What becomes of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeRecord {
    /// Nothing, or it goes on, as severe as its watch.
    GoesOn,
    /// It begins.
    Opens,
    /// It is over.
    Closes,
    /// It is over as that of a job that is removed: nobody will say any more whether it is well.
    Abandons,
}

/// Given what is known of a job's objects, what a run of it changes. Called on the writer's thread in
/// the run's own transaction, and once more when that has to be repeated, so it must be quick and pure.
pub type Consider = Arc<dyn Fn(&[WatchRecord]) -> Vec<MovementRecord> + Send + Sync>;

/// One incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentSummary {
    /// Its id.
    pub id: IncidentId,
    /// The target's name.
    pub target: String,
    /// The job's configured name.
    pub job: String,
    /// `pack/check`.
    pub check: String,
    /// What about the job.
    pub object: String,
    /// Now, or when it closed: warning or critical.
    pub severity: StoredStatus,
    /// The worst it has been.
    pub peak: StoredStatus,
    /// Whether it was seen good since, while it is open.
    pub is_recovering: bool,
    /// The first bad run, microseconds since 1970-01-01T00:00:00Z.
    pub since_us: i64,
    /// The run that confirmed it.
    pub opened_us: i64,
    /// The run that ended it; none while it is open.
    pub closed_us: Option<i64>,
    /// Of the newest bad run.
    pub text: String,
    /// What to do.
    pub advice: Option<String>,
}
