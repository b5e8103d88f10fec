//! [`Timetable`]: when every job runs next.
//!
//! The loop asks it at least every second what is due ([`Timetable::take_due`]) and tells it what has
//! ended ([`Timetable::finished`]), and which targets cannot be reached ([`Timetable::suspend`]). It never hands out a job that still runs, nor one slot twice.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use super::clock_watch::ClockEvent;
use super::entry::{Entry, Start};
use super::slots::Slots;
use super::{Now, TICK, micros};
use crate::model::job::Job;
use crate::model::run::Micros;
use crate::model::schedule::{LeftOpen, Occasion};

/// A job's number within one timetable; kept when the configuration is read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(u32);

/// What another configuration changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Jobs that were not there before.
    pub added: usize,
    /// Jobs that are gone.
    pub removed: usize,
    /// Jobs with other times.
    pub rescheduled: usize,
    /// Jobs whose times stay.
    pub kept: usize,
}

/// When every job runs next.
#[derive(Debug, Default)]
pub struct Timetable {
    entries: HashMap<JobId, Entry>,
    /// By name and target.
    ids: HashMap<(String, String), JobId>,
    next_id: u32,
    /// When which job is to be looked at, on the steady timeline. May name times that no longer
    /// hold; the entry knows.
    steady: BTreeSet<(Micros, JobId)>,
    /// As `steady`, on the wall clock.
    wall: BTreeSet<(Micros, JobId)>,
    /// Targets on which nothing is started.
    suspended: HashSet<String>,
}

impl Timetable {
    /// Begins with these jobs; each runs once soon, then by its schedule.
    #[must_use]
    pub fn new(jobs: &[Arc<Job>], now: Now) -> Self {
        let mut timetable = Self::default();
        timetable.replace(jobs, now);
        timetable
    }

    /// Goes on with these jobs. Those that were there before keep their times, unless their schedule
    /// is another one, and their running runs.
    pub fn replace(&mut self, jobs: &[Arc<Job>], now: Now) -> Changes {
        let mut changes = Changes::default();
        let mut left = std::mem::take(&mut self.ids);
        for job in jobs {
            let key = (job.name.clone(), job.target.name.clone());
            let known = left.remove(&key);
            let id = known.unwrap_or_else(|| {
                self.next_id += 1;
                JobId(self.next_id)
            });
            self.ids.insert(key, id);
            match self.entries.get_mut(&id) {
                Some(entry) => {
                    let was_gone = entry.is_retired;
                    match entry.reconfigure(Arc::clone(job), now) {
                        _ if was_gone => changes.added += 1,
                        true => changes.rescheduled += 1,
                        false => changes.kept += 1,
                    }
                }
                None => {
                    changes.added += 1;
                    self.entries
                        .insert(id, Entry::new(id, Arc::clone(job), now));
                }
            }
        }
        for (key, id) in left {
            self.retire(key, id, &mut changes);
        }
        self.suspended
            .retain(|target| jobs.iter().any(|job| job.target.name == *target));
        for entry in self.entries.values_mut() {
            entry.is_suspended = self.suspended.contains(&entry.job.target.name);
        }
        self.queue_all();
        changes
    }

    fn retire(&mut self, key: (String, String), id: JobId, changes: &mut Changes) {
        let Some(entry) = self.entries.get_mut(&id) else {
            return;
        };
        changes.removed += usize::from(!entry.is_retired);
        if entry.is_busy {
            // Should it come back before its run ends, it must not run beside that.
            entry.is_retired = true;
            (entry.slot, entry.extra) = (None, None);
            self.ids.insert(key, id);
        } else {
            self.entries.remove(&id);
        }
    }

