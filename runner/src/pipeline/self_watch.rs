//! [`SelfWatch`]: the schedule looks at itself, once a minute, and keeps what it sees as a run of
//! [`Job::runner`].
//!
//! The loop counts what happens to it ([`tally`]); the file, the outbox and the process are asked beside it
//! ([`gather`]), so that a slow disk holds nothing up. [`Pulse`] is what the heartbeat goes by.

mod gather;
mod pulse;
mod tally;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

pub(crate) use self::gather::history_file;
pub use self::pulse::{Beat, Pulse};
use self::tally::Tally;
use super::Pipeline;
use crate::evaluate;
use crate::model::gate::Reach;
use crate::model::job::Job;
use crate::model::run::{FinishedRun, Micros, Stored, Usage};
use crate::model::schedule::{LeftOpen, Occasion};
use crate::model::self_watch::{
    LOOK_WITHIN, LOOKS_AGAIN_AFTER, LOOKS_AT_ITSELF_EVERY, NotRunning, Overlapping, Signs,
};
use crate::model::status::Status;
use crate::record::JudgedRun;
use crate::schedule::{ClockEvent, Now, Timetable};

/// What the schedule needs to look at itself.
pub(super) struct SelfWatch {
    job: Arc<Job>,
    history: PathBuf,
    /// When the process began, by the wall clock.
    began: Micros,
    /// On the steady timeline.
    next: Micros,
    tally: Tally,
    pulse: Arc<Pulse>,
    /// Damaged histories that are in the tally.
    noted_damage: usize,
    looks: JoinSet<FinishedRun>,
}

impl SelfWatch {
    /// Looks for the first time at once.
    pub(super) fn new(history: PathBuf, now: Now) -> Self {
        Self {
            job: Arc::new(Job::runner(&history)),
            history,
            began: now.wall,
            next: now.steady,
            tally: Tally::default(),
            pulse: Arc::default(),
            noted_damage: 0,
            looks: JoinSet::new(),
        }
    }

    pub(super) fn pulse(&self) -> Arc<Pulse> {
        Arc::clone(&self.pulse)
    }

    /// The loop looks at the clock.
    pub(super) fn looked(&mut self, now: Now) {
        let late = self.tally.looked(now.steady);
        self.pulse.looked(late);
    }

    /// The loop waits for so long now, or less.
    pub(super) fn waits(&mut self, idle: Duration) {
        self.tally.waits(idle);
    }

    /// Something happened to the clock.
    pub(super) fn clock(&mut self, event: ClockEvent, now: Now) {
        match event {
            ClockEvent::Forward(_) | ClockEvent::Back(_) => self.tally.clock_was_set(now.steady),
            ClockEvent::Paused(_) => {}
        }
    }

    /// A run is over, or its result is lost.
    pub(super) fn finished(&mut self, run: &FinishedRun) {
        self.tally.finished(run);
        self.pulse.stored(&run.stored);
    }

    /// A target was asked, and what came of it is stored or lost.
    pub(super) fn asked(&mut self, run: &FinishedRun) {
        self.tally.kept(&run.stored);
    }

    /// Other jobs, or fewer, are to be run from now on.
    pub(super) fn expects(&self, timetable: &Timetable) {
        self.pulse.expects(timetable.expects_within());
    }

    /// Looks, if it is time.
    pub(super) fn look(&mut self, pipeline: &Arc<Pipeline>, timetable: &Timetable, now: Now) {
        if now.steady < self.next || !self.looks.is_empty() {
            return;
        }
        self.next = after(now.steady, LOOKS_AT_ITSELF_EVERY);
        self.note_damage(pipeline, now);
        let mut signs = self.tally.take(now.steady);
        add_jobs(&mut signs, timetable, now);
        self.pulse.all_stand_still(signs.no_job_runs());
        let (pipeline, job) = (Arc::clone(pipeline), Arc::clone(&self.job));
        let (history, began) = (self.history.clone(), self.began);
        self.looks
            .spawn(async move { pipeline.look_at_itself(job, history, began, signs).await });
    }

