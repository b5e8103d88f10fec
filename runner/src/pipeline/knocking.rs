//! [`Knocking`]: asking targets whether they can be reached, each beside everything else: not in the
//! queue of its own runs, which may be what hangs.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::task::{Id, JoinSet};

use super::Pipeline;
use crate::model::job::Job;
use crate::model::run::FinishedRun;

/// The attempts that are under way, and the job of each target under which they are kept.
pub(super) struct Knocking {
    /// By target.
    jobs: HashMap<String, Arc<Job>>,
    tasks: JoinSet<FinishedRun>,
    by_task: HashMap<Id, String>,
}

impl Knocking {
    /// For the targets of these jobs.
    pub(super) fn new(jobs: &[Arc<Job>]) -> Self {
        Self {
            jobs: connections(jobs),
            tasks: JoinSet::new(),
            by_task: HashMap::new(),
        }
    }

    /// Goes on with the targets of other jobs.
    pub(super) fn renew(&mut self, jobs: &[Arc<Job>]) {
        self.jobs = connections(jobs);
    }

    pub(super) fn targets(&self) -> impl Iterator<Item = &str> {
        self.jobs.keys().map(String::as_str)
    }

    pub(super) fn begin(&mut self, pipeline: &Arc<Pipeline>, target: &str) {
        let Some(job) = self.jobs.get(target).map(Arc::clone) else {
            return;
        };
        let pipeline = Arc::clone(pipeline);
        let task = self.tasks.spawn(async move { pipeline.knock(job).await });
        self.by_task.insert(task.id(), target.to_owned());
    }

    /// The next target whose attempt is over; none when nobody is being asked. Without a run when
    /// something went wrong that is no answer.
    pub(super) async fn next(&mut self) -> Option<(String, Option<FinishedRun>)> {
        loop {
            let (task, run) = match self.tasks.join_next_with_id().await? {
                Ok((task, run)) => (task, Some(run)),
                Err(error) => (error.id(), None),
            };
            if let Some(target) = self.by_task.remove(&task) {
                return Some((target, run));
            }
        }
    }

    /// Ends them all, as soon as nobody wants to know any more.
    pub(super) async fn end(&mut self) {
        // Each ends where it waits, so this takes no time.
        self.tasks.shutdown().await;
    }
}

fn connections(jobs: &[Arc<Job>]) -> HashMap<String, Arc<Job>> {
    let mut connections = HashMap::new();
    for job in jobs {
        connections
            .entry(job.target.name.clone())
            .or_insert_with(|| Arc::new(Job::connection(&job.target)));
    }
    connections
}