    /// Every job that is configured.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values().filter(|entry| !entry.is_retired)
    }

    /// Every job that is configured, as target and name.
    #[must_use]
    pub fn names(&self) -> Vec<(String, String)> {
        let jobs = self.entries().map(|entry| &entry.job);
        jobs.map(|job| (job.target.name.clone(), job.name.clone()))
            .collect()
    }

    /// Whether the job is not configured any more, and only here because it runs.
    #[must_use]
    pub fn is_gone(&self, id: JobId) -> bool {
        self.entries.get(&id).is_some_and(|entry| entry.is_retired)
    }

    /// How many jobs there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries().count()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every job in the order in which they come first from now on.
    #[must_use]
    pub fn in_order(&self, now: Now) -> Vec<Arc<Job>> {
        let mut jobs: Vec<_> = self
            .entries
            .values()
            .filter(|entry| !entry.is_retired)
            .map(|entry| {
                let extra = entry.extra.map(|extra| extra.at.0 - now.steady.0);
                let slot = entry.slot.map(|slot| slot.0 - entry.slots.now(now).0);
                let first = extra.into_iter().chain(slot).min().unwrap_or(i64::MAX);
                (first, entry.id, Arc::clone(&entry.job))
            })
            .collect();
        jobs.sort_by_key(|(first, id, _)| (*first, *id));
        jobs.into_iter().map(|(_, _, job)| job).collect()
    }

    /// Takes the jobs that are to start now, those that are due longest first.
    pub fn take_due(&mut self, now: Now) -> Vec<Start> {
        let mut starts = Vec::new();
        while let Some(id) = pop(&mut self.steady, now.steady) {
            starts.extend(self.look_at(id, now));
        }
        while let Some(id) = pop(&mut self.wall, now.wall) {
            starts.extend(self.look_at(id, now));
        }
        starts
    }

    fn look_at(&mut self, id: JobId, now: Now) -> Option<Start> {
        let entry = self.entries.get_mut(&id)?;
        let own_now = entry.slots.now(now);
        let start = if let Some(slot) = entry.slot.filter(|slot| *slot <= own_now) {
            entry.slot_is_due(slot, now)
        } else if let Some(extra) = entry.extra.filter(|extra| extra.at <= now.steady) {
            entry.extra_is_due(extra, now)
        } else {
            None
        };
        self.queue(id);
        start
    }

    /// The job's run is over, with so much left open.
    pub fn finished(&mut self, id: JobId, left_open: LeftOpen, now: Now) {
        let Some(entry) = self.entries.get_mut(&id) else {
            return;
        };
        entry.finished(left_open, now);
        if entry.is_retired {
            self.forget(id);
        } else {
            self.queue(id);
        }
    }

    /// The job's run has not begun, because its target could not be reached any more.
    pub fn not_begun(&mut self, id: JobId, occasion: &Occasion) {
        let Some(entry) = self.entries.get_mut(&id) else {
            return;
        };
        entry.not_begun(occasion);
        if entry.is_retired {
            self.forget(id);
        } else {
            self.queue(id);
        }
    }

    /// Starts nothing on this target any more; how many jobs that concerns.
    pub fn suspend(&mut self, target: &str) -> usize {
        self.suspended.insert(target.to_owned());
        let jobs = self.jobs_on(target).map(|entry| entry.is_suspended = true);
        jobs.count()
    }

    /// Goes on with this target: each of its jobs runs once soon. How many those are.
    pub fn resume(&mut self, target: &str, now: Now) -> usize {
        self.suspended.remove(target);
        let jobs = self.jobs_on(target).map(|entry| entry.resume(now)).count();
        self.queue_all();
        jobs
    }

    fn jobs_on(&mut self, target: &str) -> impl Iterator<Item = &mut Entry> {
        self.entries
            .values_mut()
            .filter(move |entry| !entry.is_retired && entry.job.target.name == target)
    }

    fn forget(&mut self, id: JobId) {
        self.entries.remove(&id);
        self.ids.retain(|_, known| *known != id);
    }

    /// How long nothing is due; at most [`TICK`].
    #[must_use]
    pub fn idle_for(&self, now: Now) -> Duration {
        let until = |queue: &BTreeSet<(Micros, JobId)>, now: Micros| {
            queue.first().map(|(time, _)| time.0.saturating_sub(now.0))
        };
        let first = [until(&self.steady, now.steady), until(&self.wall, now.wall)];
        let microseconds = first.into_iter().flatten().min().unwrap_or(i64::MAX);
        Duration::from_micros(microseconds.clamp(0, micros(TICK)).unsigned_abs())
    }

    /// Something happened to the clock.
    pub fn clock_changed(&mut self, event: ClockEvent, now: Now) {
        for entry in self.entries.values_mut().filter(|entry| !entry.is_retired) {
            match event {
                ClockEvent::Forward(by) => entry.wall_went_forward(micros(by), now),
                ClockEvent::Back(_) => entry.wall_went_back(now),
                // What is overdue says so itself; that nothing ran meanwhile is not held against it.
                ClockEvent::Paused(_) => entry.listen_anew(now),
            }
        }
        self.queue_all();
    }

    fn queue_all(&mut self) {
        self.steady.clear();
        self.wall.clear();
        let ids: Vec<_> = self.entries.keys().copied().collect();
        for id in ids {
            self.queue(id);
        }
    }

    fn queue(&mut self, id: JobId) {
        let Some(entry) = self.entries.get(&id) else {
            return;
        };
        self.steady.extend(entry.extra.map(|extra| (extra.at, id)));
        let queue = match entry.slots {
            Slots::Every { .. } => &mut self.steady,
            Slots::Cron(_) => &mut self.wall,
        };
        queue.extend(entry.slot.map(|slot| (slot, id)));
    }
}

fn pop(queue: &mut BTreeSet<(Micros, JobId)>, now: Micros) -> Option<JobId> {
    let (time, _) = queue.first()?;
    if *time > now {
        return None;
    }
    queue.pop_first().map(|(_, id)| id)
}