    /// Damaged histories that were set aside since the look before, when it was opened included.
    fn note_damage(&mut self, pipeline: &Pipeline, now: Now) {
        let recorder = pipeline.recorder.as_ref();
        let files = recorder.map_or_else(Vec::new, |recorder| recorder.set_aside());
        for file in files.iter().skip(self.noted_damage) {
            let kept_as = file.kept_as.display().to_string();
            self.tally.set_aside(kept_as, now.steady);
        }
        self.noted_damage = files.len();
    }

    /// The next look that is over; none when nobody looks.
    pub(super) async fn next(&mut self) -> Option<FinishedRun> {
        loop {
            // A defect of ours in a look: the next one is a minute away.
            if let Ok(run) = self.looks.join_next().await? {
                return Some(run);
            }
        }
    }

    /// A look is over. Like every run it may be lost; where there are few others, that is what says for how
    /// long the history cannot be written. While something is wrong that may be over in a moment, it is
    /// looked at again sooner.
    pub(super) fn judged(&mut self, run: &FinishedRun, now: Now) {
        self.tally.kept(&run.stored);
        self.pulse.stored_own(&run.stored);
        if run.outcome.status > Status::Ok {
            self.next = self.next.min(after(now.steady, LOOKS_AGAIN_AFTER));
        }
    }

    /// Ends it, as soon as nobody wants to know any more.
    pub(super) async fn end(&mut self) {
        self.looks.shutdown().await;
    }
}

fn add_jobs(signs: &mut Signs, timetable: &Timetable, now: Now) {
    signs.jobs = timetable.len();
    signs.suspended = timetable.suspended();
    signs.not_running = timetable
        .not_running(now)
        .into_iter()
        .map(|quiet| NotRunning {
            job: quiet.job.name.clone(),
            target: quiet.job.target.name.clone(),
            quiet_for: quiet.what,
        })
        .collect();
    signs.overlapping = timetable.overlapping().map(|most| Overlapping {
        job: most.job.name.clone(),
        target: most.job.target.name.clone(),
        in_a_row: most.what,
    });
}

impl Pipeline {
    /// Completes what the loop knows, judges it and keeps it.
    async fn look_at_itself(
        &self,
        job: Arc<Job>,
        history: PathBuf,
        began: Micros,
        signs: Signs,
    ) -> FinishedRun {
        let (start, started) = (self.clock.start(), self.clock.now());
        let counted = signs.clone();
        let gathered =
            tokio::task::spawn_blocking(move || gather::complete(signs, &history, began, started));
        // What the file does not say in time is left out.
        let signs = match tokio::time::timeout(LOOK_WITHIN, gathered).await {
            Ok(Ok(signs)) => signs,
            Ok(Err(_)) | Err(_) => counted,
        };
        let without_file = self
            .recorder
            .as_ref()
            .filter(|recorder| recorder.without_file().is_some());
        let signs = match without_file {
            None => signs,
            Some(recorder) => Signs {
                outbox: gather::outbox_in_memory(recorder, started).await,
                ..signs
            },
        };
        let outcome = evaluate::judge_signs(&job, &signs);
        let (usage, duration, occasion) = (Usage::default(), start.elapsed(), None::<Occasion>);
        let stored = match self.recorder {
            Some(_) => {
                let run = JudgedRun {
                    job: &job,
                    pack: None,
                    occasion,
                    started,
                    duration,
                    outcome: &outcome,
                    usage: &usage,
                    state_changes: &[],
                };
                self.record(run).await
            }
            None => Stored::NotAsked,
        };
        FinishedRun {
            job,
            occasion,
            started,
            duration,
            outcome,
            log: Vec::new(),
            usage,
            reach: Reach::Untried,
            stored,
            left_open: LeftOpen::Nothing,
        }
    }
}

fn after(time: Micros, by: Duration) -> Micros {
    let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
    Micros(time.0.saturating_add(by))
}
