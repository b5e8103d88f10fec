//! [`Scheduler`]: runs jobs by their schedules, for ever.
//!
//! One loop: look at the clock, start what is due, take what has ended, take orders. It waits for
//! nothing else, so whoever hears its [`Event::Looked`] knows that jobs are started in time.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use checkrun_history::{SetAside, WriterStats};
use tokio::sync::mpsc::Receiver;
use tokio::task::{Id, JoinError, JoinSet};

use super::Pipeline;
use super::bounds::Bounds;
use crate::model::job::Job;
use crate::model::run::{FinishedRun, Micros};
use crate::model::status::Status;
use crate::record::{Memory, Recorder};
use crate::schedule::{Changes, ClockEvent, ClockWatch, JobId, Now, Start, TICK, Timetable};

/// How long aborted runs have to let go of what they hold.
const LET_GO_WITHIN: Duration = Duration::from_secs(1);

/// What the scheduler is told to do.
pub enum Order {
    /// Go on with another configuration.
    Replace(Box<Replacement>),
    /// The history can be opened now.
    Record(Recorder),
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
    running: JoinSet<Option<FinishedRun>>,
    by_task: HashMap<Id, Start>,
    /// Damaged histories that were told.
    told_set_aside: usize,
}

impl Scheduler {
    /// Begins now.
    #[must_use]
    pub fn new(pipeline: Pipeline, jobs: &[Arc<Job>]) -> Self {
        let (began, began_at) = (pipeline.clock.start(), pipeline.clock.now());
        let now = Now {
            steady: began_at,
            wall: began_at,
        };
        Self {
            bounds: Bounds::new(jobs, pipeline.parallel),
            pipeline: Arc::new(pipeline),
            timetable: Timetable::new(jobs, now),
            watch: ClockWatch::new(now),
            began,
            began_at,
            running: JoinSet::new(),
            by_task: HashMap::new(),
            told_set_aside: 0,
        }
    }

    /// Runs until it is told to stop; `tell` hears of everything, and must be quick.
    pub async fn run(&mut self, orders: &mut Receiver<Order>, tell: &mut impl FnMut(Event<'_>)) {
        loop {
            let now = self.now();
            if let Some(event) = self.watch.look(now) {
                self.timetable.clock_changed(event, now);
                tell(Event::Clock(event));
            }
            for start in self.timetable.take_due(now) {
                self.start(start);
            }
            self.tell_of_damage(tell);
            tell(Event::Looked);
            let idle = self.timetable.idle_for(self.now());
            tokio::select! {
                order = orders.recv() => match order {
                    Some(Order::Replace(replacement)) => {
                        let (changes, jobs) = self.replace(*replacement);
                        tell(Event::Replaced { changes, jobs: &jobs });
                    }
                    Some(Order::Record(recorder)) => self.record_with(recorder),
                    Some(Order::Stop) | None => return,
                },
                Some(ended) = self.running.join_next_with_id() => {
                    self.ended(ended, tell);
                    while let Some(ended) = self.running.try_join_next_with_id() {
                        self.ended(ended, tell);
                    }
                }
                () = tokio::time::sleep(idle) => {}
            }
        }
    }

    /// Starts nothing any more and waits for what runs, for at most `limit` or until told to stop
    /// once more; then drops it. How many runs were dropped.
    pub async fn drain(
        &mut self,
        limit: Duration,
        orders: &mut Receiver<Order>,
        tell: &mut impl FnMut(Event<'_>),
    ) -> usize {
        self.bounds.close();
        let deadline = tokio::time::sleep(limit);
        tokio::pin!(deadline);
        loop {
            self.tell_of_damage(tell);
            tell(Event::Looked);
            tokio::select! {
                ended = self.running.join_next_with_id() => match ended {
                    Some(ended) => self.ended(ended, tell),
                    None => return 0,
                },
                order = orders.recv() => if matches!(order, Some(Order::Stop) | None) { break },
                () = &mut deadline => break,
                () = tokio::time::sleep(TICK) => {}
            }
        }
        let dropped = self.running.len();
        self.running.abort_all();
        let let_go = async { while self.running.join_next().await.is_some() {} };
        // What holds on even now is not waited for; nobody was told of it.
        let _ = tokio::time::timeout(LET_GO_WITHIN, let_go).await;
        dropped
    }

    /// Waits for what is still to be written; none without a history.
    #[must_use]
    pub fn close(self) -> Option<WriterStats> {
        drop(self.running);
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

    fn ended(
        &mut self,
        ended: Result<(Id, Option<FinishedRun>), JoinError>,
        tell: &mut impl FnMut(Event<'_>),
    ) {
        let (task, run) = match ended {
            Ok((task, run)) => (task, run),
            Err(error) => return self.record_defect(&error),
        };
        let Some(start) = self.by_task.remove(&task) else {
            return;
        };
        if let Some(run) = run {
            self.finished(start.id, run.outcome.status);
            tell(Event::Finished(&run));
        }
    }

    fn finished(&mut self, id: JobId, status: Status) {
        let now = self.now();
        self.timetable.finished(id, status, now);
    }

    /// A defect of ours in one run must not hide that it ran, nor touch the others.
    fn record_defect(&mut self, error: &JoinError) {
        let Some(start) = self.by_task.remove(&error.id()) else {
            return;
        };
        let pipeline = Arc::clone(&self.pipeline);
        let (job, occasion) = (Arc::clone(&start.job), Some(start.occasion));
        let task = self
            .running
            .spawn(async move { Some(pipeline.defective(job, occasion).await) });
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
            ..pipeline
        });
        let now = self.now();
        (self.timetable.replace(&jobs, now), jobs)
    }

    fn record_with(&mut self, recorder: Recorder) {
        let pipeline = Pipeline {
            recorder: Some(Arc::new(recorder)),
            ..(*self.pipeline).clone()
        };
        self.pipeline = Arc::new(pipeline);
    }
}
