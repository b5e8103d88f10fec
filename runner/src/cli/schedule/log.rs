//! [`Log`]: what is said while the schedule runs, in lines fit for a journal.
//!
//! Outcomes go to standard output: those that are another status than before, and the first ones that
//! are not ok. Everything else goes to standard error. A trouble is said when it begins and when it
//! ends, not as long as it lasts.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use crate::cli::keeping::say_set_aside;
use crate::cli::output;
use crate::config::Config;
use crate::model::gate::{ASKED_EVERY, CONNECTION_JOB};
use crate::model::job::Job;
use crate::model::run::{FinishedRun, Micros, Stored};
use crate::model::self_watch::RUNNER_TARGET;
use crate::model::status::Status;
use crate::model::unit::format_duration;
use crate::pipeline::scheduler::Event;
use crate::report::human::{Columns, run_lines};
use crate::report::tone::Colour;
use crate::schedule::{Changes, ClockEvent, FIRST_RUN_WITHIN, Turn};

/// Between two lines about runs that begin late.
const LATE_NOTE_EVERY: Duration = Duration::from_secs(60);

/// A job's name and its target's.
type Key = (String, String);

/// What was said so far, and so need not be said again.
pub(super) struct Log {
    verbose: bool,
    columns: Columns,
    jobs: usize,
    targets: usize,
    statuses: HashMap<Key, Status>,
    /// Whether it was said that everything has run once.
    all_have_run: bool,
    /// Why results are not stored, as said last, and how many were not.
    not_stored: Option<(String, u64)>,
    late: Late,
}

/// Runs that began late, and times that were skipped, since they were told last.
struct Late {
    told: Micros,
    late: u32,
    skipped: u32,
}

impl Log {
    pub(super) fn new(verbose: bool, jobs: &[Arc<Job>], now: Micros) -> Self {
        Self {
            verbose,
            columns: super::columns(jobs),
            jobs: jobs.len(),
            targets: targets(jobs),
            statuses: HashMap::new(),
            all_have_run: false,
            not_stored: None,
            late: Late {
                told: now,
                late: 0,
                skipped: 0,
            },
        }
    }

    /// The first line.
    pub(super) fn begins(&self, config: &Config) {
        output::note(&format!(
            "checkrun {} runs {} by {}; intervals begin within {}, cron lines wait for their time",
            env!("CARGO_PKG_VERSION"),
            self.size(),
            config.file().display(),
            format_duration(FIRST_RUN_WITHIN),
        ));
    }

    /// The history could not be opened, if there is a problem.
    pub(super) fn history_is_not_open(&mut self, problem: Option<&str>) {
        if let Some(problem) = problem {
            self.results_are_lost(problem);
            // No run was lost yet.
            self.not_stored = Some((problem.to_owned(), 0));
        }
    }

    /// Takes notice of an event; whether the headline is another one now.
    pub(super) fn tell(&mut self, event: &Event<'_>, now: Micros) -> bool {
        match event {
            Event::Looked => {
                self.late.tell(now);
                false
            }
            Event::SetAside(files) => {
                say_set_aside(files);
                false
            }
            Event::Finished(run) => self.finished(run),
            Event::Clock(event) => {
                clock(*event);
                false
            }
            Event::Turned { target, turn, jobs } => {
                turned(target, *turn, *jobs);
                false
            }
            Event::Replaced { changes, jobs } => {
                self.replaced(*changes, jobs);
                true
            }
        }
    }

    /// How everything is, in one line.
    pub(super) fn headline(&self) -> String {
        let not_ok = self
            .statuses
            .values()
            .filter(|status| **status != Status::Ok);
        match not_ok.count() {
            0 => self.size(),
            n => format!("{}, {n} not ok", self.size()),
        }
    }

    fn size(&self) -> String {
        let (jobs, targets) = (count(self.jobs, "job"), count(self.targets, "target"));
        format!("{jobs} on {targets}")
    }

    /// What was given up when the command was told to stop.
    pub(super) fn dropped(&self, runs: usize) {
        if runs > 0 {
            output::note(&format!(
                "{} took too long and left no result",
                count(runs, "run")
            ));
        }
    }

