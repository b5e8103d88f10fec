//! Which jobs do not run although they should, and which never end in time: what the schedule asks its
//! [`Timetable`] about itself.

use std::sync::Arc;
use std::time::Duration;

use super::entry::Entry;
use super::slots::Slots;
use super::timetable::Timetable;
use super::{Now, micros};
use crate::model::job::Job;
use crate::model::self_watch::stale_after;

/// Slots of a cron line that must have passed since a job's last run before it counts as one that does
/// not run: one may be skipped for a reason.
const CRON_SLOTS: u32 = 2;

/// A job and what of it is noticed.
#[derive(Clone, Debug)]
pub struct Noticed<T> {
    /// Which.
    pub job: Arc<Job>,
    /// What.
    pub what: T,
}

impl Timetable {
    /// The jobs that have not ended a run for too long, with how long that is; the longest first. Not
    /// those that are suspended.
    #[must_use]
    pub fn not_running(&self, now: Now) -> Vec<Noticed<Duration>> {
        let mut quiet: Vec<_> = self
            .entries()
            .filter(|entry| !entry.is_suspended)
            .filter_map(|entry| {
                let what = quiet_for(entry, now)?;
                let job = Arc::clone(&entry.job);
                Some(Noticed { job, what })
            })
            .collect();
        quiet.sort_by(|a, b| {
            let name = |it: &Noticed<Duration>| (it.job.target.name.clone(), it.job.name.clone());
            b.what.cmp(&a.what).then_with(|| name(a).cmp(&name(b)))
        });
        quiet
    }

    /// How many jobs are suspended.
    #[must_use]
    pub fn suspended(&self) -> usize {
        self.entries().filter(|entry| entry.is_suspended).count()
    }

    /// The job of which the most runs in a row were not over when the next one was due, and how many.
    #[must_use]
    pub fn overlapping(&self) -> Option<Noticed<u32>> {
        let worst = self.entries().max_by_key(|entry| entry.overlaps_in_a_row)?;
        (worst.overlaps_in_a_row > 0).then(|| Noticed {
            job: Arc::clone(&worst.job),
            what: worst.overlaps_in_a_row,
        })
    }

    /// Within which time at least one result must come, as long as all is well; none when nothing is due
    /// by an interval.
    #[must_use]
    pub fn expects_within(&self) -> Option<Duration> {
        let active = self.entries().filter(|entry| !entry.is_suspended);
        active.filter_map(patience).min()
    }
}

/// How long the job may be quiet; none of a cron line.
fn patience(entry: &Entry) -> Option<Duration> {
    match entry.slots {
        Slots::Every { interval, .. } => {
            let interval = Duration::from_micros(interval.unsigned_abs());
            Some(stale_after(interval, entry.job.timeout))
        }
        Slots::Cron(_) => None,
    }
}

fn quiet_for(entry: &Entry, now: Now) -> Option<Duration> {
    let own_now = entry.slots.now(now);
    let quiet = own_now.0.saturating_sub(entry.heard.0);
    let is_over = match patience(entry) {
        Some(patience) => quiet > micros(patience),
        None => {
            let mut slot = entry.heard;
            for _ in 0..CRON_SLOTS {
                slot = entry.slots.after(slot)?;
            }
            own_now.0.saturating_sub(slot.0) > micros(entry.job.timeout)
        }
    };
    is_over.then(|| Duration::from_micros(u64::try_from(quiet).unwrap_or(0)))
}
