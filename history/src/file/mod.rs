//! The file itself: opening it for writing, and what has to happen before that is possible.
//!
//! [`OpenFile::open`] is the one way in for the writer: it connects, looks whose file it is
//! ([`layout`]), migrates an older one, refuses a newer or foreign one untouched, and sets a damaged
//! one aside ([`aside`]) to begin anew. Whatever creates, changes or renames files happens under a
//! lock on the folder ([`lock`]); opening a file that is up to date takes no lock at all.

mod aside;
mod connection;
mod layout;
mod lock;
mod trial;

use std::path::{Path, PathBuf};

use rusqlite::Connection;

pub use aside::{SetAside, damaged_copies};
pub(crate) use connection::{Patience, connect_for_reading, have_patience};
pub(crate) use layout::{Layout, MIGRATIONS, build, known_version};
pub use trial::try_writing;

use crate::error::{Action, Cause, Error};
pub(crate) use aside::Identity;
use layout::Migration;
use lock::FolderLock;

/// How often a damaged file may turn up at the same path before opening gives up: once is normal,
/// twice means that another process was faster, more that the disk damages what is written.
const ATTEMPTS_MAX: u32 = 3;

/// A history file that may be written: up to date, in WAL mode, with this process's settings.
#[derive(Debug)]
pub(crate) struct OpenFile {
    pub(crate) conn: Connection,
    /// Links resolved, so that the files beside it have the names that SQLite uses.
    pub(crate) path: PathBuf,
    identity: Option<Identity>,
}

impl OpenFile {
    /// Opens or creates the file. Every damaged file that was set aside on the way is added to
    /// `set_aside`; `now_us` only names files.
    ///
    /// # Errors
    /// See [`Cause`]; the file is unchanged then.
    pub(crate) fn open(
        path: &Path,
        now_us: i64,
        set_aside: &mut Vec<SetAside>,
    ) -> Result<Self, Error> {
        Self::open_with(MIGRATIONS, path, now_us, set_aside)
    }

    fn open_with(
        migrations: &[Migration],
        path: &Path,
        now_us: i64,
        set_aside: &mut Vec<SetAside>,
    ) -> Result<Self, Error> {
        let path = resolve(path)?;
        let mut attempt = 1;
        loop {
            // Taken before connecting: if the file is exchanged in between, the identity is the
            // older one, and the newer file cannot be taken for the damaged one.
            let identity = Identity::of(&path);
            match ready(migrations, &path, now_us) {
                Ok(conn) => {
                    // A file that was created just now had none before.
                    let identity = identity.or_else(|| Identity::of(&path));
                    return Ok(Self {
                        conn,
                        path,
                        identity,
                    });
                }
                Err(error) if error.cause == Cause::Corrupt && attempt < ATTEMPTS_MAX => {
                    set_aside.extend(aside::set_aside(&path, identity, now_us)?);
                }
                Err(error) => return Err(error),
            }
            attempt += 1;
        }
    }

    /// Whether the path names another file by now, or none.
    pub(crate) fn is_replaced(&self) -> bool {
        Identity::of(&self.path) != self.identity
    }

    /// Whether another program has given it another layout since it was opened.
    pub(crate) fn has_other_layout(&self) -> bool {
        let known = Layout::Version(known_version(MIGRATIONS));
        Layout::of(&self.conn, &self.path).is_ok_and(|layout| layout != known)
    }

    /// Which file it is, whatever the path names by now.
    pub(crate) fn identity(&self) -> Option<Identity> {
        self.identity
    }

    /// Makes room on a full disk: what is in the log alone goes where it belongs, if that is possible.
    pub(crate) fn empty_log(&self) {
        connection::shorten_log(&self.conn, &self.path);
    }

    /// Closes the file, tidied for whoever opens it next.
    pub(crate) fn close(self) {
        connection::shorten_log(&self.conn, &self.path);
    }

    /// Gives the file up as damaged: closes it, and sets it aside unless another process has.
    ///
    /// # Errors
    /// When it cannot be renamed.
    pub(crate) fn give_up(self, now_us: i64) -> Result<Option<SetAside>, Error> {
        let Self {
            conn,
            path,
            identity,
        } = self;
        drop(conn);
        aside::set_aside(&path, identity, now_us)
    }
}

fn ready(migrations: &[Migration], path: &Path, now_us: i64) -> Result<Connection, Error> {
    let conn = connection::connect_for_writing(path)?;
    match Layout::of(&conn, path)? {
        Layout::Version(version) if version == known_version(migrations) => {}
        Layout::Version(version) if version > known_version(migrations) => {
            let known = known_version(migrations);
            let cause = Cause::Newer {
                file: version,
                known,
            };
            return Err(Error::new(Action::Open, path, cause));
        }
        Layout::Foreign { application_id } => {
            let cause = Cause::Foreign { application_id };
            return Err(Error::new(Action::Open, path, cause));
        }
        Layout::Empty | Layout::Version(_) => {
            let _lock = FolderLock::take(path)?;
            layout::migrate(&conn, path, migrations, now_us)?;
        }
    }
    connection::prepare_for_writing(&conn, path)?;
    Ok(conn)
}

/// The path with its links resolved. The last part need not exist.
fn resolve(path: &Path) -> Result<PathBuf, Error> {
    let failed = |error| Error::io(Action::Open, path, error);
    if let Ok(metadata) = std::fs::metadata(path) {
        if !metadata.is_file() {
            return Err(Error::new(Action::Open, path, Cause::NotAFile));
        }
        return std::fs::canonicalize(path).map_err(failed);
    }
    let Some(name) = path.file_name() else {
        return Err(Error::new(Action::Open, path, Cause::NotAFile));
    };
    let folder = std::fs::canonicalize(folder_of(path)).map_err(failed)?;
    Ok(folder.join(name))
}

/// The path with its links resolved, as far as that is possible: what is beside the history is beside this one.
#[must_use]
pub fn resolved(path: &Path) -> PathBuf {
    resolve(path).unwrap_or_else(|_| path.to_owned())
}

/// The folder that holds the file; `.` for a bare name.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests;
