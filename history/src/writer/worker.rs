//! [`Worker`]: the writer's thread, from one file to the next.
//!
//! A file found damaged while writing is set aside, a new one begun, and the group written there. While the
//! file cannot be written at all, it is tried again and again, and an [`Interim`] history stands in, if one is
//! wanted; otherwise everything fails until then.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::group::{Group, NotWritten, Results, Tally};
use super::interim::Interim;
use super::session::Session;
use super::{Pending, Shared, StandIn};
use crate::error::{Action, Cause, Error, classify, is_foreign_schema};
use crate::file::{OpenFile, Patience, have_patience};

/// While nothing else happens, the file is tried again so often.
const RETRY_IDLE: Duration = Duration::from_secs(5);

/// An attempt that takes less is made with every group; a full disk says so at once.
const ATTEMPT_QUICK: Duration = Duration::from_secs(1);

/// After one that took longer, everybody else comes first for so long.
const RETRY_SLOW: Duration = Duration::from_secs(15);

/// An attempt may find the file damaged or changed and goes on with the one that is there then.
const FILES_MAX: u32 = 2;

/// What lives on the thread.
pub(super) struct Worker {
    pub(super) path: PathBuf,
    pub(super) queue: Receiver<Pending>,
    pub(super) shared: Arc<Shared>,
    pub(super) stand_in: StandIn,
}

/// Why the work on one file ended.
enum End {
    /// Nobody will send any more.
    QueueClosed,
    /// The file is damaged; this group is not written yet.
    Damaged(Group),
    /// The path names another file by now or none, or the file has another layout; this group is
    /// not written yet.
    Replaced(Group),
    /// It cannot be written just now; neither is this group.
    Unwritable(Group, Error),
}

impl Worker {
    /// Until nobody will send any more.
    pub(super) fn serve(&self, opened: Result<OpenFile, Error>, now_us: i64) {
        let (mut opened, mut before) = (opened, None);
        let (mut unwritten, mut now_us) = (Group::default(), now_us);
        loop {
            let file = match opened {
                Ok(file) => file,
                Err(error) => {
                    let group = std::mem::take(&mut unwritten);
                    match self.serve_without(before.take(), group, error, now_us) {
                        Some(file) => file,
                        None => return,
                    }
                }
            };
            let end = self.serve_file(&file, std::mem::take(&mut unwritten));
            (unwritten, opened, before) = match end {
                End::QueueClosed => return file.close(),
                End::Replaced(group) => {
                    let opened = self.open(group.time_us());
                    (group, opened, Some(file))
                }
                End::Damaged(group) => {
                    let opened = self.begin_anew(file, group.time_us());
                    (group, opened, None)
                }
                End::Unwritable(group, error) => (group, Err(error), Some(file)),
            };
            now_us = unwritten.time_us();
        }
    }

    /// Writes groups to one file, `first` before any other.
    fn serve_file(&self, file: &OpenFile, mut first: Group) -> End {
        let mut session = match Session::prepare(&file.conn) {
            Ok(session) => session,
            Err(error) => return self.unprepared(file, first, error),
        };
        loop {
            let Some(mut group) = self.wait_for(std::mem::take(&mut first)) else {
                return End::QueueClosed;
            };
            // Otherwise runs would go into a file that somebody has deleted, or that another process
            // has set aside as damaged.
            if file.is_replaced() {
                return End::Replaced(group);
            }
            let begun = Instant::now();
            match group.write(&mut session, &self.queue) {
                Ok(results) => self.acknowledge(group, results, begun),
                // Opening it again says which.
                Err(NotWritten::OtherLayout) => return End::Replaced(group),
                Err(NotWritten::Sqlite(error))
                    if group.may_try_again() && classify(&error) == Cause::Corrupt =>
                {
                    return End::Damaged(group);
                }
                Err(NotWritten::Sqlite(error)) => {
                    return End::Unwritable(group, self.not_written(error));
                }
            }
        }
    }

    /// The statements do not fit the file, or it cannot be read.
    fn unprepared(&self, file: &OpenFile, first: Group, error: rusqlite::Error) -> End {
        let Some(group) = self.wait_for(first) else {
            return End::QueueClosed;
        };
        // A newer program may have changed the layout just after it was looked at.
        if file.has_other_layout() {
            return End::Replaced(group);
        }
        let damaged = is_foreign_schema(&error) || classify(&error) == Cause::Corrupt;
        if damaged && group.may_try_again() {
            return End::Damaged(group.tried());
        }
        End::Unwritable(group, self.not_written(error))
    }

