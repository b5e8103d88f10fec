//! [`Worker`]: the writer's thread, from one file to the next.
//!
//! A file found damaged while writing is set aside, a new one begun, and the group written there. While the
//! file cannot be written at all, work goes on in [`super::absence`].

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Instant;

use super::absence::Absence;
use super::group::{Group, NotWritten, Results, Tally};
use super::session::Session;
use super::{Pending, Shared};
use crate::error::{Action, Cause, Error, classify, is_foreign_schema};
use crate::file::OpenFile;

/// What lives on the thread.
pub(super) struct Worker {
    pub(super) path: PathBuf,
    pub(super) queue: Receiver<Pending>,
    pub(super) shared: Arc<Shared>,
    pub(super) absence: Absence,
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

    pub(super) fn open(&self, now_us: i64) -> Result<OpenFile, Error> {
        let mut set_aside = Vec::new();
        let opened = OpenFile::open(&self.path, now_us, &mut set_aside);
        self.shared.lock_set_aside().append(&mut set_aside);
        opened
    }

    /// Instead of a damaged file.
    pub(super) fn begin_anew(&self, damaged: OpenFile, now_us: i64) -> Result<OpenFile, Error> {
        let set_aside = damaged.give_up(now_us)?;
        self.shared.lock_set_aside().extend(set_aside);
        self.open(now_us)
    }

    pub(super) fn acknowledge(&self, group: Group, results: Results, begun: Instant) {
        // Counted first, so that whoever hears of a run finds it counted.
        self.shared.count(&Tally::of(&results), begun.elapsed());
        group.acknowledge(results, &self.path);
    }

    pub(super) fn not_written(&self, error: rusqlite::Error) -> Error {
        Error::sqlite(Action::Write, &self.path, error)
    }
}
