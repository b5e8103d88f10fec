//! Opens a file as a target: read-only, hardened, limited, and only if it is a database.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};

use super::{authorizer, error};
use crate::model::engine::{Engine, Version};
use crate::model::sql::{ConnectionClass, ConnectionError, ServerFacts};

/// "CHKR": the `application_id` of checkrun's own history.
const HISTORY_APPLICATION_ID: i32 = 0x4348_4B52;

/// How long a statement waits for a writer's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(1);

/// What one statement may be and hold; bytes and counts.
const LIMITS: [(Limit, i32); 9] = [
    (Limit::SQLITE_LIMIT_LENGTH, 8 << 20),
    (Limit::SQLITE_LIMIT_SQL_LENGTH, 256 << 10),
    (Limit::SQLITE_LIMIT_VDBE_OP, 250_000),
    (Limit::SQLITE_LIMIT_EXPR_DEPTH, 100),
    (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 50),
    (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1_000),
    (Limit::SQLITE_LIMIT_ATTACHED, 0),
    (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, 1_000),
    (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
];

/// A handle that can do nothing but read this file.
///
/// # Errors
/// Why the file cannot be a target.
pub(super) fn open(path: &Path) -> Result<Connection, ConnectionError> {
    // Links are followed here, once; SQLite is told not to follow any.
    let real = readable_file(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let failed = |cause: rusqlite::Error| {
        let mut refusal = error::of_opening(&cause, path);
        // SQLite names the file as it was opened; known is the one that was configured.
        let (real, path) = (real.to_string_lossy(), path.to_string_lossy());
        refusal.message = refusal.message.replace(&*real, &path);
        refusal
    };
    let mut handle = Connection::open_with_flags(&real, flags).map_err(failed)?;
    let application = harden(&mut handle).map_err(failed)?;
    if application == HISTORY_APPLICATION_ID {
        return Err(error::refuse(
            ConnectionClass::Other,
            format!(
                "{} is a history of checkrun itself, not a database to look at; \
                 ask it with `checkrun history`, or correct the target's file",
                path.display()
            ),
        ));
    }
    Ok(handle)
}

/// The file behind the path, if it is one and may be read. Opening anything else could hang, as a
/// pipe does.
fn readable_file(path: &Path) -> Result<std::path::PathBuf, ConnectionError> {
    let refused = |cause: io::Error| {
        let (class, advice) = match cause.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => (
                ConnectionClass::UnknownDatabase,
                "; checkrun never creates a target, so correct the path or create the database",
            ),
            io::ErrorKind::PermissionDenied => (
                ConnectionClass::Authentication,
                "; let the user that runs checkrun read the file and enter its folders",
            ),
            _ => (ConnectionClass::Other, ""),
        };
        error::refuse(
            class,
            format!("cannot open {}: {cause}{advice}", path.display()),
        )
    };
    let real = path.canonicalize().map_err(refused)?;
    let metadata = fs::metadata(&real).map_err(refused)?;
    if !metadata.is_file() {
        return Err(error::refuse(
            ConnectionClass::Protocol,
            format!(
                "{} is not a file, so not a SQLite database; correct the path",
                path.display()
            ),
        ));
    }
    File::open(&real).map_err(refused)?;
    Ok(real)
}

/// Gives the file's `application_id`; reading it tells whether the file is a database at all.
fn harden(handle: &mut Connection) -> rusqlite::Result<i32> {
    handle.busy_timeout(BUSY_TIMEOUT)?;
    for (setting, value) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true),
    ] {
        handle.set_db_config(setting, value)?;
    }
    for (limit, value) in LIMITS {
        handle.set_limit(limit, value)?;
    }
    handle.execute_batch(
        "pragma query_only = on; pragma mmap_size = 0; pragma cache_size = -2000; \
         pragma cell_size_check = on",
    )?;
    handle.query_row("select count(*) from sqlite_schema", [], |_| Ok(()))?;
    let application = handle.query_row("pragma application_id", [], |row| row.get(0))?;
    authorizer::install(handle)?;
    Ok(application)
}

/// The library's version. The database is called `main`: where the file is, is not a check's
/// business.
pub(super) fn facts() -> ServerFacts {
    let number = u32::try_from(rusqlite::version_number()).unwrap_or(0);
    ServerFacts {
        engine: Engine::Sqlite,
        version: Version {
            major: number / 1_000_000,
            minor: number / 1_000 % 1_000,
            patch: number % 1_000,
        },
        version_text: rusqlite::version().to_owned(),
        database: Some("main".into()),
        in_recovery: None,
    }
}
