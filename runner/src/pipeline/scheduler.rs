//! [`Scheduler`]: runs jobs by their schedules, for ever.
//!
//! One loop: look at the clock, start what is due, take what has ended, take orders. It waits for
//! nothing else, so whoever hears its [`Event::Looked`] knows that jobs are started in time.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use checkrun_history::{SetAside, WriterStats};
use tokio::sync::mpsc::Receiver;
use tokio::task::{Id, JoinError, JoinSet};

use super::bounds::Bounds;
use super::knocking::Knocking;
use super::retiring::Retiring;
use super::self_watch::{Pulse, SelfWatch};
use super::{Ended, Pipeline};
use crate::model::incident::Phase;
use crate::model::job::Job;
use crate::model::run::{FinishedRun, Micros};
use crate::model::schedule::LeftOpen;
use crate::model::status::Status;
use crate::record::{Memory, Recorder};
use crate::schedule::{
    Answer, Changes, ClockEvent, ClockWatch, JobId, Now, Start, TICK, Timetable, Turn,
};

/// How long aborted runs have to let go of what they hold.
pub const LET_GO_WITHIN: Duration = Duration::from_secs(1);

/// What the scheduler is told to do.
pub enum Order {
    /// Go on with another configuration.
    Replace(Box<Replacement>),
    /// The history can be opened now.
    Record(Arc<Recorder>),
    /// The history says that these targets are not simply reachable.
    Doubt(Vec<String>),
    /// Start nothing any more.
    Stop,
}

/// Another configuration, checked and complete.
pub struct Replacement {
    /// With new packs; its recorder is not used.
    pub pipeline: Pipeline,
    /// Every job.
    pub jobs: Vec<Arc<Job>>,
}

