//! The writer's thread while the file cannot be written: an [`Interim`] history stands in, if one is wanted;
//! otherwise everything fails. The file is tried again and again, until it can be written.

use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use super::group::{Group, NotWritten, Results};
use super::interim::Interim;
use super::session::Session;
use super::worker::Worker;
use crate::error::{Action, Cause, Error, classify};
use crate::file::{OpenFile, Patience, have_patience};

/// An attempt that takes less is made with every group; a full disk says so at once.
const ATTEMPT_QUICK: Duration = Duration::from_secs(1);

/// A file that is found damaged or changed is tried once more, as what is there then; so is one on a full
/// disk, once its log is empty.
const ATTEMPTS_MAX: u32 = 2;

/// What is done while the file cannot be written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Absence {
    pub(super) stand_in: StandIn,
    pub(super) retries: Retries,
}

/// What goes on while the file cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StandIn {
    /// A history in memory.
    Memory,
    /// Nothing: a program that is about to end must not say that it has done what is lost with it.
    Nothing,
}

/// When a file that cannot be written is tried again, besides with every group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    /// So often while nothing else happens.
    pub idle: Duration,
    /// After an attempt that took long, everybody else comes first for so long.
    pub after_slow: Duration,
}

impl Retries {
    /// With every group and at no other time. What happens then follows from what is asked and not from the
    /// clock, so that a simulation can be played again.
    pub const WITH_EACH_GROUP: Self = Self {
        idle: Duration::MAX,
        after_slow: Duration::ZERO,
    };
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(5),
            after_slow: Duration::from_secs(15),
        }
    }
}

impl Worker {
    /// Until the file can be written again, or nobody will send any more. `before` is the file that was
    /// written to last; `group` is not written yet.
    pub(super) fn serve_without(
        &self,
        before: Option<OpenFile>,
        group: Group,
        error: Error,
        now_us: i64,
    ) -> Option<OpenFile> {
        let (mut error, mut group) = (error.during(Action::Write), group);
        // Before anybody is answered, so that whoever hears of it knows it.
        self.shared.lose_file(now_us, &error);
        let interim = match self.absence.stand_in {
            StandIn::Memory => Interim::begin(&self.path, before.as_ref(), now_us),
            StandIn::Nothing => Interim::nothing(),
        };
        let (mut file, mut not_before) = (before, Instant::now());
        loop {
            self.write_without(&interim, group, &error);
            let arrived = self.queue.recv_timeout(self.absence.retries.idle);
            let is_last = matches!(arrived, Err(RecvTimeoutError::Disconnected));
            group = arrived.map(Group::of).unwrap_or_default();
            let begun = Instant::now();
            if begun < not_before && !is_last {
                continue;
            }
            let about_us = now_us.max(group.time_us());
            match self.return_to(&mut file, &interim, &mut group, about_us) {
                Ok((file, results)) => {
                    // First of all, while there is space.
                    let file = settle_in(file, &error);
                    self.shared.have_file();
                    self.acknowledge(group, results, begun);
                    return Some(file);
                }
                Err(still) => error = still,
            }
            if is_last {
                return None;
            }
            self.shared.lose_file(now_us, &error);
            if interim.stands_in() && begun.elapsed() >= ATTEMPT_QUICK {
                not_before = Instant::now() + self.absence.retries.after_slow;
            }
        }
    }

    fn write_without(&self, interim: &Interim, mut group: Group, why: &Error) {
        if group.is_empty() {
            return;
        }
        match interim.write(&mut group, &self.queue) {
            Some(results) => {
                self.shared.count(&group.not_stored(), Duration::ZERO);
                group.acknowledge_without_file(results, why);
            }
            None => {
                self.shared.count(&group.all_failed(), Duration::ZERO);
                group.reject(why);
            }
        }
    }

    /// Brings what the interim history has and this group into the file, in one transaction.
    fn return_to(
        &self,
        known: &mut Option<OpenFile>,
        interim: &Interim,
        group: &mut Group,
        now_us: i64,
    ) -> Result<(OpenFile, Results), Error> {
        let mut problem = Error::new(Action::Write, &self.path, Cause::Corrupt);
        for _ in 0..ATTEMPTS_MAX {
            let mut file = match known.take().filter(|file| !file.is_replaced()) {
                Some(file) => file,
                None => self
                    .open(now_us)
                    .map_err(|error| error.during(Action::Write))?,
            };
            let error = match self.write_after(interim, &mut file, group) {
                Ok(results) => return Ok((file, results)),
                // Opening it again says which.
                Err(NotWritten::OtherLayout) => continue,
                Err(NotWritten::Sqlite(error)) => error,
            };
            match classify(&error) {
                Cause::Corrupt => *known = Some(self.begin_anew(file, now_us)?),
                Cause::Full => {
                    file.empty_log();
                    *known = Some(file);
                    problem = self.not_written(error);
                }
                _ => {
                    *known = Some(file);
                    return Err(self.not_written(error));
                }
            }
        }
        Err(problem)
    }

    fn write_after(
        &self,
        interim: &Interim,
        file: &mut OpenFile,
        group: &mut Group,
    ) -> Result<Results, NotWritten> {
        have_patience(&mut file.conn, interim.patience())?;
        group.write_after(
            || interim.carry_over(file),
            &mut Session::prepare(&file.conn)?,
            &self.queue,
        )
    }
}

/// From now on everything waits for this file again. After a full disk its log gives back what it can.
fn settle_in(file: OpenFile, problem: &Error) -> OpenFile {
    let mut file = file;
    if problem.cause == Cause::Full {
        file.empty_log();
    }
    // Whoever is less patient fails more often, which is told.
    let _ = have_patience(&mut file.conn, Patience::Long);
    file
}
