//! [`Entry`]: one job in the timetable: when it is due next, and what has become of its slots.

use std::sync::Arc;

use super::slots::Slots;
use super::timetable::JobId;
use super::{FIRST_RUN_WITHIN, LATE_AFTER, Now, RETRY_AFTER, later, micros, phase};
use crate::model::job::Job;
use crate::model::run::Micros;
use crate::model::schedule::{LeftOpen, Occasion};

/// A job that is to be started now.
#[derive(Clone, Debug)]
pub struct Start {
    /// By which the timetable is told of the end.
    pub id: JobId,
    /// What to run.
    pub job: Arc<Job>,
    /// What it is run for.
    pub occasion: Occasion,
}

/// A run beside the slots, on the steady timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extra {
    pub(super) at: Micros,
    kind: ExtraKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ExtraKind {
    /// Nothing recent is known of the job: after a start, a change or a pause.
    Fresh,
    /// A problem is looked at again.
    Retry,
}

/// One job.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) id: JobId,
    pub(super) job: Arc<Job>,
    pub(super) slots: Slots,
    /// The next slot, on the timeline of `slots`. None after the last one there will ever be.
    pub(super) slot: Option<Micros>,
    pub(super) extra: Option<Extra>,
    /// Started and not finished.
    pub(super) is_busy: bool,
    /// No longer configured; only still here because it is busy.
    pub(super) is_retired: bool,
    /// The last slot that ran.
    done: Option<Micros>,
    /// A run is to be made up for once the target can be reached: the last one learnt nothing of the job, or
    /// an extra one was left out.
    owes: bool,
    /// Slots since the last start that came while it was busy.
    overlapped: u32,
    /// Slots since the last start that came while nobody looked at the clock.
    missed: u32,
    /// Slots since the last start that came while it was suspended.
    suspended: u32,
    /// Its target cannot be reached, so nothing is started.
    pub(super) is_suspended: bool,
    /// When its last run ended, or since when it could have run; on the timeline of `slots`.
    pub(super) heard: Micros,
    /// Runs, one after the other, that were not over when the next one was due.
    pub(super) overlaps_in_a_row: u32,
}

impl Entry {
    pub(super) fn new(id: JobId, job: Arc<Job>, now: Now) -> Self {
        let mut entry = Self {
            id,
            slots: Slots::of(&job),
            job,
            slot: None,
            extra: None,
            is_busy: false,
            is_retired: false,
            done: None,
            owes: false,
            overlapped: 0,
            missed: 0,
            suspended: 0,
            is_suspended: false,
            heard: now.steady,
            overlaps_in_a_row: 0,
        };
        entry.listen_anew(now);
        entry.slot = entry.slots.after(entry.slots.now(now));
        // A cron line names its times on purpose; nothing runs by it because somebody restarts.
        if let Slots::Every { .. } = entry.slots {
            entry.plan_fresh(now);
        }
        entry
    }

    /// Takes over another configuration of the same job; whether the times are others now.
    pub(super) fn reconfigure(&mut self, job: Arc<Job>, now: Now) -> bool {
        // One that was gone has no times to keep.
        let keeps_times = !self.is_retired && self.job.schedule == job.schedule;
        if keeps_times {
            self.job = job;
            return false;
        }
        let fresh = Self::new(self.id, job, now);
        *self = Self {
            is_busy: self.is_busy,
            owes: self.owes,
            is_suspended: self.is_suspended,
            ..fresh
        };
        true
    }

    /// The slot has come, or is over.
    pub(super) fn slot_is_due(&mut self, slot: Micros, now: Now) -> Option<Start> {
        let own_now = self.slots.now(now);
        let passed = self.slots.pass(slot, own_now);
        self.slot = passed.next;
        if self.is_busy {
            self.overlapped = self.overlapped.saturating_add(passed.slots);
            return None;
        }
        if self.is_suspended {
            self.suspended = self.suspended.saturating_add(passed.slots);
            self.done = Some(own_now);
            return None;
        }
        let late_by = own_now.0.saturating_sub(slot.0);
        if passed.slots > 1 || late_by > micros(LATE_AFTER) {
            // Nobody looked at the clock. Everybody is in this situation after a pause, and starting everything
            // at once would be the worst moment for it.
            self.missed = self.missed.saturating_add(passed.slots);
            self.done = Some(own_now);
            self.plan_fresh(now);
            return None;
        }
        self.done = Some(slot);
        Some(self.start(slot, later(now.wall, -late_by)))
    }

