//! What the engines write differently: names, texts, placeholders, their catalogs, and grants.

use checkrun_sdk::Engine;

use super::ledger::table_names;

/// Characters that are read of a version or a name; no tool's are longer.
const KEY_CHARS_MAX: usize = 300;
/// Characters that SQLite hands over of a time, which it keeps in whatever form it was given.
const MOMENT_CHARS_MAX: usize = 40;
/// Tables that are listed, those for locks included.
pub const TABLES_LISTED_MAX: usize = 200;

/// Whose SQL is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Postgresql,
    Mysql,
    Sqlite,
}

impl Dialect {
    /// The one that the engine understands; none where there are no tables.
    pub fn of(engine: Engine) -> Option<Self> {
        match engine {
            Engine::Postgresql => Some(Self::Postgresql),
            Engine::Mysql | Engine::Mariadb => Some(Self::Mysql),
            Engine::Sqlite => Some(Self::Sqlite),
            Engine::Pgbouncer => None,
        }
    }

    /// A name in quotes.
    pub fn quote(self, name: &str) -> String {
        let mark = match self {
            Self::Postgresql | Self::Sqlite => '"',
            Self::Mysql => '`',
        };
        let mut quoted = String::with_capacity(name.len() + 2);
        quoted.push(mark);
        for c in name.chars() {
            if c == mark {
                quoted.push(mark);
            }
            quoted.push(c);
        }
        quoted.push(mark);
        quoted
    }

    /// These expressions as one text, with dots between them, cut to a bearable length.
    pub fn text(self, parts: &[String]) -> String {
        let (whole, kind) = match self {
            Self::Mysql if parts.len() > 1 => {
                (format!("concat({})", parts.join(", '.', ")), "char")
            }
            Self::Mysql => (parts.join(""), "char"),
            Self::Postgresql | Self::Sqlite => (parts.join(" || '.' || "), "text"),
        };
        format!("substr(CAST({whole} AS {kind}), 1, {KEY_CHARS_MAX})")
    }

    /// A time as the server has it; in SQLite, which takes anything for one, not more than a line.
    pub fn moment(self, expression: &str) -> String {
        match self {
            Self::Postgresql | Self::Mysql => expression.to_owned(),
            Self::Sqlite => format!("substr({expression}, 1, {MOMENT_CHARS_MAX})"),
        }
    }

    /// The placeholder of the value with this number, from 1.
    pub fn placeholder(self, number: usize) -> String {
        match self {
            Self::Postgresql => format!("${number}"),
            Self::Mysql | Self::Sqlite => "?".to_owned(),
        }
    }

    /// Lists every table with a name that a tool uses, and its columns: in PostgreSQL those of every
    /// schema, whether the account may read them or not; in MySQL those of the connected database
    /// that the account may see at all.
    pub fn catalog(self) -> String {
        let names = table_names().join("', '");
        // One more than are looked at tells that there are more.
        let limit = TABLES_LISTED_MAX + 1;
        match self {
            Self::Postgresql => format!(
                "SELECT n.nspname::text AS schema_name, c.relname::text AS table_name, \
                 string_agg(a.attname::text, ',' ORDER BY a.attnum) AS column_names, \
                 has_schema_privilege(n.oid, 'USAGE') AS reachable, \
                 has_any_column_privilege(c.oid, 'SELECT') AS readable, \
                 current_user::text AS account \
                 FROM pg_catalog.pg_class c \
                 JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
                 WHERE c.relkind IN ('r', 'p', 'v') AND n.nspname !~ '^pg_' \
                 AND n.nspname <> 'information_schema' AND lower(c.relname::text) IN ('{names}') \
                 GROUP BY n.oid, n.nspname, c.oid, c.relname ORDER BY n.nspname, c.relname LIMIT {limit}"
            ),
            Self::Mysql => format!(
                "SELECT c.table_schema AS schema_name, c.table_name AS table_name, \
                 group_concat(c.column_name ORDER BY c.ordinal_position) AS column_names, \
                 1 AS reachable, 1 AS readable, current_user() AS account \
                 FROM information_schema.columns c \
                 WHERE c.table_schema = database() AND lower(c.table_name) IN ('{names}') \
                 GROUP BY c.table_schema, c.table_name ORDER BY c.table_name LIMIT {limit}"
            ),
            Self::Sqlite => format!(
                "SELECT '' AS schema_name, m.name AS table_name, group_concat(p.name) AS column_names, \
                 1 AS reachable, 1 AS readable, '' AS account \
                 FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS p \
                 WHERE m.type = 'table' AND lower(m.name) IN ('{names}') \
                 GROUP BY m.name ORDER BY m.name LIMIT {limit}"
            ),
        }
    }

    /// The account as a grant names it.
    pub fn grantee(self, account: &str) -> String {
        match (self, account.rsplit_once('@')) {
            (Self::Mysql, Some((user, host))) => {
                let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
                format!("{}@{}", quoted(user), quoted(host))
            }
            _ => self.quote(account),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_quotes_and_cannot_leave_them() {
        assert_eq!(Dialect::Postgresql.quote("a\"; drop"), "\"a\"\"; drop\"");
        assert_eq!(Dialect::Mysql.quote("a`b"), "`a``b`");
        assert_eq!(Dialect::Sqlite.quote("plain"), "\"plain\"");
    }

    #[test]
    fn accounts_are_named_as_grants_name_them() {
        for (dialect, account, grantee) in [
            (Dialect::Postgresql, "monitor", "\"monitor\""),
            (Dialect::Postgresql, "a@b", "\"a@b\""),
            (Dialect::Mysql, "monitor@%", "'monitor'@'%'"),
            (Dialect::Mysql, "o'hara@10.0.0.%", "'o''hara'@'10.0.0.%'"),
            (Dialect::Mysql, "a@b@localhost", "'a@b'@'localhost'"),
        ] {
            assert_eq!(dialect.grantee(account), grantee);
        }
    }

    #[test]
    fn several_parts_are_one_text() {
        let parts = ["app".to_owned(), "name".to_owned()];
        assert_eq!(
            Dialect::Mysql.text(&parts),
            "substr(CAST(concat(app, '.', name) AS char), 1, 300)"
        );
        assert_eq!(
            Dialect::Sqlite.text(&parts),
            "substr(CAST(app || '.' || name AS text), 1, 300)"
        );
    }
}