    /// The group itself if it has runs; otherwise one with the next run to arrive.
    fn wait_for(&self, group: Group) -> Option<Group> {
        if group.is_empty() {
            self.queue.recv().ok().map(Group::of)
        } else {
            Some(group)
        }
    }

    /// Goes on without the file until that can be written again, or nobody will send any more. `before` is the file that was written to last.
    fn serve_without(
        &self,
        before: Option<OpenFile>,
        group: Group,
        error: Error,
        now_us: i64,
    ) -> Option<OpenFile> {
        let (mut error, mut group) = (error.during(Action::Write), group);
        // Before anybody is answered, so that whoever hears of it knows it.
        self.shared.lose_file(now_us, &error);
        let interim = match self.stand_in {
            StandIn::Memory => Interim::begin(&self.path, before.as_ref(), now_us),
            StandIn::Nothing => Interim::nothing(),
        };
        let (mut file, mut not_before) = (before, Instant::now());
        loop {
            self.write_without(&interim, group, &error);
            let arrived = self.queue.recv_timeout(RETRY_IDLE);
            let is_last = matches!(arrived, Err(RecvTimeoutError::Disconnected));
            group = arrived.map(Group::of).unwrap_or_default();
            let begun = Instant::now();
            if begun < not_before && !is_last {
                continue;
            }
            match self.return_to(&mut file, &interim, &mut group) {
                Ok(results) => {
                    self.shared.have_file();
                    self.acknowledge(group, results, begun);
                    return file;
                }
                Err(still) => error = still,
            }
            if is_last {
                return None;
            }
            self.shared.lose_file(now_us, &error);
            if interim.stands_in() && begun.elapsed() >= ATTEMPT_QUICK {
                not_before = Instant::now() + RETRY_SLOW;
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
        file: &mut Option<OpenFile>,
        interim: &Interim,
        group: &mut Group,
    ) -> Result<Results, Error> {
        for _ in 0..FILES_MAX {
            let mut current = match file.take().filter(|file| !file.is_replaced()) {
                Some(current) => current,
                None => self
                    .open(group.time_us())
                    .map_err(|error| error.during(Action::Write))?,
            };
            match self.write_after(interim, &mut current, group) {
                Ok(results) => {
                    *file = Some(current);
                    return Ok(results);
                }
                // Opening it again says which.
                Err(NotWritten::OtherLayout) => {}
                Err(NotWritten::Sqlite(error)) if classify(&error) == Cause::Corrupt => {
                    *file = Some(self.begin_anew(current, group.time_us())?);
                }
                Err(NotWritten::Sqlite(error)) => {
                    *file = Some(current);
                    return Err(self.not_written(error));
                }
            }
        }
        Err(Error::new(Action::Write, &self.path, Cause::Corrupt))
    }

    fn write_after(
        &self,
        interim: &Interim,
        file: &mut OpenFile,
        group: &mut Group,
    ) -> Result<Results, NotWritten> {
        if interim.stands_in() {
            have_patience(&mut file.conn, Patience::Brief)?;
        }
        let results = group.write_after(
            || interim.carry_over(file),
            &mut Session::prepare(&file.conn)?,
            &self.queue,
        )?;
        have_patience(&mut file.conn, Patience::Long)?;
        Ok(results)
    }

    fn open(&self, now_us: i64) -> Result<OpenFile, Error> {
        let mut set_aside = Vec::new();
        let opened = OpenFile::open(&self.path, now_us, &mut set_aside);
        self.shared.lock_set_aside().append(&mut set_aside);
        opened
    }

    /// Instead of a damaged file.
    fn begin_anew(&self, damaged: OpenFile, now_us: i64) -> Result<OpenFile, Error> {
        let set_aside = damaged.give_up(now_us)?;
        self.shared.lock_set_aside().extend(set_aside);
        self.open(now_us)
    }

    fn acknowledge(&self, group: Group, results: Results, begun: Instant) {
        // Counted first, so that whoever hears of a run finds it counted.
        self.shared.count(&Tally::of(&results), begun.elapsed());
        group.acknowledge(results, &self.path);
    }

    fn not_written(&self, error: rusqlite::Error) -> Error {
        Error::sqlite(Action::Write, &self.path, error)
    }
}
