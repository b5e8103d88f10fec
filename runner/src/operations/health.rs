//! What `core/health` said, read back from its metrics and findings.
//!
//! The names here are those that `checks/core/src/health` and `checks/core/src/migrations` report;
//! the end-to-end tests of `preflight` and `status` hold both sides together.

use schemars::JsonSchema;
use serde::Serialize;

use super::observation::{Observation, evidence};
use super::{Trouble, milliseconds};
use crate::model::status::Status;

/// The check's name.
pub const CHECK: &str = "core/health";

/// The check that knows more of migrations.
pub const MIGRATIONS_CHECK: &str = "core/migrations";

/// Findings about migrations have keys that begin with this word.
const MIGRATIONS: &str = "migrations";

/// What one run of `core/health` says of a database.
#[derive(Clone, Debug, PartialEq)]
pub struct Health {
    /// There was a connection.
    pub connected: bool,
    /// The validation query answered, with a good answer.
    pub answered: bool,
    /// Slower than the check's `slow`.
    pub slow: bool,
    /// From sending the validation query to its last row, milliseconds.
    pub response_time_ms: Option<f64>,
    /// Opening the connection, milliseconds.
    pub connect_time_ms: Option<f64>,
    /// Attempts to connect.
    pub attempts: Option<u32>,
    /// What stood in the way, if the database could not be asked or did not answer.
    pub trouble: Option<Trouble>,
    /// By migration tool.
    pub migrations: Vec<Migrations>,
}

/// What is known of the migrations of one tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Migrations {
    /// The tool, such as `flyway`; empty when none was found.
    pub tool: String,
    /// `current`, `pending`, `ahead`, `failed`, `dirty`, `locked`, `several-heads`, `unreadable` …
    pub state: String,
    /// The newest applied version.
    pub version: Option<String>,
    /// How many are applied.
    pub applied: Option<u64>,
    /// How many the code has and the database has not; none where nothing says what the code has.
    pub pending: Option<u64>,
    /// How many the database has and the code has not.
    pub ahead: Option<u64>,
    /// Which are pending, separated by commas; cut when they are many.
    pub pending_names: Option<String>,
    /// Which the code does not have.
    pub ahead_names: Option<String>,
    /// Which failed.
    pub failed_names: Option<String>,
    /// The statement that lets the account read the tool's table, where it may not.
    pub grant: Option<String>,
    /// Who holds the tool's lock.
    pub locked_by: Option<String>,
    /// What was found, in a sentence.
    pub text: String,
    /// What to do about it.
    pub advice: Option<String>,
}

/// Reads one run of `core/health`.
#[must_use]
pub fn read(seen: &Observation) -> Health {
    let trouble = trouble(seen);
    let connect_time = seen.metric("connect_time");
    Health {
        connected: connect_time.is_some(),
        answered: trouble.is_none() && seen.metric("response_time").is_some(),
        slow: seen.finding("slow").is_some(),
        response_time_ms: seen.metric("response_time").map(milliseconds),
        connect_time_ms: connect_time.map(milliseconds),
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small whole number"
        )]
        attempts: seen.metric("attempts").map(|attempts| attempts as u32),
        trouble,
        migrations: migrations(seen),
    }
}

/// The first finding that is not about migrations and is a problem, or the failure.
fn trouble(seen: &Observation) -> Option<Trouble> {
    let finding = seen
        .findings
        .iter()
        .find(|finding| finding.severity > Status::Ok && !is_about_migrations(&finding.key));
    if let Some(finding) = finding {
        let class = evidence(finding, "error_class").unwrap_or(&finding.key);
        return Some(Trouble {
            class: class.to_owned(),
            message: match finding.detail.as_str() {
                "" => finding.headline(),
                detail => format!("{}: {detail}", finding.headline()),
            },
            advice: finding.advice.clone(),
        });
    }
    let class = seen.failure.clone()?;
    Some(Trouble {
        class,
        message: seen.summary.clone(),
        advice: seen.reasons.iter().find_map(|reason| reason.advice.clone()),
    })
}

/// What a run of `core/health` or `core/migrations` says of migrations: both report the same findings.
/// A `core/migrations` that has no report could not read them.
#[must_use]
pub fn migrations(seen: &Observation) -> Vec<Migrations> {
    if seen.check == MIGRATIONS_CHECK && seen.failure.is_some() {
        return vec![Migrations::unreadable(seen)];
    }
    seen.findings
        .iter()
        .filter(|finding| is_about_migrations(&finding.key))
        .map(|finding| {
            let text = |name| evidence(finding, name).map(str::to_owned);
            let number = |name| evidence(finding, name).and_then(|text| text.parse().ok());
            Migrations {
                tool: text("tool").unwrap_or_default(),
                state: text("state").unwrap_or_default(),
                version: text("version"),
                applied: number("applied"),
                pending: number("pending"),
                ahead: number("ahead"),
                pending_names: text("pending_names"),
                ahead_names: text("ahead_names"),
                failed_names: text("failed_names"),
                grant: text("grant"),
                locked_by: text("locked_by"),
                text: finding.headline(),
                advice: finding.advice.clone(),
            }
        })
        .collect()
}

impl Migrations {
    fn unreadable(seen: &Observation) -> Self {
        Self {
            tool: String::new(),
            state: "unreadable".into(),
            version: None,
            applied: None,
            pending: None,
            ahead: None,
            pending_names: None,
            ahead_names: None,
            failed_names: None,
            grant: None,
            locked_by: None,
            text: seen.summary.clone(),
            advice: seen.reasons.iter().find_map(|one| one.advice.clone()),
        }
    }

    /// A database that is ahead serves older code too, as it must while a new version is rolled out.
    #[must_use]
    pub fn is_as_expected(&self) -> bool {
        matches!(self.state.as_str(), "current" | "ahead" | "none")
    }
}

fn is_about_migrations(key: &str) -> bool {
    key.split(['/', ':']).next() == Some(MIGRATIONS)
}
