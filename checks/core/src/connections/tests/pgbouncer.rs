//! PgBouncer, in every state that its console tells.

use checkrun_sdk::mock::{Mock, exactly, rows};
use checkrun_sdk::{NULL, Rows, Value};

use super::{report, reports};

fn asked(pools: Rows, paused: i64, disabled: i64) -> Mock {
    Mock::pgbouncer("1.18.0")
        .on_query(
            exactly("SHOW LISTS"),
            rows! { "list", "items"; "databases", 2; "free_clients", 40; "used_clients", 12 },
        )
        .on_query(
            exactly("SHOW CONFIG"),
            rows! {
                "key", "value", "default", "changeable";
                "auth_file", NULL, "", "yes";
                "max_client_conn", "20", "100", "yes";
            },
        )
        .on_query(
            exactly("SHOW DATABASES"),
            rows! {
                "name", "host", "pool_size", "paused", "disabled";
                "pgbouncer", NULL, 20, 0, 0;
                "shop", "10.0.0.1", 5, paused, disabled;
            },
        )
        .on_query(exactly("SHOW POOLS"), pools)
}

/// Clients active and waiting, servers active, idle and being opened, seconds waited.
type Numbers = [i64; 6];

fn pools(pools: &[(&str, &str, Numbers)]) -> Rows {
    let columns = [
        "database",
        "user",
        "cl_active",
        "cl_waiting",
        "sv_active",
        "sv_idle",
        "sv_used",
        "sv_tested",
        "sv_login",
        "maxwait",
        "maxwait_us",
        "pool_mode",
    ];
    let rows = pools.iter().map(|(database, user, numbers)| {
        let [active, waiting, sv_active, sv_idle, sv_login, waited] = numbers.map(Value::Int64);
        let [none, micros] = [0, 250_000].map(Value::Int64);
        vec![
            (*database).into(),
            (*user).into(),
            active,
            waiting,
            sv_active,
            sv_idle,
            none.clone(),
            none,
            sv_login,
            waited,
            micros,
            "session".into(),
        ]
    });
    Rows::of(&columns, rows.collect())
}

const CONSOLE: (&str, &str, Numbers) = ("pgbouncer", "pgbouncer", [1, 0, 0, 0, 0, 0]);

#[test]
fn every_state_of_a_pooler_has_its_report() {
    let text = reports(vec![
        ("nobody is there but us", asked(pools(&[CONSOLE]), 0, 0)),
        (
            "pools at work",
            asked(
                pools(&[
                    CONSOLE,
                    ("shop", "web", [8, 0, 4, 1, 0, 0]),
                    ("shop", "batch", [2, 0, 0, 2, 0, 0]),
                ]),
                0,
                0,
            ),
        ),
        (
            "clients wait for a connection of their pool",
            asked(
                pools(&[CONSOLE, ("shop", "web", [5, 6, 5, 0, 0, 12])]),
                0,
                0,
            ),
        ),
        (
            "clients wait, and there is no server",
            asked(pools(&[CONSOLE, ("shop", "web", [0, 3, 0, 0, 0, 0])]), 0, 0),
        ),
        (
            "clients wait, and the server does not answer",
            asked(
                pools(&[CONSOLE, ("shop", "web", [0, 3, 0, 0, 1, 30])]),
                0,
                0,
            ),
        ),
        (
            "a pool that has just been asked for its first connection",
            asked(pools(&[CONSOLE, ("shop", "web", [0, 1, 0, 0, 1, 0])]), 0, 0),
        ),
        (
            "a database that is held back",
            asked(
                pools(&[CONSOLE, ("shop", "web", [0, 3, 0, 1, 0, 30])]),
                1,
                1,
            ),
        ),
    ]);
    insta::assert_snapshot!(text);
}

#[test]
fn five_hundred_pools_stay_bounded_and_those_where_clients_wait_come_first() {
    let names: Vec<String> = (0..500)
        .map(|number| format!("user-{number:03}\u{1b}"))
        .collect();
    let mut many: Vec<(&str, &str, Numbers)> = names
        .iter()
        .map(|name| ("shop", name.as_str(), [1, 1, 1, 0, 0, 0]))
        .collect();
    many[400].2 = [1, 9, 1, 0, 0, 0];
    let report = report("many pools", &asked(pools(&many), 0, 0));
    assert!(report.metrics.len() < 70, "{}", report.metrics.len());
    assert_eq!(report.findings.len(), 11);
    assert!(
        report.findings[1].key.starts_with("pool/shop/user-400"),
        "{report}"
    );
    let other = report.metrics.last().expect("a metric");
    assert_eq!((other.name.as_str(), other.value), ("pool_waiting", 490.0));
    assert_eq!(report.value_of("waiting"), Some(508.0));
    assert!(!report.to_string().contains('\u{1b}'));
}
