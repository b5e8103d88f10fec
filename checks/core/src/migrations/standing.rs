//! [`Standing`]: where one tool stands, and the one word for it.

use std::fmt;
use std::time::Duration;

use super::comparison::Comparison;
use super::tool::Tool;

/// What a tool's tables say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub tool: Tool,
    /// With its schema.
    pub table: String,
    /// What the database is at; none before the first migration.
    pub version: Option<String>,
    /// Applied migrations, where the tool keeps each.
    pub applied: Option<u64>,
    /// Failed ones, where the tool keeps those.
    pub failed: Option<u64>,
    /// Some of them.
    pub failed_names: Vec<String>,
    /// Rolled back ones, where the tool keeps those.
    pub rolled_back: Option<u64>,
    /// Newest revisions, where there can be several.
    pub heads: Option<u64>,
    /// When the last one was applied, where the tool keeps it.
    pub last_applied: Option<String>,
    /// Where the tool has one.
    pub lock: Option<Lock>,
    pub comparison: Comparison,
}

/// A tool's own lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lock {
    /// Nobody is at work.
    Free,
    /// Somebody is, or has died at it.
    Held {
        since: Option<String>,
        holder: Option<String>,
        age: Option<Duration>,
    },
}

/// The one word for where a tool stands, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its tables cannot be read.
    Unreadable,
    /// The version was left half-way (golang-migrate).
    Dirty,
    /// A migration failed.
    Failed,
    /// Its lock is held.
    Locked,
    /// The table has the right name and the wrong columns.
    UnknownShape,
    /// There are several newest revisions.
    SeveralHeads,
    /// Something expected is not applied.
    Pending,
    /// Something applied is not expected.
    Ahead,
    /// Something is expected, and it cannot be compared.
    NotCompared,
    /// Nothing is wrong; if something is expected, it is applied, and nothing else.
    Current,
}

impl State {
    /// The word in evidence.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Dirty => "dirty",
            Self::Failed => "failed",
            Self::Locked => "locked",
            Self::UnknownShape => "unknown-shape",
            Self::SeveralHeads => "several-heads",
            Self::Pending => "pending",
            Self::Ahead => "ahead",
            Self::NotCompared => "not-compared",
            Self::Current => "current",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Standing {
    /// The worst that can be said.
    pub fn state(&self, stuck_after: Duration) -> State {
        let has = |count: Option<u64>, least: u64| count.is_some_and(|count| count >= least);
        let (pending, ahead) = match &self.comparison {
            Comparison::Made { pending, ahead } => {
                (pending.as_ref().map_or(0, |it| it.count), ahead.count)
            }
            Comparison::NotAsked | Comparison::Unclear | Comparison::Impossible(_) => (0, 0),
        };
        if has(self.failed, 1) {
            match self.tool {
                Tool::GolangMigrate => State::Dirty,
                _ => State::Failed,
            }
        } else if self.is_stuck(stuck_after) {
            State::Locked
        } else if has(self.heads, 2) {
            State::SeveralHeads
        } else if pending > 0 {
            State::Pending
        } else if ahead > 0 {
            State::Ahead
        } else if self.comparison.why_not().is_some() {
            State::NotCompared
        } else {
            State::Current
        }
    }

    /// Whether the lock is held for so long that nobody can be at work any more. One whose age nobody
    /// knows counts at once.
    fn is_stuck(&self, after: Duration) -> bool {
        match &self.lock {
            Some(Lock::Held { age, .. }) => age.is_none_or(|age| age >= after),
            Some(Lock::Free) | None => false,
        }
    }
}
