//! What the writer takes: one judged run as plain values, and the words it shares with the reader.
//!
//! Times are microseconds since 1970-01-01T00:00:00Z, durations microseconds. Texts are stored as
//! they are: making them fit for a terminal or a page is for whoever shows them.

use std::collections::BTreeMap;

/// Identifies a run within one history file; later runs have greater ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(pub i64);

/// How well a job is doing, in the order of the product: better is less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StoredStatus {
    /// Nothing to do. Stored as 0.
    Ok,
    /// Stored as 1.
    Warning,
    /// It could not be judged. Stored as 2.
    Unknown,
    /// Stored as 3.
    Critical,
}

impl StoredStatus {
    /// All of them, best first: the place is the stored number.
    pub const ALL: [Self; 4] = [Self::Ok, Self::Warning, Self::Unknown, Self::Critical];

    /// The number in the tables.
    pub(crate) fn code(self) -> i64 {
        match self {
            Self::Ok => 0,
            Self::Warning => 1,
            Self::Unknown => 2,
            Self::Critical => 3,
        }
    }

    /// The status with this number, if there is one.
    pub(crate) fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// The lower-case word, as in the stored reasons and the views.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Unknown => "unknown",
            Self::Critical => "critical",
        }
    }

    /// The status with this word, if there is one.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// When a scheduled run should have begun, and what was skipped before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotRecord {
    /// By the wall clock.
    pub due_us: i64,
    /// Slots since the run before that came while it still went on.
    pub overlapped: u32,
    /// Slots since the run before that came while nobody looked at the clock.
    pub missed: u32,
    /// Slots since the run before that came while the target could not be reached.
    pub suspended: u32,
}

/// One execution of a job with its outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRecord {
    /// The configured name; unique together with the target.
    pub job: String,
    /// `pack/check`.
    pub check: String,
    /// Where it ran.
    pub target: TargetRecord,
    /// What ran; absent when the pack could not be loaded.
    pub pack: Option<PackRecord>,
    /// When it should have begun; absent when a person asked for it.
    pub slot: Option<SlotRecord>,
    /// When it began. A second run of the same job with the same start is stored with the next free
    /// microsecond, so that neither is lost.
    pub started_us: i64,
    /// Wall time.
    pub duration_us: i64,
    /// The outcome's status.
    pub status: StoredStatus,
    /// One line for people.
    pub summary: String,
    /// Why it is not ok, worst first.
    pub reasons: Vec<ReasonRecord>,
    /// Set when there is no report.
    pub failure: Option<FailureRecord>,
    /// What it used of its limits.
    pub usage: UsageRecord,
    /// (name, labels, unit) is unique.
    pub metrics: Vec<MetricRecord>,
    /// In the check's order.
    pub findings: Vec<FindingRecord>,
    /// What the job is to remember; later ones win.
    pub state_changes: Vec<StateChangeRecord>,
}

/// One database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetRecord {
    /// Unique.
    pub name: String,
    /// `None` if this run did not learn it; what an earlier one learnt is kept then.
    pub engine: Option<String>,
    /// As configured now; they replace the stored ones.
    pub labels: BTreeMap<String, String>,
}

/// One build of a pack.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PackRecord {
    /// The pack's name.
    pub name: String,
    /// What it says of itself.
    pub version: String,
    /// Of the file, lower-case hexadecimal.
    pub sha256: String,
}

/// One reason why an outcome is not ok.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonRecord {
    /// How bad.
    pub status: StoredStatus,
    /// One line.
    pub text: String,
    /// What to do next.
    pub advice: Option<String>,
}

/// Why there is no report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureRecord {
    /// A word for programs, such as `timed-out`.
    pub kind: String,
    /// For people.
    pub text: String,
}

/// What a run used of its limits. Values above `i64::MAX` are stored as that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UsageRecord {
    /// Queries sent.
    pub queries: u64,
    /// Rows handed to the check.
    pub rows: u64,
    /// Bytes handed to the check.
    pub bytes: u64,
    /// Time in the guest, microseconds.
    pub cpu_us: u64,
    /// Largest sum of linear memories, bytes.
    pub memory_bytes: u64,
}

/// One measured value.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricRecord {
    /// The metric's name.
    pub name: String,
    /// Any number; a NaN makes the run be rejected.
    pub value: f64,
    /// `bytes`, `seconds`, …
    pub unit: String,
    /// Tell several metrics of one name apart.
    pub labels: BTreeMap<String, String>,
}

/// One thing the check noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingRecord {
    /// Stable from run to run.
    pub key: String,
    /// How bad; `Ok` is for information.
    pub severity: StoredStatus,
    /// One line.
    pub title: String,
    /// More, possibly several lines.
    pub detail: String,
    /// What it is about.
    pub subject: Option<String>,
    /// What to do next.
    pub advice: Option<String>,
    /// Where to read more.
    pub reference: Option<String>,
    /// Measured values behind it: name and value, in the check's order.
    pub evidence: Vec<(String, String)>,
}

/// One entry that a job remembers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateChangeRecord {
    /// The check's key.
    pub key: String,
    /// The new value.
    pub value: String,
}
