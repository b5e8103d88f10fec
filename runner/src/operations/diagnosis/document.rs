//! [`Diagnosis`]: the answer of `checkrun diagnose`, in the shape of its JSON document.
//!
//! `docs/schemas/diagnose.schema.json` is made from these types.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::advice::Cause;

/// Changes when a field changes its meaning or goes away; new fields may come at any time.
pub const SCHEMA_VERSION: u32 = 1;

/// Everything that one `checkrun diagnose` saw.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Diagnosis {
    /// The version of this document.
    pub schema_version: u32,
    /// When it began, RFC 3339 in UTC.
    pub started: String,
    /// From beginning to end, milliseconds.
    pub duration_ms: f64,
    /// The worst of the configuration and all targets.
    pub outcome: Outcome,
    /// What is wrong with the configuration as a whole; also what is wrong with a target's own part.
    pub configuration: Configuration,
    /// One for each target that was asked for, in the order of the configuration.
    pub targets: Vec<TargetDiagnosis>,
    /// The problems of all targets, the one to look at first in front.
    pub problems: Vec<RankedProblem>,
}

/// The configuration as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Configuration {
    /// The file; absent when there is none.
    pub file: Option<String>,
    /// Every problem in it.
    pub problems: Vec<Problem>,
}

/// One target, stage by stage.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TargetDiagnosis {
    /// Its name.
    pub target: String,
    /// `postgresql`, `pgbouncer`, `mysql` or `sqlite`, by its URL; absent when the configuration has no such target.
    pub engine: Option<String>,
    /// Host and port, socket or file.
    pub address: Option<String>,
    /// The worst of its stages.
    pub outcome: Outcome,
    /// All stages together, milliseconds.
    pub duration_ms: f64,
    /// Those that the engine has, in their order.
    pub stages: Vec<StageReport>,
}

/// The stages, in the order in which a connection comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// The target's part of the configuration.
    Configuration,
    /// Its password is where the configuration says.
    Secret,
    /// SQLite: the file is there and is a database.
    File,
    /// The host's name has addresses.
    Dns,
    /// One of them accepts a connection; also the Unix socket.
    Tcp,
    /// The encryption, and what the server's certificate proves.
    Tls,
    /// The server lets the account in.
    Authentication,
    /// The database is there, and what kind of server has it.
    Database,
    /// The account may do what the configured checks need, and no more.
    Privileges,
    /// `SELECT 1`, or what is as quick to answer.
    Query,
    /// How long connecting and asking take, several times.
    Performance,
    /// How many connections are in use.
    Connections,
}

impl Stage {
    /// The lower-case word that users see.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Secret => "secret",
            Self::File => "file",
            Self::Dns => "dns",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Authentication => "authentication",
            Self::Database => "database",
            Self::Privileges => "privileges",
            Self::Query => "query",
            Self::Performance => "performance",
            Self::Connections => "connections",
        }
    }
}

/// How a stage, a target or all of them went; in the order in which a worst is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// There was nothing to look at, or an earlier stage failed; never that of a target.
    Skipped,
    /// Nothing is wrong.
    Passed,
    /// It works, though something should be mended.
    Warning,
    /// It does not work.
    Failed,
}

impl Outcome {
    /// The lower-case word that users see.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Passed => "passed",
            Self::Warning => "warning",
            Self::Failed => "failed",
        }
    }
}

/// One stage of one target.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct StageReport {
    /// Which one.
    pub stage: Stage,
    /// The worst of its problems.
    pub outcome: Outcome,
    /// Milliseconds; absent when it was skipped, and when it is part of the stage before.
    pub duration_ms: Option<f64>,
    /// Why it was skipped.
    pub skipped_because: Option<String>,
    /// What was seen, in the order of looking. Names may occur more than once.
    pub facts: Vec<Fact>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// One thing that was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Fact {
    /// What it is.
    pub name: String,
    /// For people; numbers have their unit.
    pub value: String,
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It works all the same.
    Warning,
    /// It does not work.
    Failed,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Problem {
    /// How bad.
    pub severity: Severity,
    /// The stable word for its kind: a class of connection error, of TLS problem, of failure.
    pub class: String,
    /// What is wrong, with the words of the system where it has some.
    pub message: String,
    /// What to try first.
    pub advice: String,
    /// The statement that mends it, ready for an administrator of the database.
    pub statement: Option<String>,
}

/// A problem in the list of all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RankedProblem {
    /// From 1: the one to look at first.
    pub rank: usize,
    /// Whose.
    pub target: String,
    /// Where it showed.
    pub stage: Stage,
    /// What it is.
    #[serde(flatten)]
    pub problem: Problem,
}

impl StageReport {
    /// A stage in which nothing is wrong so far.
    #[must_use]
    pub fn passed(stage: Stage, took: Duration) -> Self {
        Self {
            stage,
            outcome: Outcome::Passed,
            duration_ms: Some(milliseconds(took)),
            skipped_because: None,
            facts: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// A stage whose time is part of another one's.
    #[must_use]
    pub fn along(stage: Stage) -> Self {
        Self {
            duration_ms: None,
            ..Self::passed(stage, Duration::ZERO)
        }
    }

    /// A stage that was not gone through.
    #[must_use]
    pub fn skipped(stage: Stage, why: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::Skipped,
            skipped_because: Some(why.into()),
            ..Self::along(stage)
        }
    }

    /// The same with one more fact.
    #[must_use]
    pub fn with_fact(mut self, name: &str, value: impl Into<String>) -> Self {
        let (name, value) = (name.to_owned(), value.into());
        self.facts.push(Fact { name, value });
        self
    }

    /// The same with one more problem, which may make its outcome worse.
    #[must_use]
    pub fn with_problem(mut self, problem: Problem) -> Self {
        self.outcome = self.outcome.max(match problem.severity {
            Severity::Warning => Outcome::Warning,
            Severity::Failed => Outcome::Failed,
        });
        self.problems.push(problem);
        self
    }

    /// Both, where a stage was looked at twice.
    #[must_use]
    pub fn and(mut self, further: Self) -> Self {
        self.duration_ms = match (self.duration_ms, further.duration_ms) {
            (Some(one), Some(other)) => Some(one + other),
            (one, other) => one.or(other),
        };
        self.facts.extend(further.facts);
        further.problems.into_iter().fold(self, Self::with_problem)
    }

    /// Whether stages that need this one can be gone through.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.outcome == Outcome::Failed
    }
}

impl Problem {
    /// A problem that keeps the target from working.
    #[must_use]
    pub fn failed(class: &str, message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            severity: Severity::Failed,
            class: class.to_owned(),
            message: message.into(),
            advice: advice.into(),
            statement: None,
        }
    }

    /// A problem in spite of which the target works.
    #[must_use]
    pub fn warning(class: &str, message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::failed(class, message, advice)
        }
    }

    /// What a cause comes to.
    #[must_use]
    pub fn of(severity: Severity, cause: &Cause<'_>) -> Self {
        Self {
            severity,
            class: cause.class().to_owned(),
            message: cause.text(),
            advice: cause.advice(),
            statement: cause.statement().map(str::to_owned),
        }
    }

    /// The same with the statement that mends it.
    #[must_use]
    pub fn with_statement(self, statement: Option<String>) -> Self {
        Self { statement, ..self }
    }
}

/// With three decimals, as all of checkrun's documents have them.
#[must_use]
pub fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}