    fn finished(&mut self, run: &FinishedRun) -> bool {
        self.stored(&run.stored);
        self.late.count(run);
        let key = (run.job.name.clone(), run.job.target.name.clone());
        let before = self.statuses.insert(key, run.outcome.status);
        let is_news = before.unwrap_or(Status::Ok) != run.outcome.status;
        if is_news || self.verbose {
            let mut run = run.clone();
            if matches!(run.stored, Stored::Failed(_)) {
                // Said once for all of them.
                run.stored = Stored::NotAsked;
            }
            output::data(&run_lines(&run, self.columns, Colour::None));
        }
        let have_run = self
            .statuses
            .keys()
            .filter(|(job, target)| job != CONNECTION_JOB && target != RUNNER_TARGET);
        if !self.all_have_run && have_run.count() >= self.jobs {
            self.all_have_run = true;
            output::note(&format!("every job has run: {}", self.headline()));
        }
        is_news
    }

    fn stored(&mut self, stored: &Stored) {
        match stored {
            Stored::Failed(why) => {
                let lost = match &self.not_stored {
                    Some((said, lost)) if said == why => *lost,
                    said => {
                        let lost = said.as_ref().map_or(0, |(_, lost)| *lost);
                        self.results_are_lost(why);
                        lost
                    }
                };
                self.not_stored = Some((why.clone(), lost + 1));
            }
            // There is no writer yet.
            Stored::NotAsked => {
                if let Some((_, lost)) = &mut self.not_stored {
                    *lost += 1;
                }
            }
            Stored::Yes(_) => {
                if let Some((_, lost)) = self.not_stored.take() {
                    output::note(&format!(
                        "the history can be written again; {lost} results are not in it"
                    ));
                }
            }
        }
    }

    fn results_are_lost(&self, why: &str) {
        output::note(&format!(
            "error: results are not stored: {why}\n  checks go on; this is said once"
        ));
    }

    fn replaced(&mut self, changes: Changes, jobs: &[Arc<Job>]) {
        self.columns = super::columns(jobs);
        self.jobs = jobs.len();
        self.targets = targets(jobs);
        let configured: HashSet<Key> = jobs
            .iter()
            .map(|job| (job.name.clone(), job.target.name.clone()))
            .collect();
        let targets: HashSet<&str> = jobs.iter().map(|job| job.target.name.as_str()).collect();
        self.statuses.retain(|key, _| match key.0.as_str() {
            _ if key.1 == RUNNER_TARGET => true,
            CONNECTION_JOB => targets.contains(key.1.as_str()),
            _ => configured.contains(key),
        });
        output::note(&format!(
            "the configuration was read again: {} ({} new, {} gone, {} at other times, {} as before)",
            count(self.jobs, "job"),
            changes.added,
            changes.removed,
            changes.rescheduled,
            changes.kept,
        ));
    }
}

impl Late {
    fn count(&mut self, run: &FinishedRun) {
        let Some(occasion) = run.occasion else {
            return;
        };
        self.late += u32::from(occasion.late_by(run.started).is_some());
        self.skipped = self
            .skipped
            .saturating_add(occasion.overlapped)
            .saturating_add(occasion.missed);
    }

    fn tell(&mut self, now: Micros) {
        let since = Duration::from_micros(now.0.abs_diff(self.told.0));
        if since < LATE_NOTE_EVERY || (self.late, self.skipped) == (0, 0) {
            return;
        }
        output::note(&format!(
            "warning: {} began late, {} skipped in the last {}; the view v_slot of the history says which",
            count(self.late as usize, "run"),
            count(self.skipped as usize, "time"),
            format_duration(Duration::from_secs(since.as_secs())),
        ));
        *self = Self {
            told: now,
            late: 0,
            skipped: 0,
        };
    }
}

fn turned(target: &str, turn: Turn, jobs: usize) {
    let jobs = count(jobs, "job");
    output::note(&match turn {
        Turn::Closed => format!(
            "{target} cannot be reached: {jobs} suspended, until it answers; it is asked every {}",
            format_duration(ASKED_EVERY)
        ),
        Turn::Opened => format!(
            "{target} can be reached again: {jobs} suspended no longer; those with an interval run within {}",
            format_duration(FIRST_RUN_WITHIN)
        ),
    });
}

fn clock(event: ClockEvent) {
    output::note(&match event {
        ClockEvent::Forward(by) => format!(
            "warning: the clock is {} ahead of a moment ago: it was set, or this machine slept",
            format_duration(by)
        ),
        ClockEvent::Back(by) => format!(
            "warning: the clock was set back by {}; intervals go on as before",
            format_duration(by)
        ),
        ClockEvent::Paused(by) => format!(
            "warning: this process stood still for {}; what should have run meanwhile runs once, soon",
            format_duration(by)
        ),
    });
}

fn targets(jobs: &[Arc<Job>]) -> usize {
    let names: HashSet<&str> = jobs.iter().map(|job| job.target.name.as_str()).collect();
    names.len()
}

fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    }
}
