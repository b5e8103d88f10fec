//! The check `core/migrations`: where the migration tools of this database stand.
//!
//! - `tool`, `ledger`: the tools, and the tables in which they keep their books
//! - `catalog`: which of them are in this database; `dialect`: what engines write differently
//! - `question`, `reading`: asks each ledger, in aggregates
//! - `names`, `version`, `comparison`: what is applied against what the code expects
//! - `standing`: what is known of one tool; `survey`: of all of them; `moment`: times as tools write them
//! - `finding`: what of it users and other commands read

mod catalog;
mod comparison;
mod dialect;
mod finding;
mod ledger;
mod moment;
mod names;
mod question;
mod reading;
mod standing;
mod survey;
#[cfg(test)]
mod tests;
mod tool;
mod version;

use std::time::Duration;

use checkrun_sdk::FolderNames;
use checkrun_sdk::prelude::*;

use crate::advice::migrations::Situation;
use crate::text::cut;

pub use comparison::{Comparison, Expectation};
pub use dialect::Dialect;
pub use finding::{finding, number};
pub use question::Questions;
pub use standing::State;
pub use survey::{Entry, Survey, Wish, survey};
pub use tool::Tool;

pub const APPLIED: MetricSpec = MetricSpec::count("applied", "Migrations that are applied");
pub const PENDING: MetricSpec = MetricSpec::count(
    "pending",
    "Migrations of the folder that are not applied; with `expected` alone, 1 if that version is not",
)
.warning("> 0");
pub const AHEAD: MetricSpec = MetricSpec::count(
    "ahead",
    "Applied migrations that are not in the folder; with `expected` alone, 1 if the database is past it",
);
pub const FAILED: MetricSpec = MetricSpec::count(
    "failed",
    "Migrations that the tool's table says failed, or were left half-way",
)
.critical("> 0");
pub const HEADS: MetricSpec =
    MetricSpec::count("heads", "Newest revisions; more than one were never merged").warning("> 1");
pub const LOCK_AGE: MetricSpec = MetricSpec::seconds(
    "lock_age",
    "How long the tool's own lock has been held; 0 if it is free",
);

/// Time of a run that is kept for the report.
const RESERVE: Duration = Duration::from_millis(200);
/// Characters of the summary; the findings have the rest.
const SUMMARY_CHARS_MAX: usize = 300;

/// What to look for, and what to compare it with.
#[derive(Params)]
pub struct Settings {
    /// Only this tool.
    #[param(default = "any", choices = [
        "any", "alembic", "atlas", "dbmate", "diesel", "django", "drizzle", "ecto", "efcore", "flyway",
        "golang-migrate", "goose", "knex", "laravel", "liquibase", "prisma", "pyway", "rails", "refinery",
        "seaorm", "sequelize", "sqlx", "typeorm", "yoyo",
    ])]
    tool: String,
    /// The version that the code expects.
    expected: Option<String>,
    /// The folder with the code's migrations, instead of `expected`; only the names of its files are
    /// looked at.
    folder: Option<FolderNames>,
    /// A lock of the tool itself that has been held for longer is stuck. One that has no time, such as
    /// Knex's, counts at once.
    #[param(default = "10m")]
    lock_stuck_after: Duration,
}

/// Where migration tools stand: version, failed and pending migrations, stuck locks, several heads.
///
/// Finds the tables of 23 tools, several at once, and says of each what is applied and what went
/// wrong. With `folder` or `expected` it also says what is pending: what the code has and the database
/// has not.
#[check(
    title = "Migrations",
    tags = ["schema", "deployment"],
    metrics = [APPLIED, PENDING, AHEAD, FAILED, HEADS, LOCK_AGE],
    engines = [postgresql, mysql, mariadb, sqlite],
    privileges = [
        "SELECT on the tool's own table (and its lock table); what is missing is told as a GRANT",
    ],
    interval = "5m",
)]
pub fn migrations(ctx: &Ctx, settings: Settings) -> Result<Report> {
    let expectation = expectation(settings.expected, settings.folder, ["expected", "folder"])?;
    let is_expected = expectation != Expectation::Nothing;
    let wish = Wish {
        tool: Tool::named(&settings.tool),
        expectation,
        stuck_after: settings.lock_stuck_after,
    };
    let questions = Questions {
        ctx,
        reserve: RESERVE,
    };
    let Some(dialect) = Dialect::of(ctx.engine()?) else {
        return Err(Error::not_applicable("it has no tables"));
    };
    let survey = survey(&questions, dialect, &wish)?;
    if let Some(grant) = survey.missing_privilege() {
        return Err(Error::missing_privilege(grant));
    }
    let mut report = Report::ok(summary(&survey, &wish));
    if is_expected && survey.standings().next().is_none() && !survey.has_unreadable() {
        report = report.finding(no_table());
    }
    if survey.is_cut {
        report = report.finding(too_many());
    }
    let findings = survey
        .entries
        .iter()
        .map(|entry| finding(entry, wish.stuck_after));
    let metrics = survey.standings().flat_map(finding::metrics);
    Ok(report.metrics(metrics).findings(findings))
}

/// What two parameters say is expected; they go by these names.
///
/// # Errors
/// Both are given.
pub fn expectation(
    version: Option<String>,
    folder: Option<FolderNames>,
    names: [&str; 2],
) -> Result<Expectation> {
    Ok(match (version, folder) {
        (None, None) => Expectation::Nothing,
        (Some(version), None) => Expectation::Version(version),
        (None, Some(FolderNames(paths))) => Expectation::Files(paths),
        (Some(_), Some(_)) => {
            let [version, folder] = names;
            return Err(Error::bad_parameter(
                version,
                format!("`{folder}` says the same in more detail; leave one of them out"),
            ));
        }
    })
}

fn summary(survey: &Survey, wish: &Wish) -> String {
    let parts: Vec<String> = survey
        .entries
        .iter()
        .filter_map(|entry| match entry {
            Entry::Read(standing) => {
                let state = standing.state(wish.stuck_after);
                Some(format!(
                    "{}: {}",
                    standing.tool,
                    finding::sentence(standing, state)
                ))
            }
            Entry::Unreadable(unreadable) => Some(format!(
                "{}: {} cannot be read",
                unreadable.tool, unreadable.table
            )),
            Entry::Strange { .. } => None,
        })
        .collect();
    if !parts.is_empty() {
        return cut(&parts.join("; "), SUMMARY_CHARS_MAX);
    }
    match wish.tool {
        Some(tool) => format!("no table of {tool} found"),
        None => "no migration tool's table found".to_owned(),
    }
}

fn no_table() -> Finding {
    Finding::new(
        "migrations/none",
        Status::Warning,
        "Migrations are expected, and no migration tool's table is found",
    )
    .advice(Situation::NoTable.advice())
    .evidence("state", State::Pending)
}

fn too_many() -> Finding {
    Finding::new(
        "migrations/too-many",
        Status::Unknown,
        "There are more tables of migration tools than one run looks at",
    )
    .advice(Situation::TooMany.advice())
}