/// What happened.
#[derive(Debug)]
pub enum Event<'a> {
    /// The loop has done its work; at least once a second.
    Looked,
    /// The history was damaged and is set aside; a new one is begun.
    SetAside(&'a [SetAside]),
    /// A run is over, and recorded where that was possible.
    Finished(&'a FinishedRun),
    /// Something happened to the clock.
    Clock(ClockEvent),
    /// A target cannot be reached any more, or can again.
    Turned {
        /// Its name.
        target: &'a str,
        /// Which of the two.
        turn: Turn,
        /// How many jobs that suspends or brings back.
        jobs: usize,
    },
    /// Another configuration is in force.
    Replaced {
        /// What that changed.
        changes: Changes,
        /// Every job.
        jobs: &'a [Arc<Job>],
    },
}

/// Runs jobs by their schedules.
pub struct Scheduler {
    pipeline: Arc<Pipeline>,
    bounds: Bounds,
    timetable: Timetable,
    watch: ClockWatch,
    began: Instant,
    began_at: Micros,
    running: JoinSet<Ended>,
    by_task: HashMap<Id, Start>,
    knocking: Knocking,
    own: SelfWatch,
    retiring: Retiring,
    /// Damaged histories that were told.
    told_set_aside: usize,
}

impl Scheduler {
    /// Begins now; `history` is where it looks for what is wrong with itself.
    #[must_use]
    pub fn new(pipeline: Pipeline, jobs: &[Arc<Job>], history: PathBuf) -> Self {
        let (began, began_at) = (pipeline.clock.start(), pipeline.clock.now());
        let now = Now {
            steady: began_at,
            wall: began_at,
        };
        let knocking = Knocking::new(jobs);
        let mut gates = pipeline.gatekeeper.gates();
        gates.replace(knocking.targets(), began_at);
        drop(gates);
        let (timetable, own) = (Timetable::new(jobs, now), SelfWatch::new(history, now));
        own.expects(&timetable);
        Self {
            knocking,
            own,
            bounds: Bounds::new(jobs, pipeline.parallel),
            pipeline: Arc::new(pipeline),
            timetable,
            watch: ClockWatch::new(now),
            began,
            began_at,
            running: JoinSet::new(),
            by_task: HashMap::new(),
            retiring: Retiring::default(),
            told_set_aside: 0,
        }
    }

    /// By which another task sees whether the loop is alive.
    #[must_use]
    pub fn pulse(&self) -> Arc<Pulse> {
        self.own.pulse()
    }

    /// Begins with what the history has of targets that are not simply reachable: nothing is run on those
    /// that were down until they answer. Says which those are.
    pub fn recall(&mut self, known: &[(String, Phase)], tell: &mut impl FnMut(Event<'_>)) {
        let now = self.now().steady;
        for (target, phase) in known {
            let mut gates = self.pipeline.gatekeeper.gates();
            gates.recall(target, *phase, now);
            let is_closed = gates.is_closed(target);
            drop(gates);
            if is_closed {
                self.turned(target, Turn::Closed, tell);
            }
        }
    }

    /// Runs until it is told to stop; `tell` hears of everything, and must be quick.
    pub async fn run(&mut self, orders: &mut Receiver<Order>, tell: &mut impl FnMut(Event<'_>)) {
        loop {
            let now = self.now();
            self.own.looked(now);
            if let Some(event) = self.watch.look(now) {
                self.timetable.clock_changed(event, now);
                self.own.clock(event, now);
                tell(Event::Clock(event));
            }
            for start in self.timetable.take_due(now) {
                self.start(start);
            }
            let due = self.pipeline.gatekeeper.gates().take_due(now.steady);
            for target in due {
                self.knocking.begin(&self.pipeline, &target);
            }
            self.own.look(&self.pipeline, &self.timetable, now);
            self.tell_of_damage(tell);
            tell(Event::Looked);
            let idle = self.idle();
            self.own.waits(idle);
            tokio::select! {
                order = orders.recv() => match order {
                    Some(Order::Replace(replacement)) => {
                        let (changes, jobs) = self.replace(*replacement);
                        tell(Event::Replaced { changes, jobs: &jobs });
                    }
                    Some(Order::Record(recorder)) => self.record_with(recorder),
                    Some(Order::Doubt(targets)) => self.doubt(&targets),
                    Some(Order::Stop) | None => return,
                },
                Some(ended) = self.running.join_next_with_id() => {
                    self.ended(ended, tell);
                    while let Some(ended) = self.running.try_join_next_with_id() {
                        self.ended(ended, tell);
                    }
                }
                Some((target, run)) = self.knocking.next() => self.answered(&target, run, tell),
                Some(run) = self.own.next() => {
                    let now = self.now();
                    self.own.judged(&run, now);
                    tell(Event::Finished(&run));
                }
                () = tokio::time::sleep(idle) => {}
            }
        }
    }

    /// Starts nothing any more and waits for what runs, for at most `limit` or until `hurry` says so;
    /// then drops it, which takes at most [`LET_GO_WITHIN`]. How many runs were dropped.
    pub async fn drain(
        &mut self,
        limit: Duration,
        hurry: impl Future<Output = ()>,
        tell: &mut impl FnMut(Event<'_>),
    ) -> usize {
        self.bounds.close();
        self.knocking.end().await;
        self.own.end().await;
        let deadline = tokio::time::sleep(limit);
        tokio::pin!(deadline, hurry);
        loop {
            self.tell_of_damage(tell);
            tell(Event::Looked);
            tokio::select! {
                ended = self.running.join_next_with_id() => match ended {
                    Some(ended) => self.ended(ended, tell),
                    None => break,
                },
                () = &mut hurry => break,
                () = &mut deadline => break,
                () = tokio::time::sleep(TICK) => {}
            }
        }
        let dropped = self.running.len();
        self.running.abort_all();
        let let_go = async { while self.running.join_next().await.is_some() {} };
        // What holds on even now is not waited for; nobody was told of it.
        let _ = tokio::time::timeout(LET_GO_WITHIN, let_go).await;
        self.retiring.end().await;
        dropped
    }

    /// Waits for what is still to be written; none without a history.
    #[must_use]
    pub fn close(self) -> Option<WriterStats> {
        drop((self.running, self.knocking, self.own, self.retiring));
        let recorder = Arc::into_inner(self.pipeline)?.recorder?;
        Some(Arc::into_inner(recorder)?.close())
    }

    /// The steady timeline is the wall clock of the beginning and what has passed since then.
    fn now(&self) -> Now {
        let passed = i64::try_from(self.began.elapsed().as_micros()).unwrap_or(i64::MAX);
        Now {
            steady: Micros(self.began_at.0.saturating_add(passed)),
            wall: self.pipeline.clock.now(),
        }
    }

    fn tell_of_damage(&mut self, tell: &mut impl FnMut(Event<'_>)) {
        let Some(recorder) = &self.pipeline.recorder else {
            return;
        };
        let files = recorder.set_aside_meanwhile();
        if let Some(new @ [_, ..]) = files.get(self.told_set_aside..) {
            tell(Event::SetAside(new));
            self.told_set_aside = files.len();
        }
    }

    fn start(&mut self, start: Start) {
        let (pipeline, queue) = (Arc::clone(&self.pipeline), self.bounds.queue(&start.job));
        let (job, occasion) = (Arc::clone(&start.job), Some(start.occasion));
        let task = self
            .running
            .spawn(async move { pipeline.run_job(queue, job, occasion).await });
        self.by_task.insert(task.id(), start);
    }

    fn ended(&mut self, ended: Result<(Id, Ended), JoinError>, tell: &mut impl FnMut(Event<'_>)) {
        let (task, ended) = match ended {
            Ok((task, ended)) => (task, ended),
            Err(error) => return self.record_defect(&error),
        };
        let Some(start) = self.by_task.remove(&task) else {
            return;
        };
        match ended {
            Ended::Finished(run) => {
                if self.timetable.is_gone(start.id) {
                    self.retiring.begin(&self.pipeline, &self.timetable);
                }
                self.finished(start.id, run.left_open);
                let (target, job) = (&run.job.target.name, &run.job.name);
                let now = self.now().steady;
                let mut gates = self.pipeline.gatekeeper.gates();
                gates.take(target, job, &run.reach, now);
                drop(gates);
                self.own.finished(&run);
                tell(Event::Finished(&run));
            }
            Ended::Suspended => self.timetable.not_begun(start.id, &start.occasion),
            Ended::GivenUp => {}
        }
    }

    fn finished(&mut self, id: JobId, left_open: LeftOpen) {
        let now = self.now();
        self.timetable.finished(id, left_open, now);
    }

    /// A target was asked whether it can be reached; none when that went wrong by a defect of ours.
    fn answered(
        &mut self,
        target: &str,
        run: Option<FinishedRun>,
        tell: &mut impl FnMut(Event<'_>),
    ) {
        let answer = match &run {
            None => Answer::Lost,
            Some(run) if run.outcome.status == Status::Ok => Answer::Good,
            Some(_) => Answer::Bad,
        };
        if let Some(run) = &run {
            self.own.asked(run);
            tell(Event::Finished(run));
        }
        let now = self.now().steady;
        let turn = self
            .pipeline
            .gatekeeper
            .gates()
            .answered(target, answer, now);
        if let Some(turn) = turn {
            self.turned(target, turn, tell);
        }
    }

    fn turned(&mut self, target: &str, turn: Turn, tell: &mut impl FnMut(Event<'_>)) {
        let now = self.now();
        let jobs = match turn {
            Turn::Closed => self.timetable.suspend(target),
            Turn::Opened => self.timetable.resume(target, now),
        };
        self.own.expects(&self.timetable);
        tell(Event::Turned { target, turn, jobs });
    }

    fn doubt(&mut self, targets: &[String]) {
        let now = self.now().steady;
        let mut gates = self.pipeline.gatekeeper.gates();
        for target in targets {
            gates.doubt(target, now);
        }
    }

    /// How long there is nothing to start.
    fn idle(&self) -> Duration {
        let now = self.now();
        let gates = self.pipeline.gatekeeper.gates().idle_for(now.steady);
        self.timetable.idle_for(now).min(gates)
    }

    /// A defect of ours in one run must not hide that it ran, nor touch the others.
    fn record_defect(&mut self, error: &JoinError) {
        let Some(start) = self.by_task.remove(&error.id()) else {
            return;
        };
        let pipeline = Arc::clone(&self.pipeline);
        let (job, occasion) = (Arc::clone(&start.job), Some(start.occasion));
        let task = self.running.spawn(async move {
            Ended::Finished(Box::new(pipeline.defective(job, occasion).await))
        });
        self.by_task.insert(task.id(), start);
    }

    /// Runs that go on keep what they have; everything that starts from now on is of the new one.
    fn replace(&mut self, replacement: Replacement) -> (Changes, Vec<Arc<Job>>) {
        let Replacement { pipeline, jobs } = replacement;
        let stored: Arc<Memory> = pipeline.memory;
        self.pipeline.memory.renew(&stored);
        self.bounds.renew(&jobs, pipeline.parallel);
        self.pipeline = Arc::new(Pipeline {
            recorder: self.pipeline.recorder.clone(),
            memory: Arc::clone(&self.pipeline.memory),
            gatekeeper: Arc::clone(&self.pipeline.gatekeeper),
            ..pipeline
        });
        let now = self.now();
        self.knocking.renew(&jobs);
        let mut gates = self.pipeline.gatekeeper.gates();
        gates.replace(self.knocking.targets(), now.steady);
        drop(gates);
        let changes = self.timetable.replace(&jobs, now);
        self.own.expects(&self.timetable);
        (changes, jobs)
    }

    fn record_with(&mut self, recorder: Arc<Recorder>) {
        let pipeline = Pipeline {
            recorder: Some(recorder),
            ..(*self.pipeline).clone()
        };
        self.pipeline = Arc::new(pipeline);
    }
}

#[cfg(test)]
mod tests;
