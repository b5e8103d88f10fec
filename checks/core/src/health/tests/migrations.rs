//! What `core/health` makes of migrations: told beside health, or required for it.

use std::time::Duration;

use checkrun_sdk::mock::{Mock, contains, rows};
use checkrun_sdk::{DatabaseError, Rows, ServerError, Value};

use super::*;

const COLUMNS: &str = "version,description,installed_on,success";

fn answering(mode: &str) -> Mock {
    Mock::sqlite("3.40.1")
        .on_connect(Duration::from_millis(1))
        .parameter("migrations", mode)
        .on_query(contains("SELECT 1"), rows! { "1"; 1 })
}

fn found(mock: Mock, is_readable: bool) -> Mock {
    let columns = [
        "schema_name",
        "table_name",
        "column_names",
        "reachable",
        "readable",
        "account",
    ];
    let row = vec![
        Value::from("public"),
        Value::from("_sqlx_migrations"),
        Value::from(COLUMNS),
        Value::from(true),
        Value::from(is_readable),
        Value::from("monitor"),
    ];
    mock.on_query(contains("sqlite_master"), Rows::of(&columns, vec![row]))
}

fn ledger(mock: Mock, failed: i64) -> Mock {
    let totals = rows! {
        "applied", "failed", "rolled_back", "last_applied"; 2, failed, 0, "2026-01-01 10:00:00"
    };
    let mock = found(mock, true)
        .on_query(contains("_sqlx_migrations"), totals)
        .on_query(contains("_sqlx_migrations"), rows! { "migration"; "2" });
    match failed {
        0 => mock,
        _ => mock.on_query(contains("IS NOT TRUE"), rows! { "migration"; "3" }),
    }
}

fn pending(mode: &str) -> Mock {
    ledger(answering(mode), 0)
        .parameter("migrations_expected", "3")
        .on_query(contains("IN (?)"), Rows::of(&["migration"], Vec::new()))
}

fn nothing(mock: Mock) -> Mock {
    mock.on_query(
        contains("sqlite_master"),
        Rows::of(&["table_name"], Vec::new()),
    )
}

#[test]
fn each_mode_tells_what_it_found_and_only_require_lets_it_matter() {
    let failing = || DatabaseError::Server(ServerError::default());
    let mut cases = vec![("ignore: not even asked", answering("ignore"))];
    for mode in ["report", "require"] {
        cases.extend([
            ("no tool", nothing(answering(mode))),
            (
                "a version is expected and there is no tool",
                nothing(answering(mode)).parameter("migrations_expected", "3"),
            ),
            ("applied", ledger(answering(mode), 0)),
            ("pending", pending(mode)),
            ("failed", ledger(answering(mode), 1)),
            ("not readable", found(answering(mode), false)),
            (
                "the catalog cannot be read",
                answering(mode).on_query(contains("sqlite_master"), failing()),
            ),
            (
                "the run's time is nearly over",
                answering(mode).remaining(Duration::from_millis(400)),
            ),
        ]);
    }
    let reports: Vec<String> = cases
        .into_iter()
        .map(|(name, mock)| format!("== {name}\n{}", mock.run(health).expect(name)))
        .collect();
    insta::assert_snapshot!(reports.join("\n"));
}

#[test]
fn migrations_are_not_asked_for_where_the_validation_query_said_no() {
    for answer in [rows! { "1"; }, rows! { "1"; false }] {
        let report = Mock::sqlite("3.40.1")
            .on_connect(Duration::from_millis(1))
            .parameter("migrations", "require")
            .on_query(contains("SELECT 1"), answer)
            .run(health)
            .expect("a report");
        assert_eq!(report.status, Status::Warning);
        assert_eq!(report.findings.len(), 1);
    }
}
