//! A history that is not there for a while: what goes on in memory meanwhile, and what a kill takes with it.
//!
//! The folder has another name until it is back, which needs no rights. What a full disk adds to that, that
//! returning fails halfway, real ones show (`history/tests/history/disk.rs`).

use std::fs;

use tempfile::TempDir;

use super::*;

/// A kill in the moment before the file is back, once in so many times.
const KILLED_AT_THE_END: u64 = 3;

/// The folder of the history.
pub(super) struct Home {
    folder: TempDir,
    is_away: bool,
}

/// What only the memory has, since the file is away.
pub(super) struct Absent {
    since: i64,
    /// As the file has it.
    truth: Truth,
    /// Who got which message under which id; without one if it will never come.
    told: Vec<(Person, DueMessage, Option<String>)>,
    clock_was_set: bool,
}

impl Home {
    /// In memory where that can be: otherwise each commit would wait for a disk that is of no interest here.
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir_in("/dev/shm")
            .or_else(|_| tempfile::tempdir())
            .expect("a folder");
        fs::create_dir(folder.path().join("home")).expect("a folder");
        Self {
            folder,
            is_away: false,
        }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("home/history.db")
    }

    pub(super) fn leave(&mut self) {
        if !self.is_away {
            self.rename("home", "away");
            self.is_away = true;
        }
    }

    fn come_back(&mut self) {
        if self.is_away {
            self.rename("away", "home");
            self.is_away = false;
        }
    }

    fn rename(&self, from: &str, to: &str) {
        let (from, to) = (self.folder.path().join(from), self.folder.path().join(to));
        fs::rename(from, to).expect("another name");
    }
}

impl Play {
    /// Whether the history is in memory.
    pub(super) fn is_without_file(&self) -> bool {
        self.recorder.without_file().is_some()
    }

    pub(super) fn lose_the_file(&mut self) {
        if self.home.is_away || self.is_without_file() {
            return;
        }
        self.away_until = self.steady + self.dice.seconds(10, 2 * 3600);
        self.absent = Some(Absent {
            since: self.steady,
            truth: self.truth.clone(),
            told: Vec::new(),
            clock_was_set: false,
        });
        self.promises.without_file(Some(self.steady));
        self.home.leave();
        self.note(|| "the history is away".to_owned());
    }

    pub(super) async fn mend_disk(&mut self) {
        if !self.home.is_away || self.steady < self.away_until && !self.calm {
            return;
        }
        if !self.calm && self.dice.once_in(KILLED_AT_THE_END) {
            self.kill().await;
        }
        self.find_the_file();
    }

    pub(super) fn find_the_file(&mut self) {
        if self.home.is_away {
            self.home.come_back();
            self.note(|| "the history is back".to_owned());
        }
    }

    /// Once something was written again, the file has what the memory had.
    pub(super) fn look_into_the_file(&mut self) {
        if self.home.is_away || self.is_without_file() {
            return;
        }
        if let Some(absent) = self.absent.take() {
            self.promises.has_file(&self.conn, absent.since);
            if absent.clock_was_set {
                self.promises.clock_was_set(&self.conn);
            }
            self.note(|| "the file has everything".to_owned());
        }
    }

    pub(super) fn set_clock(&mut self, by: i64) {
        self.wall += by;
        self.promises.clock_was_set(&self.conn);
        if let Some(absent) = &mut self.absent {
            absent.clock_was_set = true;
        }
        self.note(|| format!("the clock is set by {} s", by / SECOND));
    }

    /// Somebody has a message, or never will, of which perhaps only the memory knows.
    pub(super) fn remember(&mut self, person: &Person, message: &DueMessage, id: Option<String>) {
        if let Some(absent) = &mut self.absent {
            absent.told.push((person.clone(), message.clone(), id));
        }
    }

    /// What only the memory had is lost: what was told may be told again.
    pub(super) fn forget(&mut self, absent: Absent) {
        self.losses += 1;
        self.truth = absent.truth;
        self.promises.without_file(None);
        for (person, message, id) in absent.told {
            match id {
                // Sealed before: it is handed over again as it was.
                Some(id) if self.is_sealed(&message) => self.post.allow(&person, &id),
                Some(id) => self.post.never_arrived(&person, &id),
                None => {}
            }
            self.post.may_believe_anything(&person, &message);
        }
    }

    /// Whether the file has it as it is handed over.
    fn is_sealed(&self, message: &DueMessage) -> bool {
        let sealed = "SELECT count(*) FROM outbox
                      WHERE outbox_id = ?1 AND thread = ?2 AND content IS NOT NULL";
        let of = (message.id.0, &message.thread);
        let sealed: i64 = self
            .conn
            .query_row(sealed, of, |row| row.get(0))
            .expect("a number");
        sealed > 0
    }
}
