//! `checkrun doctor`: is the runner itself sound?
//!
//! [`facts`] is what was seen; here is what that means, one [`Examination`] for each question. All of them
//! are made: what is broken stops no other, except for what cannot be asked without it.
//!
//! | status | means |
//! |---|---|
//! | passed | as it should be |
//! | warning | works, though perhaps not as meant, or soon no more |
//! | failed | does not work |
//! | skipped | cannot be asked, for the reason that is given; counts for nothing |

pub mod facts;
mod file;
mod people;
mod watch;

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use self::facts::{Facts, Problem};
use super::Remark;
use crate::model::run::Micros;

/// The version of this document; it changes when a field changes its meaning or goes away.
pub const SCHEMA_VERSION: u32 = 1;

/// What `checkrun doctor --format json` prints.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Doctor {
    /// Version of this document.
    pub schema_version: u32,
    /// RFC 3339, UTC.
    pub started: String,
    /// Wall time, milliseconds.
    pub duration_ms: f64,
    /// The worst of all examinations.
    pub status: Verdict,
    /// The configuration file, where there is one.
    pub file: Option<String>,
    /// How many examinations ended how.
    pub summary: Counts,
    /// Always all of them, always in this order.
    pub examinations: Vec<Examination>,
}

/// How many examinations ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Counts {
    /// As it should be.
    pub passed: usize,
    /// Doubtful.
    pub warning: usize,
    /// Does not work.
    pub failed: usize,
    /// Could not be asked.
    pub skipped: usize,
}

/// How an examination ended, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It could not be asked; the evidence says why.
    Skipped,
    /// As it should be.
    Passed,
    /// It works, though perhaps not as meant, or soon no more.
    Warning,
    /// It does not work.
    Failed,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// The configuration file, with what it says of packs, checks and targets.
    Configuration,
    /// Every secret is there and can be read.
    Secrets,
    /// Every pack loads.
    Packs,
    /// The history is there and can be read.
    History,
    /// It can be written.
    Writing,
    /// It is not damaged.
    Integrity,
    /// Its disk has room.
    Space,
    /// `checkrun schedule` runs, and goes on.
    Schedule,
    /// What the schedule has found out about itself.
    SelfWatch,
    /// Messages get through.
    Outbox,
    /// Somebody is told.
    Routes,
    /// Settings that work and are better avoided.
    Settings,
    /// Nobody has been muted for long.
    Silences,
}

/// One question and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Examination {
    /// What was looked at.
    pub what: Subject,
    /// How it ended.
    pub status: Verdict,
    /// What was seen, in one line.
    pub evidence: String,
    /// What is not as it should be, with what to do about it.
    pub remarks: Vec<Remark>,
}

impl Examination {
    fn passed(what: Subject, evidence: impl Into<String>) -> Self {
        Self {
            what,
            status: Verdict::Passed,
            evidence: evidence.into(),
            remarks: Vec::new(),
        }
    }

    fn skipped(what: Subject, because: impl Into<String>) -> Self {
        Self {
            status: Verdict::Skipped,
            ..Self::passed(what, because)
        }
    }

    fn warning(what: Subject, evidence: impl Into<String>, remarks: Vec<Remark>) -> Self {
        Self {
            status: Verdict::Warning,
            remarks,
            ..Self::passed(what, evidence)
        }
    }

    fn failed(what: Subject, evidence: impl Into<String>, remarks: Vec<Remark>) -> Self {
        Self {
            status: Verdict::Failed,
            ..Self::warning(what, evidence, remarks)
        }
    }

    /// By the worst of the problems; `well` is said when there are none.
    fn of_problems(what: Subject, well: String, problems: &[Problem]) -> Self {
        let remarks = problems.iter().map(|one| one.remark.clone()).collect();
        let evidence = count(problems.len(), "problem");
        match problems.iter().map(|one| one.verdict).max() {
            None => Self::passed(what, well),
            Some(Verdict::Failed) => Self::failed(what, evidence, remarks),
            Some(_) => Self::warning(what, evidence, remarks),
        }
    }
}

impl Doctor {
    /// Judges what was seen.
    #[must_use]
    pub fn judge(facts: &Facts, started: Micros, duration: Duration) -> Self {
        let examinations = examinations(facts, started);
        let count = |verdict| {
            let ended = examinations.iter().filter(|one| one.status == verdict);
            ended.count()
        };
        let summary = Counts {
            passed: count(Verdict::Passed),
            warning: count(Verdict::Warning),
            failed: count(Verdict::Failed),
            skipped: count(Verdict::Skipped),
        };
        let statuses = examinations.iter().map(|one| one.status);
        Self {
            schema_version: SCHEMA_VERSION,
            started: started.to_string(),
            duration_ms: super::milliseconds(duration.as_secs_f64()),
            status: statuses.max().unwrap_or(Verdict::Passed),
            file: facts.file.clone(),
            summary,
            examinations,
        }
    }
}

fn examinations(facts: &Facts, now: Micros) -> Vec<Examination> {
    let mut all = vec![configuration(facts), secrets(facts), packs(facts)];
    let Some(setup) = &facts.setup else {
        let rest = [
            Subject::History,
            Subject::Writing,
            Subject::Integrity,
            Subject::Space,
            Subject::Schedule,
            Subject::SelfWatch,
            Subject::Outbox,
            Subject::Routes,
            Subject::Settings,
            Subject::Silences,
        ];
        let because = "not looked at: the configuration has problems";
        all.extend(rest.map(|what| Examination::skipped(what, because)));
        return all;
    };
    all.extend([
        file::reading(&setup.history),
        file::writing(&setup.history),
        file::integrity(&setup.history),
        file::space(setup.history.free_bytes),
    ]);
    all.extend(watch::schedule(setup, now));
    all.extend([
        people::outbox(&setup.history, now),
        people::routes(setup.tells_people),
        people::settings(&setup.doubts),
        people::silences(&setup.history, now),
    ]);
    all
}

fn configuration(facts: &Facts) -> Examination {
    let well = format!(
        "{}: {}, {}",
        facts.file.as_deref().unwrap_or_default(),
        count(facts.targets, "target"),
        count(facts.jobs, "job")
    );
    Examination::of_problems(Subject::Configuration, well, &facts.problems)
}

fn secrets(facts: &Facts) -> Examination {
    match &facts.secrets {
        Some(problems) => {
            let well = "every secret is where it should be".to_owned();
            Examination::of_problems(Subject::Secrets, well, problems)
        }
        None => Examination::skipped(Subject::Secrets, UNREADABLE),
    }
}

fn packs(facts: &Facts) -> Examination {
    match &facts.packs {
        Some(packs) => {
            let well = packs.loaded.join(", ");
            Examination::of_problems(Subject::Packs, well, &packs.problems)
        }
        None => Examination::skipped(Subject::Packs, UNREADABLE),
    }
}

const UNREADABLE: &str = "not looked at: the configuration cannot be read";

/// `3 jobs`
fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    }
}

fn since(earlier: Micros, later: Micros) -> Duration {
    let micros = later.0.saturating_sub(earlier.0);
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}

/// To the second, as ages are told.
fn in_words(duration: Duration) -> String {
    crate::model::unit::format_duration(Duration::from_secs(duration.as_secs()))
}

#[cfg(test)]
mod tests;
