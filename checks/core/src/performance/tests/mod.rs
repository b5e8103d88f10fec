//! Every course that the measuring can take, as `core/performance` reports it.

mod courses;

use std::time::Duration;

use checkrun_sdk::mock::{Mock, contains, exactly, rows};
use checkrun_sdk::{ConnectionClass, ConnectionError, DatabaseError, ServerError};

use super::*;
use courses::*;

#[test]
fn every_course_has_its_report() {
    for (name, cases) in [
        ("healthy", healthy()),
        ("failing queries", failing_queries()),
        ("failing connections", failing_connections()),
        ("short of time", short_of_time()),
        ("dead", dead()),
    ] {
        let reports: Vec<String> = cases
            .into_iter()
            .map(|(name, mock)| format!("== {name}\n{}", mock.run(performance).expect(name)))
            .collect();
        insta::assert_snapshot!(name.replace(' ', "_"), reports.join("\n"));
    }
}

#[test]
fn the_worse_of_connecting_and_asking_decides_and_a_mean_at_a_cut_is_not_below_it() {
    for (connect, query, rating, status) in [
        (99, 49, "excellent", Status::Ok),
        (100, 49, "good", Status::Ok),
        (99, 50, "good", Status::Ok),
        (499, 199, "good", Status::Ok),
        (500, 0, "acceptable", Status::Ok),
        (0, 200, "acceptable", Status::Ok),
        (999, 999, "acceptable", Status::Ok),
        (1_000, 0, "poor", Status::Warning),
        (0, 1_000, "poor", Status::Warning),
        (99, 1_000, "poor", Status::Warning),
    ] {
        let case = format!("connecting {connect} ms, asking {query} ms");
        let report = steady(3, ms(connect), ms(query))
            .run(performance)
            .expect(&case);
        assert!(
            report.summary.starts_with(&format!("{rating}: ")),
            "{case}: {}",
            report.summary
        );
        assert_eq!(report.status, status, "{case}");
    }
}

#[test]
fn a_mean_counts_and_not_a_single_slow_round() {
    let mock = [ms(10), ms(10), ms(2_000)]
        .into_iter()
        .fold(server(), |mock, connect| round(mock, connect, ms(1), ms(1)));
    let report = mock.run(performance).expect("a report");
    assert_eq!(report.status, Status::Ok);
    assert_eq!(report.value_of("connect_time"), Some(0.673_333_333));
    assert_eq!(report.value_of("connect_time_p50"), Some(0.01));
    assert_eq!(report.value_of("connect_time_p95"), Some(2.0));
}

#[test]
fn nothing_measured_has_no_metric_that_looks_fast() {
    for (name, mock) in dead() {
        let report = mock.run(performance).expect(name);
        assert_eq!(report.status, Status::Critical, "{name}");
        assert!(report.summary.starts_with("error: "), "{}", report.summary);
        assert_eq!(report.value_of("query_time"), None, "{name}");
    }
    let report = dead().remove(0).1.run(performance).expect("a report");
    let names: Vec<&str> = report.metrics.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["connect_success_rate"]);
    assert_eq!(report.value_of("connect_success_rate"), Some(0.0));
}

#[test]
fn every_class_but_a_refused_account_is_a_result() {
    for class in ConnectionClass::ALL {
        let error = connection_error(class);
        let at_once = server().on_connect_error(error.clone()).run(performance);
        let later = own(&["SELECT 1"])
            .on_connect(ms(8))
            .on_query(exactly("SELECT 1"), error.clone())
            .run(performance);
        for result in [at_once, later] {
            if class == ConnectionClass::AccountRefused {
                assert_eq!(result, Err(DatabaseError::from(error.clone()).into()));
            } else {
                let report = result.expect("a dead database is a result");
                assert_eq!(report.status, Status::Critical, "{class}");
                let evidence = ("error_class".to_owned(), class.to_string());
                assert!(
                    report
                        .findings
                        .iter()
                        .any(|it| it.evidence.contains(&evidence)),
                    "{report}"
                );
            }
        }
    }
}

