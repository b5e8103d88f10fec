//! [`Bounds`]: how many runs there may be at once: in all, on each target, and between execution
//! and the disk.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::model::job::Job;

/// Runs whose outcome may wait for the disk while others execute already: enough for one large
/// transaction, and a bound on what is kept in memory.
pub(super) const IN_FLIGHT_MAX: usize = 512;

/// Places for runs.
pub(super) struct Bounds {
    pub(super) in_flight: Arc<Semaphore>,
    in_all: Arc<Semaphore>,
    parallel: usize,
    by_target: HashMap<String, OnTarget>,
}

struct OnTarget {
    places: Arc<Semaphore>,
    max_parallel: u32,
}

impl Bounds {
    pub(super) fn new(jobs: &[Arc<Job>], parallel: usize) -> Self {
        let mut bounds = Self {
            in_flight: Arc::new(Semaphore::new(IN_FLIGHT_MAX)),
            in_all: Arc::new(Semaphore::new(parallel)),
            parallel,
            by_target: HashMap::new(),
        };
        bounds.renew(jobs, parallel);
        bounds
    }

    /// Makes them the bounds for other jobs. Where a bound stays the same, runs that hold a place go
    /// on to count.
    pub(super) fn renew(&mut self, jobs: &[Arc<Job>], parallel: usize) {
        if parallel != self.parallel {
            self.parallel = parallel;
            self.in_all = Arc::new(Semaphore::new(parallel));
        }
        let mut before = std::mem::take(&mut self.by_target);
        for job in jobs {
            let (name, max_parallel) = (&job.target.name, job.target.max_parallel);
            if self.by_target.contains_key(name) {
                continue;
            }
            let known = before
                .remove(name)
                .filter(|known| known.max_parallel == max_parallel);
            let on_target = known.unwrap_or_else(|| OnTarget {
                places: Arc::new(Semaphore::new(max_parallel as usize)),
                max_parallel,
            });
            self.by_target.insert(name.clone(), on_target);
        }
    }

    /// Lets nobody in any more, those who wait included.
    pub(super) fn close(&self) {
        self.in_flight.close();
        self.in_all.close();
        for on_target in self.by_target.values() {
            on_target.places.close();
        }
    }

    /// The queue for a place for this job.
    #[expect(clippy::indexing_slicing, reason = "made from the same jobs")]
    pub(super) fn queue(&self, job: &Job) -> Queue {
        Queue {
            on_target: Arc::clone(&self.by_target[&job.target.name].places),
            in_flight: Arc::clone(&self.in_flight),
            in_all: Arc::clone(&self.in_all),
        }
    }
}

/// Where one run waits for its place.
pub(super) struct Queue {
    on_target: Arc<Semaphore>,
    in_flight: Arc<Semaphore>,
    in_all: Arc<Semaphore>,
}

impl Queue {
    /// Waits until the job may run; none when nothing is to be started any more. The target comes
    /// first, so that the queue of a slow one keeps nothing from the others.
    pub(super) async fn enter(self) -> Option<Place> {
        Some(Place {
            _on_target: self.on_target.acquire_owned().await.ok()?,
            in_flight: self.in_flight.acquire_owned().await.ok()?,
            _in_all: self.in_all.acquire_owned().await.ok()?,
        })
    }
}

/// What a run holds while it executes.
pub(super) struct Place {
    _on_target: OwnedSemaphorePermit,
    in_flight: OwnedSemaphorePermit,
    _in_all: OwnedSemaphorePermit,
}

impl Place {
    /// Others may execute; what is left is held until the run is recorded.
    pub(super) fn leave(self) -> OwnedSemaphorePermit {
        self.in_flight
    }
}
