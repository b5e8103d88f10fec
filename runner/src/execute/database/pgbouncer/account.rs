//! Who we are to PgBouncer: its version, and whether the account may command it.
//!
//! PgBouncer knows two kinds of accounts on its console: those in `stats_users` may look, those in
//! `admin_users` may also pause, kill and shut down. Both lists are in its configuration, which either
//! kind may read.

use sqlx::{PgConnection, raw_sql};

use super::rows::text;
use crate::model::engine::{Engine, Version};
use crate::model::sql::{ConnectionClass, ConnectionError, ServerFacts};

/// What PgBouncer says of itself and of the account.
pub struct Account {
    pub facts: ServerFacts,
    name: String,
    role: Role,
}

/// What an account is to PgBouncer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// May look.
    Stats,
    /// May do everything.
    Admin,
    /// Was let in and is on neither list: the user of PgBouncer's own process, over its socket.
    Owner,
}

impl Account {
    /// Asks PgBouncer, in two round trips.
    ///
    /// # Errors
    /// As the driver gives them.
    pub async fn look_up(connection: &mut PgConnection, name: &str) -> Result<Self, sqlx::Error> {
        let version = raw_sql("SHOW VERSION")
            .fetch_optional(&mut *connection)
            .await?;
        let version_text = version
            .and_then(|row| text(&row, "version"))
            .unwrap_or_default();
        let (mut admins, mut watchers) = (String::new(), String::new());
        for row in raw_sql("SHOW CONFIG").fetch_all(connection).await? {
            let value = text(&row, "value").unwrap_or_default();
            match text(&row, "key").as_deref() {
                Some("admin_users") => admins = value,
                Some("stats_users") => watchers = value,
                _ => {}
            }
        }
        Ok(Self {
            facts: ServerFacts {
                engine: Engine::Pgbouncer,
                version: version_of(&version_text),
                version_text,
                database: Some("pgbouncer".into()),
                in_recovery: None,
            },
            name: name.into(),
            role: role(name, &admins, &watchers),
        })
    }

    /// Refuses an account that may command PgBouncer.
    ///
    /// # Errors
    /// Class `AccountRefused`; the message says why, and both ways out.
    pub fn refuse_admin(&self) -> Result<(), ConnectionError> {
        let name = &self.name;
        let why = match self.role {
            Role::Stats => return Ok(()),
            Role::Admin => "is in PgBouncer's admin_users",
            Role::Owner => {
                "was let in without being in stats_users, so PgBouncer takes it for an admin"
            }
        };
        Err(ConnectionError {
            class: ConnectionClass::AccountRefused,
            message: format!(
                "the account {name:?} {why}: it may pause, kill and shut down, which no check needs. Use \
                 an account that is in stats_users alone (in pgbouncer.ini: stats_users = checkrun; then \
                 RELOAD); or accept the risk with allow_privileged = true in this target"
            ),
            attempts: 1,
        })
    }
}

/// An account on both lists is an admin.
fn role(name: &str, admins: &str, watchers: &str) -> Role {
    let lists = |users: &str| {
        users
            .split(|c: char| c == ',' || c.is_ascii_whitespace())
            .any(|user| user == name)
    };
    if lists(admins) {
        Role::Admin
    } else if lists(watchers) {
        Role::Stats
    } else {
        Role::Owner
    }
}

/// `PgBouncer 1.18.0`
fn version_of(text: &str) -> Version {
    let mut numbers = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        .map(|digits| digits.parse().unwrap_or(0));
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
    fn what_an_account_is_stands_in_two_lists() {
        for (reason, name, admins, watchers, expected) in [
            ("may look", "m", "boss", "m", Role::Stats),
            (
                "may look, in a list with blanks",
                "m",
                "",
                "a,\tm , b",
                Role::Stats,
            ),
            ("may command", "m", "m", "", Role::Admin),
            ("on both lists", "m", "boss, m", "m", Role::Admin),
            ("on neither", "m", "boss", "mm, am", Role::Owner),
            (
                "names are whole and case matters",
                "m",
                "M",
                "mm m.m",
                Role::Owner,
            ),
        ] {
            assert_eq!(role(name, admins, watchers), expected, "{reason}");
        }
    }

    #[test]
    fn versions_as_pgbouncer_writes_them() {
        for (text, version) in [
            ("PgBouncer 1.18.0", "1.18.0"),
            ("PgBouncer 1.23.1", "1.23.1"),
            ("", "0.0.0"),
        ] {
            assert_eq!(version_of(text).to_string(), version);
        }
    }
}
