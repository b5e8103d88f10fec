//! The runner as a thing to watch: the job under which what it learns of itself is kept ([`Job::runner`]),
//! and what there is to learn ([`Signs`]).

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::gate::OWN_PACK;
use super::incident::Rules;
use super::job::Job;
use super::pack::CheckInfo;
use super::run::Micros;
use super::schedule::Schedule;
use super::target::{Address, Target};

/// The target that the runner is to itself; no configured one has this name.
pub const RUNNER_TARGET: &str = "checkrun";

/// Its job.
pub const RUNNER_JOB: &str = "runner";

/// What that job's check is called in the history, `pack/check`.
pub const RUNNER_CHECK: &str = "checkrun/runner";

/// The same without its pack.
const RUNNER_CHECK_ID: &str = "runner";

/// How often the schedule looks at itself.
pub const LOOKS_AT_ITSELF_EVERY: Duration = Duration::from_secs(60);

/// How soon it looks again while a problem is young.
pub const LOOKS_AGAIN_AFTER: Duration = Duration::from_secs(15);

/// How long one look may take: it asks the history a few short questions.
pub const LOOK_WITHIN: Duration = Duration::from_secs(10);

/// A message that nobody has by then does not get through.
pub const UNSENT_MAX: Duration = Duration::from_secs(10 * 60);

/// With less space on its disk than this a history will soon not be written, bytes.
pub const FREE_BYTES_LOW: u64 = 256 << 20;

/// With less than this it may already fail, bytes.
pub const FREE_BYTES_MIN: u64 = 32 << 20;

/// For so long it is said that a history was damaged and begun anew.
pub const SAYS_SET_ASIDE_FOR: Duration = Duration::from_secs(6 * 60 * 60);

/// What a disk without space does.
pub const FULL_DISK: &str = "On a full disk no result is stored. A schedule still tells people, from memory; if it ends meanwhile, they may be told again.";

/// What to do before it comes to that.
pub const MAKE_ROOM: &str = "free some space, or move `history.path` to a larger disk";

/// Every threshold has its own patience, so that two looks are enough against what is over at once.
const RULES: Rules = Rules {
    confirm: 2,
    escalate_confirm: 1,
    recover_after: 2,
};

/// What the schedule knows of itself at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signs {
    /// Since the look before: how much later than planned the loop came to look at the clock, at worst.
    pub tick_delay: Duration,
    /// Since the look before: runs that began.
    pub starts: u32,
    /// Those of them that began late.
    pub late_starts: u32,
    /// Since the look before: results that could not be stored.
    pub not_stored: u32,
    /// Why the newest of them could not be stored.
    pub not_stored_because: Option<String>,
    /// Damaged histories that were set aside within the last hours, oldest first.
    pub set_aside: Vec<String>,
    /// Jobs that are configured.
    pub jobs: usize,
    /// Those of them whose target cannot be reached.
    pub suspended: usize,
    /// Those of the others that have not ended a run for too long, the longest first.
    pub not_running: Vec<NotRunning>,
    /// The job whose runs overlap most often in a row, if there is one.
    pub overlapping: Option<Overlapping>,
    /// What waits to be told; none when the history could not be asked.
    pub outbox: Option<Outbox>,
    /// The file with the results.
    pub history: HistoryFile,
    /// What the process uses.
    pub resources: Resources,
    /// How often the clock was set within the last hour.
    pub clock_jumps: u32,
    /// The newest result is from so far in the future.
    pub clock_behind: Duration,
    /// Nothing was recorded from then to then, if this process has begun only now.
    pub down: Option<(Micros, Micros)>,
}

impl Signs {
    /// Whether none of the jobs runs that should.
    #[must_use]
    pub fn no_job_runs(&self) -> bool {
        let should = self.jobs.saturating_sub(self.suspended);
        should > 0 && self.not_running.len() >= should
    }
}

/// A job that has not ended a run for too long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotRunning {
    /// The job's name.
    pub job: String,
    /// Its target's.
    pub target: String,
    /// Since its last run ended, or since it could have begun.
    pub quiet_for: Duration,
}

/// A job that takes longer than its interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlapping {
    /// The job's name.
    pub job: String,
    /// Its target's.
    pub target: String,
    /// So many of its runs, one after the other, were still going on when the next one was due.
    pub in_a_row: u32,
}

/// What waits to be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outbox {
    /// Messages that nobody has yet.
    pub unsent: u32,
    /// How old the oldest of them is; zero when there is none.
    pub oldest: Duration,
    /// Messages that were given up within a day.
    pub failed: u32,
}

/// The file with the results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HistoryFile {
    /// Bytes of the file.
    pub bytes: u64,
    /// Bytes of the log beside it.
    pub log_bytes: u64,
    /// Bytes that are free on its disk; none when nobody says.
    pub free_bytes: Option<u64>,
}

/// What the process uses; none where the system does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resources {
    /// Memory that is in RAM, bytes.
    pub resident_bytes: Option<u64>,
    /// Open files, sockets and the like.
    pub descriptors: Option<u64>,
    /// How many of them there may be.
    pub descriptors_max: Option<u64>,
}

impl Job {
    /// The job under which the schedule keeps what it learns of itself. Its target has no address to
    /// connect to; the history stands there, being what most of it is about.
    #[must_use]
    pub fn runner(history: &Path) -> Self {
        Self {
            name: RUNNER_JOB.into(),
            pack: OWN_PACK.into(),
            check: Arc::new(CheckInfo {
                id: RUNNER_CHECK_ID.into(),
                title: "Runner".into(),
                description: "Whether checks run in time, results are stored and people are told."
                    .into(),
                tags: Vec::new(),
                engines: Vec::new(),
                parameters: Vec::new(),
                metrics: Vec::new(),
                privileges: Vec::new(),
                suggested_interval_seconds: 60,
                free_metrics: false,
            }),
            target: Arc::new(Target {
                name: RUNNER_TARGET.into(),
                address: Address::File(history.to_owned()),
                labels: BTreeMap::new(),
                allow_privileged: false,
                connect_timeout: LOOK_WITHIN,
                connect_attempts: 1,
                max_parallel: 1,
            }),
            parameters: Vec::new(),
            thresholds: Vec::new(),
            rules: RULES,
            timeout: LOOK_WITHIN,
            schedule: Schedule::Every(LOOKS_AT_ITSELF_EVERY),
        }
    }

    /// Whether it is [`Job::runner`].
    #[must_use]
    pub fn is_runner(&self) -> bool {
        self.pack == OWN_PACK && self.check.id == RUNNER_CHECK_ID
    }
}

/// How long a job may go without ending a run: three times its interval, and the time that one may take.
#[must_use]
pub fn stale_after(interval: Duration, timeout: Duration) -> Duration {
    interval.saturating_mul(3).saturating_add(timeout)
}
