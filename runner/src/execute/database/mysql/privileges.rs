//! Refuses an account that may do more than a check needs, going by what `SHOW GRANTS` lists.
//!
//! The list names what is harmless, not what is dangerous: privileges that are not known here count
//! as more than needed, so that a new server version does not open a door.

use super::error;
use crate::execute::database::statement::mysql_words;
use crate::model::sql::{ConnectionClass, ConnectionError};
use crate::model::target::ServerAddress;

/// Privileges that only read; servers since MariaDB 10.5 call some of them by two names.
const READING: [&str; 11] = [
    "USAGE",
    "SELECT",
    "PROCESS",
    "SHOW DATABASES",
    "SHOW VIEW",
    "SHOW CREATE ROUTINE",
    "SHOW_ROUTINE",
    "REPLICATION CLIENT",
    "BINLOG MONITOR",
    "SLAVE MONITOR",
    "REPLICA MONITOR",
];

/// Surplus privileges that a message names; an account with all of them would fill a page.
const NAMED_MAX: usize = 6;

/// Looks through all grants of the account.
///
/// # Errors
/// Class `AccountRefused`; the message names what is too much, and both remedies.
pub(super) fn inspect(grants: &[String], address: &ServerAddress) -> Result<(), ConnectionError> {
    let mut surplus: Vec<String> = Vec::new();
    for privilege in grants.iter().flat_map(|grant| beyond_reading(grant)) {
        if !surplus.contains(&privilege) {
            surplus.push(privilege);
        }
    }
    if surplus.is_empty() {
        return Ok(());
    }
    let more = surplus.len().saturating_sub(NAMED_MAX);
    surplus.truncate(NAMED_MAX);
    let mut named = surplus.join(", ");
    if more > 0 {
        named = format!("{named} and {more} more");
    }
    let database = address.database.as_deref().unwrap_or("*");
    let database = match database {
        "*" => "*".to_owned(),
        name => format!("`{}`", name.replace('`', "``")),
    };
    Err(error::refuse(
        ConnectionClass::AccountRefused,
        format!(
            "the account {user} may do more than a check needs: {named}. Give checkrun an account \
             that only reads: CREATE USER checkrun@'%' IDENTIFIED BY '…' WITH MAX_USER_CONNECTIONS 5; \
             GRANT PROCESS, REPLICATION CLIENT ON *.* TO checkrun@'%'; \
             GRANT SELECT, SHOW VIEW ON {database}.* TO checkrun@'%'; \
             or write `allow_privileged = true` at the target",
            user = address.user
        ),
    ))
}

/// The privileges of one row of `SHOW GRANTS` that do more than read, as `FILE on *.*`.
fn beyond_reading(grant: &str) -> Vec<String> {
    let Ok(words) = mysql_words(grant) else {
        return vec!["a grant that checkrun cannot read".into()];
    };
    // Other rows are roles (`GRANT role TO …`, whose privileges follow in rows of their own),
    // `SET DEFAULT ROLE …` and partial revokes.
    let on = words.iter().position(|word| word == "ON");
    let (Some("GRANT"), Some(on)) = (words.first().map(String::as_str), on) else {
        return Vec::new();
    };
    let to = words.iter().skip(on).position(|word| word == "TO");
    let (object, grantee) = match to {
        Some(length) => (
            words[on + 1..on + length].concat(),
            &words[on + length + 1..],
        ),
        None => (words[on + 1..].concat(), &words[..0]),
    };
    // MariaDB's installation gives everybody the database `test`; no account can do without it.
    if grantee.first().is_some_and(|name| name == "PUBLIC") && object != "*.*" {
        return Vec::new();
    }
    let mut surplus: Vec<String> = privileges(&words[1..on])
        .into_iter()
        .filter(|privilege| !READING.contains(&privilege.as_str()))
        .map(|privilege| format!("{privilege} on {object}"))
        .collect();
    if grantee.windows(2).any(|pair| pair == ["GRANT", "OPTION"]) {
        surplus.push(format!("GRANT OPTION on {object}"));
    }
    surplus
}

/// `SELECT ( a , b ) , SHOW VIEW` is `SELECT`, `SHOW VIEW`.
fn privileges(words: &[String]) -> Vec<String> {
    let mut privileges = vec![String::new()];
    let mut depth = 0_usize;
    for word in words {
        match word.as_str() {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            "," if depth == 0 => privileges.push(String::new()),
            _ if depth > 0 => {}
            word => {
                if let Some(privilege) = privileges.last_mut() {
                    if !privilege.is_empty() {
                        privilege.push(' ');
                    }
                    privilege.push_str(word);
                }
            }
        }
    }
    privileges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_that_only_read_are_no_surplus() {
        for grant in [
            "GRANT USAGE ON *.* TO `m`@`%` IDENTIFIED BY PASSWORD '*277E'",
            "GRANT SELECT, PROCESS, BINLOG MONITOR, SLAVE MONITOR ON *.* TO `m`@`%`",
            "GRANT SELECT (`id`, `a,b`), SHOW VIEW ON `shop`.`orders` TO `m`@`%`",
            "GRANT USAGE ON *.* TO `m`@`%` REQUIRE SSL WITH MAX_USER_CONNECTIONS 5",
            "GRANT `reader`@`%` TO `m`@`%`",
            "GRANT reader TO `m`@`%`",
            "SET DEFAULT ROLE `reader` FOR `m`@`%`",
            "REVOKE SELECT ON `mysql`.* FROM `m`@`%`",
            "GRANT INSERT, CREATE ON `test`.* TO PUBLIC",
        ] {
            assert_eq!(beyond_reading(grant), Vec::<String>::new(), "{grant}");
        }
    }

    #[test]
    fn everything_else_is_named_with_its_object() {
        for (grant, surplus) in [
            ("GRANT FILE ON *.* TO `m`@`%`", "FILE on *.*"),
            (
                "GRANT ALL PRIVILEGES ON *.* TO `m`@`%` WITH GRANT OPTION",
                "ALL PRIVILEGES on *.*, GRANT OPTION on *.*",
            ),
            (
                "GRANT SELECT, INSERT (`a`) ON `shop`.`t` TO `m`@`%`",
                "INSERT on `shop`.`t`",
            ),
            (
                "GRANT CREATE TEMPORARY TABLES ON `shop`.* TO `m`@`%`",
                "CREATE TEMPORARY TABLES on `shop`.*",
            ),
            (
                "GRANT EXECUTE ON PROCEDURE `shop`.`p` TO `m`@`%`",
                "EXECUTE on PROCEDURE`shop`.`p`",
            ),
            (
                "GRANT PROXY ON ''@'%' TO 'root'@'localhost'",
                "PROXY on ''@'%'",
            ),
            (
                "GRANT BACKUP_ADMIN,XA_RECOVER_ADMIN ON *.* TO `m`@`%`",
                "BACKUP_ADMIN on *.*, XA_RECOVER_ADMIN on *.*",
            ),
            ("GRANT INSERT ON *.* TO PUBLIC", "INSERT on *.*"),
            (
                "GRANT FILE ON *.* TO `m`@`%` /*",
                "a grant that checkrun cannot read",
            ),
            (
                "GRANT SELECT ON `on`.* TO `to`@`%` WITH GRANT OPTION",
                "GRANT OPTION on `on`.*",
            ),
        ] {
            assert_eq!(beyond_reading(grant).join(", "), surplus, "{grant}");
        }
    }
}
