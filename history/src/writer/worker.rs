//! [`Worker`]: the writer's thread, from one file to the next.
//!
//! A full or failing disk fails the runs in question and not the writer: the next group tries again.
//! A file found damaged while writing is set aside, a new one begun, and the group written there.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use super::group::{Group, NotWritten, Tally};
use super::session::Session;
use super::{Pending, Shared};
use crate::error::{Action, Cause, Error, classify, is_foreign_schema};
use crate::file::OpenFile;

/// What lives on the thread.
pub(super) struct Worker {
    pub(super) path: PathBuf,
    pub(super) queue: Receiver<Pending>,
    pub(super) shared: Arc<Shared>,
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
    /// It cannot be used just now; everyone who waited has been told.
    Unusable,
}

impl Worker {
    /// Until nobody will send any more.
    pub(super) fn serve(&self, file: OpenFile) {
        let mut file = Some(file);
        let mut unwritten = Group::default();
        loop {
            let Some(current) = file.take().or_else(|| self.reopen(&mut unwritten)) else {
                return;
            };
            match self.serve_file(&current, std::mem::take(&mut unwritten)) {
                End::QueueClosed => return current.close(),
                End::Unusable => {}
                End::Replaced(group) => unwritten = group,
                End::Damaged(group) => {
                    unwritten = group;
                    match current.give_up(unwritten.time_us()) {
                        Ok(set_aside) => self.shared.lock_set_aside().extend(set_aside),
                        Err(error) => self.fail(std::mem::take(&mut unwritten), error),
                    }
                }
            }
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
                Ok(results) => {
                    // Counted first, so that whoever hears of a run finds it counted.
                    self.shared.count(&Tally::of(&results), begun.elapsed());
                    group.acknowledge(results, &self.path);
                }
                // Opening it again says which.
                Err(NotWritten::OtherLayout) => return End::Replaced(group),
                Err(NotWritten::Sqlite(error))
                    if group.may_try_again() && classify(&error) == Cause::Corrupt =>
                {
                    return End::Damaged(group);
                }
                Err(NotWritten::Sqlite(error)) => {
                    self.fail(group, Error::sqlite(Action::Write, &self.path, error));
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
        self.fail(group, Error::sqlite(Action::Write, &self.path, error));
        End::Unusable
    }

    /// The group itself if it has runs; otherwise one with the next run to arrive.
    fn wait_for(&self, group: Group) -> Option<Group> {
        if group.is_empty() {
            self.queue.recv().ok().map(Group::of)
        } else {
            Some(group)
        }
    }

    /// Opens the file again after it was given up. While that fails, so does every run.
    fn reopen(&self, unwritten: &mut Group) -> Option<OpenFile> {
        loop {
            let group = self.wait_for(std::mem::take(unwritten))?;
            let mut set_aside = Vec::new();
            let opened = OpenFile::open(&self.path, group.time_us(), &mut set_aside);
            self.shared.lock_set_aside().append(&mut set_aside);
            match opened {
                Ok(file) => {
                    *unwritten = group;
                    return Some(file);
                }
                Err(error) => self.fail(group, error),
            }
        }
    }

    fn fail(&self, group: Group, error: Error) {
        self.shared.count(&group.all_failed(), Duration::ZERO);
        group.reject(&error.during(Action::Write));
    }
}
