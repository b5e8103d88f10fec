//! [`Facts`]: what was seen of the runner, before anybody judges it.

use checkrun_history::notification::{MessageSummary, Silence};
use checkrun_history::{OutboxState, Soundness};

use super::Verdict;
use crate::model::run::Micros;
use crate::operations::Remark;
use crate::operations::observation::Observation;

/// Everything that was seen.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The configuration file, if there is one.
    pub file: Option<String>,
    /// How many targets it has.
    pub targets: usize,
    /// How many jobs it has; 0 while there are problems.
    pub jobs: usize,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// What is wrong with secrets; none when the file could not be read.
    pub secrets: Option<Vec<Problem>>,
    /// The packs; none when the file could not be read.
    pub packs: Option<Packs>,
    /// What only a configuration without errors leads to.
    pub setup: Option<Setup>,
}

/// One thing that is wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Failed or a warning.
    pub verdict: Verdict,
    /// What, where, and what to do.
    pub remark: Remark,
}

/// The packs.
#[derive(Clone, Debug, Default)]
pub struct Packs {
    /// Name and version of each that loads.
    pub loaded: Vec<String>,
    /// Why others do not.
    pub problems: Vec<Problem>,
}

/// What a configuration leads to.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The file with the results.
    pub history: History,
    /// Who holds the lock of the schedule.
    pub lock: Lock,
    /// There is a route by which people are told.
    pub tells_people: bool,
    /// Settings that are better avoided.
    pub doubts: Vec<Doubt>,
}

/// The file with the results.
#[derive(Clone, Debug)]
pub struct History {
    /// Where it is.
    pub path: String,
    /// What is in it.
    pub content: Content,
    /// Whether it can be written: why not. Of one that is not there, whether its folder can.
    pub writing: Result<(), Remark>,
    /// Bytes that are free on its disk; none when nobody says.
    pub free_bytes: Option<u64>,
    /// Damaged histories that were set aside beside it.
    pub set_aside: Vec<String>,
}

/// What is in a history.
#[derive(Clone, Debug)]
pub enum Content {
    /// Nothing: there is no file yet.
    Missing,
    /// It cannot be read.
    Unreadable(Remark),
    /// It can.
    Readable(Box<Answers>),
}

/// What a history answers; each question by itself, for a damaged one answers some.
#[derive(Clone, Debug)]
pub struct Answers {
    /// The layout's version: of the file, and the newest that is known.
    pub versions: (i64, i64),
    /// Whether it is damaged.
    pub soundness: Result<Soundness, Remark>,
    /// The newest run of the runner's own job.
    pub look: Result<Option<Observation>, Remark>,
    /// What waits, and how much was given up within a day.
    pub outbox: Result<OutboxState, Remark>,
    /// Those that were given up within a day, newest first.
    pub given_up: Result<Vec<MessageSummary>, Remark>,
    /// Mutes that hold or will.
    pub silences: Result<Vec<Silence>, Remark>,
}

/// Who holds the lock of the schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lock {
    /// Nobody.
    Free,
    /// Somebody: what it wrote, and since when.
    Held(String, Option<Micros>),
    /// It cannot be asked.
    Unknown(String),
}

/// A setting that works and is better avoided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// A connection to another machine is not protected, or not verified.
    Tls {
        /// The target.
        target: String,
        /// Its host.
        host: String,
        /// The mode, as it is written.
        mode: &'static str,
    },
    /// The account may be a superuser.
    Privileged {
        /// The target.
        target: String,
    },
    /// Mail goes to another machine as plain text.
    Mail {
        /// The server.
        host: String,
    },
}
