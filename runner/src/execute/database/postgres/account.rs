//! Who we are to the server: its facts, and whether the account may do more than a check needs.
//!
//! One round trip after the login answers both, and asks the server to notice within a second when
//! we hang up in the middle of a statement (PostgreSQL 14 and later, where the platform can).

use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row, raw_sql};

use crate::model::engine::{Engine, Version};
use crate::model::sql::{ConnectionClass, ConnectionError, ServerFacts};

/// Every role that the account is a member of counts, itself included: it could change to it.
/// A superuser is a member of all.
const QUESTION: &str = "\
SELECT pg_catalog.current_setting('server_version') AS version,
       pg_catalog.pg_is_in_recovery()::text AS in_recovery,
       pg_catalog.current_database()::text AS database,
       session_user::text AS account,
       (SELECT pg_catalog.string_agg(
                 CASE WHEN rolname = session_user THEN '' ELSE 'member of ' || rolname || ', ' END
                 || pg_catalog.concat_ws(' and ',
                      CASE WHEN rolsuper THEN 'a superuser' END,
                      CASE WHEN rolreplication THEN 'allowed to replicate' END,
                      CASE rolname
                        WHEN 'pg_execute_server_program' THEN 'allowed to run programs on the server'
                        WHEN 'pg_write_server_files' THEN 'allowed to write files on the server'
                        WHEN 'pg_read_server_files' THEN 'allowed to read files on the server'
                        WHEN 'pg_signal_backend' THEN 'allowed to end the sessions of others'
                      END),
                 '; ' ORDER BY rolname <> session_user, rolname)
          FROM pg_catalog.pg_roles
         WHERE (rolsuper OR rolreplication OR rolname IN ('pg_execute_server_program',
                'pg_write_server_files', 'pg_read_server_files', 'pg_signal_backend'))
           AND CASE WHEN rolname = session_user THEN true
                    ELSE pg_catalog.pg_has_role(session_user, oid, 'MEMBER')
                         AND NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user)
               END) AS privileges,
       CASE WHEN pg_catalog.current_setting('server_version_num')::int >= 140000
                 AND pg_catalog.version() LIKE '%linux%'
            THEN pg_catalog.set_config('client_connection_check_interval', '1000', false)
       END AS check_interval";

/// What the server says of itself and of the account.
pub struct Account {
    pub facts: ServerFacts,
    name: String,
    /// What the account may do that no check needs, in words; none for a plain one.
    privileges: Option<String>,
}

/// Asks the server.
///
/// # Errors
/// As the driver gives them.
pub async fn look_up(connection: &mut PgConnection) -> Result<Account, sqlx::Error> {
    let row = raw_sql(QUESTION).fetch_one(connection).await?;
    let version_text: String = row.try_get("version")?;
    let in_recovery: String = row.try_get("in_recovery")?;
    Ok(Account {
        facts: ServerFacts {
            engine: Engine::Postgresql,
            version: version(&version_text),
            version_text,
            database: optional(&row, "database")?,
            in_recovery: Some(in_recovery == "true"),
        },
        name: row.try_get("account")?,
        privileges: optional(&row, "privileges")?,
    })
}

fn optional(row: &PgRow, column: &str) -> Result<Option<String>, sqlx::Error> {
    row.try_get(column)
}

impl Account {
    /// Refuses an account that may do more than a check needs.
    ///
    /// # Errors
    /// Class `AccountRefused`; the message names what it may do, and both ways out.
    pub fn refuse_privileged(&self) -> Result<(), ConnectionError> {
        let Some(privileges) = &self.privileges else {
            return Ok(());
        };
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
