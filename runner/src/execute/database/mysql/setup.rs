//! What is sent before a check's statements: the session's settings, and each statement's limits.

use std::time::Duration;

use futures_util::TryStreamExt;
use sqlx::mysql::{MySqlConnection, MySqlRow};
use sqlx::{Executor, Row};

use super::value;
use crate::model::engine::{Engine, Version};
use crate::model::sql::{Query, ServerFacts};

/// One text, one round trip. The settings are those that the values' decoding and the gate's lexical
/// rules rely on; a session that nobody uses or reads from is ended by the server.
const SET_UP: &str = "SET SESSION TRANSACTION READ ONLY; \
     SET NAMES utf8mb4, time_zone = '+00:00', \
     sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', \
     lock_wait_timeout = 1, innodb_lock_wait_timeout = 1, \
     net_write_timeout = 30, wait_timeout = 300; \
     SELECT VERSION(), @@version_comment, DATABASE(), @@global.read_only; \
     SHOW GRANTS";

/// Longer names are cut; the process list shows a hundred characters.
const LABEL_CHARACTERS_MAX: usize = 80;

/// What the server answered to the set-up.
pub(super) struct Answer {
    pub(super) facts: ServerFacts,
    /// The rows of `SHOW GRANTS`.
    pub(super) grants: Vec<String>,
}

/// Sets the session up.
pub(super) async fn run(socket: &mut MySqlConnection) -> Result<Answer, sqlx::Error> {
    let mut rows = socket.fetch(sqlx::raw_sql(SET_UP));
    let Some(first) = rows.try_next().await? else {
        return Err(sqlx::Error::RowNotFound);
    };
    let facts = facts(&first);
    let mut grants = Vec::new();
    while let Some(row) = rows.try_next().await? {
        grants.push(text(&row, 0).unwrap_or_default());
    }
    Ok(Answer { facts, grants })
}

fn facts(row: &MySqlRow) -> ServerFacts {
    let version_text = text(row, 0).unwrap_or_default();
    let comment = text(row, 1).unwrap_or_default();
    let is_mariadb = [&version_text, &comment]
        .iter()
        .any(|text| text.to_ascii_lowercase().contains("mariadb"));
    ServerFacts {
        engine: if is_mariadb {
            Engine::Mariadb
        } else {
            Engine::Mysql
        },
        version: version(&version_text),
        version_text,
        database: text(row, 2),
        // MariaDB 12 has more words than ON.
        in_recovery: text(row, 3).map(|read_only| !matches!(&*read_only, "0" | "OFF")),
    }
}

fn text(row: &MySqlRow, index: usize) -> Option<String> {
    let raw = row.try_get_raw(index).ok()?;
    value::bytes(raw).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
}

/// `10.11.19-MariaDB-log` is 10.11.19.
fn version(text: &str) -> Version {
    let mut numbers = text
        .split(|character: char| !character.is_ascii_digit())
        .map(|digits| digits.parse().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    Version {
        major: next(),
        minor: next(),
        patch: next(),
    }
}

/// The limits of one statement, and the transaction it runs in. Sent before each, so that one
/// statement cannot weaken the next.
pub(super) fn limits(engine: Engine, query: &Query) -> String {
    let time = match engine {
        Engine::Mariadb => format!("max_statement_time = {:.3}", seconds(query.timeout)),
        Engine::Mysql | Engine::Postgresql | Engine::Sqlite | Engine::Pgbouncer => {
            format!("max_execution_time = {}", query.timeout.as_millis().max(1))
        }
    };
    let rows = u64::from(query.max_rows) + 1;
    format!(
        "SET SESSION TRANSACTION READ ONLY; SET {time}, sql_select_limit = {rows}, \
         lock_wait_timeout = 1, innodb_lock_wait_timeout = 1; START TRANSACTION READ ONLY"
    )
}

/// Zero would mean no limit.
fn seconds(timeout: Duration) -> f64 {
    timeout.as_secs_f64().max(0.001)
}

/// The comment that stands before each statement; nothing in it can end it.
pub(super) fn label(application: &str) -> String {
    let name: String = application
        .chars()
        .filter(|&c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'))
        .take(LABEL_CHARACTERS_MAX)
        .collect();
    format!("/* {name} */ ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_the_leading_numbers() {
        for (text, expected) in [
            ("10.11.19-MariaDB-0+deb12u1", "10.11.19"),
            ("8.0.36", "8.0.36"),
            ("8.4.0-0ubuntu1-log", "8.4.0"),
            ("9", "9.0.0"),
            ("", "0.0.0"),
        ] {
            assert_eq!(version(text).to_string(), expected, "{text}");
        }
    }

    #[test]
    fn a_label_cannot_end_its_comment() {
        assert_eq!(label("checkrun/core/health"), "/* checkrun/core/health */ ");
        assert_eq!(label("a*/ drop\n"), "/* a/drop */ ");
        assert_eq!(label("a**//b"), "/* a//b */ ");
    }

    #[test]
    fn a_label_is_not_executed() {
        assert_eq!(label("!50000 x"), "/* 50000x */ ");
        assert_eq!(label("+max"), "/* max */ ");
    }
}
