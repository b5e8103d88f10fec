//! The advice of `core/performance`.

use checkrun_sdk::Engine;

/// What there is advice for. For a connection that failed, the host has some by class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Situation {
    /// Connecting is not rated good.
    SlowConnection,
    /// A query is not rated good.
    SlowQuery,
    /// The account may not read what a query reads.
    MissingPrivilege(Engine),
    /// A query names what is not there.
    UndefinedObject,
    /// A query did not answer in its time.
    NoAnswer,
    /// A query brought back more than a run may read.
    TooMuch,
    /// The server failed a query for another reason.
    Refused,
    /// There was no time left for a query.
    NotSent,
}

impl Situation {
    /// What to do, what helps most often first.
    pub fn advice(self) -> &'static str {
        match self {
            Self::SlowConnection => {
                "Connecting is the network and the authentication. Measure the way to the server \
                 (ping, a firewall or proxy between), then see whether the server looks up the names \
                 of its clients, asks a directory (LDAP, PAM, RADIUS) or is short of processes; \
                 applications that connect for each query need a pool."
            }
            Self::SlowQuery => {
                "See whether the query or the load is to blame: EXPLAIN it, look for locks that it \
                 waits for and a missing index; if SELECT 1 is slow too, the server is busy, or the \
                 network is slow."
            }
            Self::MissingPrivilege(engine) => missing_privilege(engine),
            Self::UndefinedObject => {
                "See whether `queries` name the right objects, with their schema, and whether they were \
                 renamed or dropped."
            }
            Self::NoAnswer => {
                "See whether the query waits for a lock, and whether the server is overloaded; if it \
                 needs that long by its nature, raise `query_timeout` and the `timeout` of the check."
            }
            Self::TooMuch => {
                "Let the query count or aggregate: only its time matters here, and what it brings back \
                 is part of it."
            }
            Self::Refused => {
                "Run the query by hand with the same account; the server's log may say more."
            }
            Self::NotSent => {
                "Raise the `timeout` of the check, or set `query_timeout`, so that the queries before \
                 it leave some of the time; or ask fewer queries."
            }
        }
    }
}

/// Which object it is, only the server's own message says.
fn missing_privilege(engine: Engine) -> &'static str {
    match engine {
        Engine::Postgresql => {
            "Grant the account what the server's message names: GRANT SELECT ON <table> TO <account>, \
             and GRANT USAGE ON SCHEMA <schema> TO <account>; for views of statistics GRANT \
             pg_read_all_stats TO <account>. Or ask a query that it may run."
        }
        Engine::Mysql | Engine::Mariadb => {
            "Grant the account what the server's message names: GRANT SELECT ON <database>.<table> TO \
             <account>; for other sessions GRANT PROCESS ON *.* TO <account>. Or ask a query that it \
             may run."
        }
        Engine::Sqlite => {
            "SQLite has no accounts: see which rights the user that runs checkrun has on the file and \
             its folders."
        }
        Engine::Pgbouncer => {
            "Let the account look at the console: add its name to stats_users in pgbouncer.ini."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_situation_has_its_advice() {
        let engines = [
            Engine::Postgresql,
            Engine::Mysql,
            Engine::Mariadb,
            Engine::Sqlite,
        ];
        let table: Vec<String> = [
            Situation::SlowConnection,
            Situation::SlowQuery,
            Situation::UndefinedObject,
            Situation::NoAnswer,
            Situation::TooMuch,
            Situation::Refused,
            Situation::NotSent,
        ]
        .into_iter()
        .chain(engines.map(Situation::MissingPrivilege))
        .map(|situation| format!("{situation:?}\n    {}", situation.advice()))
        .collect();
        insta::assert_snapshot!(table.join("\n"));
    }
}
