//! MySQL and MariaDB, in every state that their tables tell.

use checkrun_sdk::mock::{Mock, contains, rows};
use checkrun_sdk::{DatabaseError, Error, NULL, Rows, ServerError};

use super::{connections, report, reports};

fn denied() -> DatabaseError {
    DatabaseError::PermissionDenied(ServerError {
        code: Some(1227),
        message: "Access denied; you need the PROCESS privilege".to_owned(),
        ..ServerError::default()
    })
}

struct Server {
    used: &'static str,
    all_users: &'static str,
    account: &'static str,
    account_limit: i64,
}

const QUIET: Server = Server {
    used: "12",
    all_users: "0",
    account: "monitor@%",
    account_limit: 0,
};

impl Server {
    fn asked(self, mock: Mock) -> Mock {
        mock.on_query(
            contains("SHOW GLOBAL VARIABLES"),
            rows! {
                "Variable_name", "Value";
                "max_connections", "151";
                "max_user_connections", self.all_users;
            },
        )
        .on_query(
            contains("SHOW GLOBAL STATUS"),
            rows! {
                "Variable_name", "Value";
                "Max_used_connections", "40";
                "Threads_connected", self.used;
            },
        )
        .on_query(
            contains("current_user()"),
            rows! { "account", "account_limit"; self.account, self.account_limit },
        )
    }

    /// With `PROCESS`, and so many transactions that wait for a row.
    fn seen(self, lock_waits: i64, idle: Rows) -> Mock {
        self.asked(Mock::mariadb("10.11.6"))
            .on_query(contains("LOCK WAIT"), rows! { "waiting"; lock_waits })
            .on_query(contains("GROUP BY 1, 2, 3, 4"), sessions())
            .on_query(contains("JOIN information_schema.processlist"), idle)
    }

    /// Without `PROCESS`: only our own session.
    fn hidden(self) -> Mock {
        self.asked(Mock::mysql("8.0.36"))
            .on_query(contains("LOCK WAIT"), denied())
            .on_query(
                contains("GROUP BY 1, 2, 3, 4"),
                rows! {
                    "user", "client", "db", "command", "used", "longest", "waiting";
                    "o'brien", "10.0.0.9", "", "Query", 1, 0, 0;
                },
            )
    }
}

fn sessions() -> Rows {
    rows! {
        "user", "client", "db", "command", "used", "longest", "waiting";
        "shop", "10.0.0.7", "shop", "Sleep", 7, 610, 0;
        "shop", "10.0.0.7", "shop", "Query", 2, 3, 1;
        "batch", "2001:db8::7", "shop", "Sleep", 2, 20, 0;
        "monitor", "10.0.0.9", "", "Query", 1, 0, NULL;
    }
}

fn none_idle() -> Rows {
    idle_rows(&[])
}

fn idle_rows(seconds: &[i64]) -> Rows {
    let columns = [
        "session",
        "user",
        "application",
        "client",
        "database",
        "since",
        "seconds",
    ];
    let rows = seconds.iter().map(|seconds| {
        vec![
            88.into(),
            "shop".into(),
            NULL,
            "10.0.0.7:52110".into(),
            "shop".into(),
            "2026-01-01T00:00:00Z".into(),
            (*seconds).into(),
        ]
    });
    Rows::of(&columns, rows.collect())
}

fn pool(open: i64, idle: i64) -> Rows {
    rows! { "open", "idle"; open, idle }
}

#[test]
fn every_state_of_a_server_has_its_report() {
    let text = reports(vec![
        ("a quiet server", QUIET.seen(0, none_idle())),
        (
            "transactions left open, and sessions that wait",
            QUIET.seen(2, idle_rows(&[1_000, 5])),
        ),
        (
            "limits of all users and of our own account",
            Server {
                all_users: "10",
                account_limit: 5,
                ..QUIET
            }
            .seen(0, none_idle()),
        ),
        (
            "the sessions of others are hidden",
            Server {
                account: "o'brien@10.0.0.%",
                account_limit: 1,
                used: "150",
                ..QUIET
            }
            .hidden()
            .parameter("application", "web"),
        ),
        (
            "a pool, by the name of the program",
            QUIET
                .seen(0, none_idle())
                .parameter("application", "web")
                .parameter("pool_size", 4)
                .on_query(
                    contains("count(*) FROM performance_schema"),
                    rows! { "count(*)"; 9 },
                )
                .on_query(contains("a.attr_value = ?").with(["web"]), pool(9, 7)),
        ),
        (
            "a pool of a program and a user, where the server tells no programs",
            QUIET
                .seen(0, none_idle())
                .parameter("application", "web")
                .parameter("user", "shop")
                .on_query(contains("count(*) FROM performance_schema"), denied())
                .on_query(contains("WHERE p.user = ?").with(["shop"]), pool(9, 7)),
        ),
    ]);
    insta::assert_snapshot!(text);
}

#[test]
fn the_pool_is_looked_for_by_what_the_server_tells() {
    let asked = || QUIET.seen(0, none_idle());
    for (reason, mock, found_by) in [
        (
            "no programs: the application is a user",
            asked()
                .parameter("application", "shop")
                .on_query(
                    contains("count(*) FROM performance_schema"),
                    rows! { "n"; 0 },
                )
                .on_query(contains("p.user = ?").with(["shop"]), pool(9, 7)),
            "user",
        ),
        (
            "programs and a user",
            asked()
                .parameter("application", "web")
                .parameter("user", "shop")
                .on_query(
                    contains("count(*) FROM performance_schema"),
                    rows! { "n"; 3 },
                )
                .on_query(contains("AND p.user = ?").with(("web", "shop")), pool(9, 7)),
            "program_name and user",
        ),
        (
            "a user alone",
            asked()
                .parameter("user", "shop")
                .on_query(contains("p.user = ?").with(["shop"]), pool(9, 7)),
            "user",
        ),
    ] {
        let report = report(reason, &mock);
        let pool = report.findings.iter().find(|finding| finding.key == "pool");
        let evidence = &pool.expect("a pool").evidence;
        assert!(
            evidence.contains(&("found_by".into(), found_by.into())),
            "{reason}: {evidence:?}"
        );
    }
}

#[test]
fn a_server_that_fails_is_no_missing_privilege() {
    let failed = DatabaseError::Server(ServerError::default());
    let result = QUIET
        .asked(Mock::mariadb("10.11.6"))
        .on_query(contains("LOCK WAIT"), failed.clone())
        .run(connections);
    assert_eq!(result, Err(Error::Database(failed)));
}
