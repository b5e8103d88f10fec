//! Who we are to the server: its facts, and whether the account may do more than a check needs.
//!
//! One round trip after the login answers both, and asks the server to notice within a second when
//! we hang up in the middle of a statement (PostgreSQL 14 and later, where the platform can).

use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row, raw_sql};

use crate::model::engine::{Engine, Version};
use crate::model::sql::{ConnectionClass, ConnectionError, ServerFacts};

/// One row, or one for each role that may do more than a check needs and that the account is a member
/// of, itself included: it could change to it. A superuser is a member of all. The words are put
/// together here, which costs a fresh server process less than doing it in SQL.
const QUESTION: &str = "\
SELECT pg_catalog.current_setting('server_version') AS version,
       pg_catalog.pg_is_in_recovery()::text AS in_recovery,
       pg_catalog.current_database()::text AS database,
       session_user::text AS account,
       role.rolname::text AS role,
       role.rolsuper::text AS superuser,
       role.rolreplication::text AS replication,
       CASE WHEN pg_catalog.current_setting('server_version_num')::int >= 140000
                 AND pg_catalog.version() LIKE '%linux%'
            THEN pg_catalog.set_config('client_connection_check_interval', '1000', false)
       END AS check_interval
  FROM (VALUES (1)) AS one
  LEFT JOIN pg_catalog.pg_roles AS role
    ON (role.rolsuper OR role.rolreplication
        OR role.rolname IN ('pg_execute_server_program', 'pg_write_server_files',
                            'pg_read_server_files', 'pg_signal_backend'))
   AND pg_catalog.pg_has_role(session_user, role.oid, 'MEMBER')";

/// What the server says of itself and of the account.
pub struct Account {
    pub facts: ServerFacts,
    name: String,
    /// What the account may do that no check needs, in words; empty for a plain one.
    privileges: Vec<String>,
}

/// Asks the server.
///
/// # Errors
/// As the driver gives them.
pub async fn look_up(connection: &mut PgConnection) -> Result<Account, sqlx::Error> {
    let rows = raw_sql(QUESTION).fetch_all(connection).await?;
    let first = rows.first().ok_or(sqlx::Error::RowNotFound)?;
    let version_text: String = first.try_get("version")?;
    let in_recovery: String = first.try_get("in_recovery")?;
    let name: String = first.try_get("account")?;
    let mut privileges = Vec::new();
    for row in &rows {
        privileges.extend(privilege(row, &name)?);
    }
    // A superuser is a member of all roles; the others say nothing new.
    if let Some(own) = privileges.iter().position(|words| words == SUPERUSER) {
        privileges = vec![privileges.swap_remove(own)];
    }
    Ok(Account {
        facts: ServerFacts {
            engine: Engine::Postgresql,
            version: version(&version_text),
            version_text,
            database: first.try_get("database")?,
            in_recovery: Some(in_recovery == "true"),
        },
        name,
        privileges,
    })
}

const SUPERUSER: &str = "a superuser";

/// What the role in this row may do, in words; none when the row has no role.
fn privilege(row: &PgRow, account: &str) -> Result<Option<String>, sqlx::Error> {
    let Some(role) = row.try_get::<Option<String>, _>("role")? else {
        return Ok(None);
    };
    let words = if row.try_get::<&str, _>("superuser")? == "true" {
        SUPERUSER
    } else if row.try_get::<&str, _>("replication")? == "true" {
        "allowed to replicate"
    } else {
        match role.as_str() {
            "pg_execute_server_program" => "allowed to run programs on the server",
            "pg_write_server_files" => "allowed to write files on the server",
            "pg_read_server_files" => "allowed to read files on the server",
            _ => "allowed to end the sessions of others",
        }
    };
    Ok(Some(match role == account {
        true => words.into(),
        false => format!("a member of {role}, {words}"),
    }))
}

impl Account {
    /// Refuses an account that may do more than a check needs.
    ///
    /// # Errors
    /// Class `AccountRefused`; the message names what it may do, and both ways out.
    pub fn refuse_privileged(&self) -> Result<(), ConnectionError> {
        if self.privileges.is_empty() {
            return Ok(());
        }
        let privileges = self.privileges.join("; ");
        let name = &self.name;
        Err(ConnectionError {
            class: ConnectionClass::AccountRefused,
            message: format!(
                "the account {name:?} is {privileges}, which no check needs and a read-only \
                 transaction does not stop. Use a role that can only read: CREATE ROLE checkrun \
                 LOGIN PASSWORD '…' CONNECTION LIMIT 5 IN ROLE pg_monitor; or accept the risk \
                 with allow_privileged = true in this target"
            ),
            attempts: 1,
        })
    }
}

/// `15.18 (Debian 15.18-1)`, `9.6.24`, `17beta1`: as far as there are numbers.
fn version(text: &str) -> Version {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let mut numbers = text[..end].split('.').map(|n| n.parse().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    Version {
        major: next(),
        minor: next(),
        patch: next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_as_servers_write_them() {
        let cases = [
            ("15.18 (Debian 15.18-0+deb12u1)", (15, 18, 0)),
            ("9.6.24", (9, 6, 24)),
            ("17beta1", (17, 0, 0)),
            ("16devel", (16, 0, 0)),
            ("", (0, 0, 0)),
        ];
        for (text, (major, minor, patch)) in cases {
            assert_eq!(
                version(text),
                Version {
                    major,
                    minor,
                    patch
                },
                "{text}"
            );
        }
    }
}