    /// The extra run has come, or is over.
    pub(super) fn extra_is_due(&mut self, extra: Extra, now: Now) -> Option<Start> {
        self.extra = None;
        if self.is_suspended {
            self.owes = true;
            return None;
        }
        if self.is_busy {
            return None;
        }
        let period = self.slots.period(self.slots.now(now));
        let late_by = now.steady.0.saturating_sub(extra.at.0);
        if late_by > period.min(micros(LATE_AFTER)) {
            self.plan_fresh(now);
            return None;
        }
        if extra.kind == ExtraKind::Fresh
            && let Slots::Every { interval, .. } = self.slots
            && let Some(slot) = self.slot
            && slot.0.saturating_sub(now.steady.0) < interval / 2
        {
            // It would run twice in a row.
            self.slot = self.slots.after(slot);
        }
        Some(self.start(self.slots.now(now), later(now.wall, -late_by)))
    }

    fn start(&mut self, slot: Micros, due: Micros) -> Start {
        self.overlaps_in_a_row = match self.overlapped {
            0 => 0,
            _ => self.overlaps_in_a_row.saturating_add(1),
        };
        self.is_busy = true;
        self.extra = None;
        let period = self.slots.period(slot);
        Start {
            id: self.id,
            job: Arc::clone(&self.job),
            occasion: Occasion {
                due,
                late_after: std::time::Duration::from_micros(
                    (period / 2).min(micros(LATE_AFTER)).unsigned_abs(),
                ),
                overlapped: std::mem::take(&mut self.overlapped),
                missed: std::mem::take(&mut self.missed),
                suspended: std::mem::take(&mut self.suspended),
            },
        }
    }

    /// The target could not be reached any more before the run began. What was to be told with it is
    /// told with the next one.
    pub(super) fn not_begun(&mut self, occasion: &Occasion) {
        self.is_busy = false;
        self.overlapped = self.overlapped.saturating_add(occasion.overlapped);
        self.missed = self.missed.saturating_add(occasion.missed);
        let suspended = occasion.suspended.saturating_add(1);
        self.suspended = self.suspended.saturating_add(suspended);
    }

    /// The target can be reached again. A cron line names its times on purpose, so it runs only where
    /// it has missed one, or learnt nothing at the last.
    pub(super) fn resume(&mut self, now: Now) {
        self.is_suspended = false;
        self.listen_anew(now);
        let is_interval = matches!(self.slots, Slots::Every { .. });
        if !self.is_busy && (is_interval || self.suspended > 0 || self.owes) {
            self.plan_fresh(now);
        }
    }

    /// The run is over. Where that is not the end of it, the wait is kept short, however long the interval.
    pub(super) fn finished(&mut self, left_open: LeftOpen, now: Now) {
        self.is_busy = false;
        self.listen_anew(now);
        self.owes = left_open == LeftOpen::Everything;
        match left_open {
            LeftOpen::Nothing => {}
            LeftOpen::Something | LeftOpen::Everything => {
                let soon = later(now.steady, micros(RETRY_AFTER));
                self.plan(soon, ExtraKind::Retry, now);
            }
        }
    }

    /// From now on it counts how long nothing is heard of it.
    pub(super) fn listen_anew(&mut self, now: Now) {
        self.heard = self.slots.now(now);
    }

    /// By the wall clock it was not quiet for as long as that says now.
    fn wall_moved(&mut self, now: Now) {
        if let Slots::Cron(_) = self.slots {
            self.listen_anew(now);
        }
    }

    /// The wall clock is ahead by so much, in microseconds: perhaps the machine slept, and nothing
    /// recent is known.
    pub(super) fn wall_went_forward(&mut self, by: i64, now: Now) {
        self.wall_moved(now);
        if let Slots::Every { interval, .. } = self.slots
            && by >= interval
            && !self.is_busy
        {
            self.plan_fresh(now);
        }
    }

    /// The wall clock was set back.
    pub(super) fn wall_went_back(&mut self, now: Now) {
        self.wall_moved(now);
        if let Some(slot) = self.slots.set_back(self.done, now.wall) {
            self.slot = Some(slot);
        }
    }

    /// Plans one run within a minute, or leaves it to the next slot where that is as near.
    fn plan_fresh(&mut self, now: Now) {
        let period = self.slots.period(self.slots.now(now));
        let within = micros(FIRST_RUN_WITHIN);
        if period > within {
            let at = later(now.steady, phase::of(&self.job, within));
            self.plan(at, ExtraKind::Fresh, now);
        }
    }

    /// Plans an extra run, unless something comes before it anyway.
    fn plan(&mut self, at: Micros, kind: ExtraKind, now: Now) {
        let slot_comes_in = self
            .slot
            .map(|slot| slot.0.saturating_sub(self.slots.now(now).0));
        let comes_in = at.0.saturating_sub(now.steady.0);
        let is_needed = slot_comes_in.is_none_or(|slot| comes_in < slot)
            && self.extra.is_none_or(|extra| at < extra.at);
        if is_needed {
            self.extra = Some(Extra { at, kind });
        }
    }
}