#[test]
fn each_engine_is_asked_about_its_own_catalog() {
    for (mock, catalog) in [
        (Mock::postgresql("15.4"), "pg_catalog.pg_class"),
        (
            Mock::mysql("8.0.36"),
            "information_schema.tables WHERE table_schema = DATABASE()",
        ),
        (
            Mock::mariadb("10.11.6"),
            "information_schema.tables WHERE table_schema = DATABASE()",
        ),
        (Mock::sqlite("3.45.1"), "sqlite_schema"),
    ] {
        let report = mock
            .parameter("rounds", 1)
            .on_connect(ms(1))
            .on_query(exactly("SELECT 1"), rows! { "1"; 1 })
            .on_query(
                exactly(&format!("SELECT count(*) FROM {catalog}")),
                rows! { "n"; 7 },
            )
            .run(performance)
            .expect(catalog);
        assert_eq!(report.status, Status::Ok, "{catalog}");
    }
}

#[test]
fn the_advice_on_a_missing_privilege_is_the_engine_s_own() {
    for (mock, grant) in [
        (Mock::postgresql("15.4"), "GRANT SELECT ON <table>"),
        (Mock::mysql("8.0.36"), "GRANT SELECT ON <database>.<table>"),
        (Mock::sqlite("3.45.1"), "SQLite has no accounts"),
    ] {
        let report = mock
            .parameter("rounds", 1)
            .parameter("queries", ["SELECT 1"])
            .on_connect(ms(1))
            .on_query(
                exactly("SELECT 1"),
                DatabaseError::PermissionDenied(server_error("42501", "denied")),
            )
            .run(performance)
            .expect(grant);
        let advice = report.findings[2].advice.as_deref().unwrap_or_default();
        assert!(advice.contains(grant), "{advice}");
    }
}

#[test]
fn parameters_that_cannot_work_are_refused_before_anything_is_asked() {
    let many = |count: usize| vec!["SELECT 1".to_owned(); count];
    let refusals: Vec<String> = [
        server().parameter("rounds", 0),
        server().parameter("rounds", 21),
        server().parameter("queries", Vec::<String>::new()),
        server().parameter("queries", ["SELECT 1", " \n"]),
        server().parameter("queries", many(21)),
        server()
            .parameter("queries", many(11))
            .parameter("rounds", 20),
        server().parameter("query_timeout", Duration::ZERO),
    ]
    .into_iter()
    .map(|mock| mock.run(performance).expect_err("a refusal").to_string())
    .collect();
    insta::assert_snapshot!(refusals.join("\n"));
}

#[test]
fn what_says_nothing_about_the_database_is_a_failure() {
    for error in [
        DatabaseError::Forbidden("it writes".to_owned()),
        DatabaseError::InvalidParameter("it writes".to_owned()),
    ] {
        let forbidden = answering(
            own(&["SELECT 1", "DELETE FROM t"]).on_connect(ms(8)),
            "SELECT 1",
            ms(1),
        )
        .on_query(contains("DELETE"), error)
        .run(performance);
        assert_eq!(
            forbidden,
            Err(Error::bad_parameter("queries", "query 2: it writes"))
        );
    }
}

#[test]
fn twenty_rounds_are_the_most_that_the_host_lets_a_run_connect() {
    let report = steady(20, ms(8), ms(1)).run(performance).expect("a report");
    assert_eq!(report.value_of("connect_success_rate"), Some(1.0));
    assert!(
        report.summary.ends_with("(means of 20 rounds)"),
        "{}",
        report.summary
    );
}

#[test]
fn a_server_that_talks_too_much_is_cut_short() {
    let long = || "ö\n".repeat(100_000);
    let error = ServerError {
        detail: Some(long()),
        hint: Some(long()),
        ..server_error("XX000", &long())
    };
    let talkative = ConnectionError {
        message: long(),
        ..connection_error(ConnectionClass::Other)
    };
    let sql = format!("SELECT 1 -- {}", long());
    for mock in [
        own(&[&sql])
            .on_connect(ms(1))
            .on_query(contains("SELECT 1"), error),
        server().on_connect_error(talkative),
    ] {
        let report = mock.run(performance).expect("a report");
        assert!(report.summary.len() < 1_000, "{}", report.summary.len());
        assert!(report.to_string().len() < 50_000);
    }
}
