//! How databases are judged, as a table; the real check is behind it in the end-to-end tests.

use std::time::Duration;

use super::*;
use crate::model::report::Finding;
use crate::model::status::Status;
use crate::operations::observation::Measured;

const DEMANDS: Demands = Demands {
    slow: Duration::from_secs(1),
    migrations: MigrationPolicy::Warn,
};

fn seen(connect: Option<f64>, response: Option<f64>, findings: Vec<Finding>) -> Observation {
    let measured = [("connect_time", connect), ("response_time", response)];
    Observation {
        run_id: None,
        job: "core/health".into(),
        check: "core/health".into(),
        target: "orders".into(),
        labels: BTreeMap::new(),
        engine: None,
        started: Micros(0),
        duration: Duration::ZERO,
        status: Status::Ok,
        summary: "healthy".into(),
        reasons: Vec::new(),
        failure: None,
        metrics: measured
            .into_iter()
            .filter_map(|(name, value)| {
                Some(Measured {
                    name: name.into(),
                    labels: BTreeMap::new(),
                    value: value?,
                })
            })
            .collect(),
        findings,
    }
}

fn finding(key: &str, severity: Status, evidence: &[(&str, &str)]) -> Finding {
    Finding {
        key: key.into(),
        severity,
        title: format!("about {key}"),
        detail: String::new(),
        subject: None,
        advice: Some("do this".into()),
        reference: None,
        evidence: evidence
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    }
}

fn tool(state: &str, pending: Option<&str>) -> Finding {
    let mut evidence = vec![("tool", "flyway"), ("state", state), ("version", "7")];
    evidence.extend(pending.map(|pending| ("pending", pending)));
    finding("migrations/flyway", Status::Ok, &evidence)
}

fn judge(seen: &Observation, demands: &Demands) -> DatabaseReadiness {
    DatabaseReadiness::judge(std::slice::from_ref(seen), &[], demands).unwrap()
}

/// Status, issues, warnings.
fn judged(seen: &Observation, demands: &Demands) -> (Readiness, usize, usize) {
    let judged = judge(seen, demands);
    (judged.status, judged.issues.len(), judged.warnings.len())
}

#[test]
fn times_are_good_up_to_the_limit_and_a_warning_beyond() {
    for (connect, response, expected) in [
        (1.0, 1.0, (Readiness::Passed, 0, 0)),
        (1.000_1, 1.0, (Readiness::Warning, 0, 1)),
        (1.0, 1.000_1, (Readiness::Warning, 0, 1)),
        (5.0, 5.0, (Readiness::Warning, 0, 2)),
    ] {
        let seen = seen(Some(connect), Some(response), Vec::new());
        assert_eq!(judged(&seen, &DEMANDS), expected, "{connect} {response}");
    }
}

#[test]
fn what_does_not_answer_is_not_ready_whatever_else_is_known() {
    let broken = finding(
        "connection",
        Status::Critical,
        &[("error_class", "refused")],
    );
    let refused = seen(None, None, vec![broken]);
    let judged = judge(&refused, &DEMANDS);
    assert_eq!(judged.status, Readiness::Failed);
    assert!(!judged.connected);
    assert_eq!(
        judged.error.map(|error| error.class),
        Some("refused".into())
    );
    assert_eq!(judged.issues[0].advice.as_deref(), Some("do this"));

    let query = finding("query", Status::Warning, &[]);
    let failed = seen(Some(0.1), None, vec![query]);
    let judged = judge(&failed, &DEMANDS);
    assert_eq!(judged.status, Readiness::Failed, "the query failed");
    assert!(judged.connected);

    let timed_out = Observation {
        failure: Some("timed-out".into()),
        ..seen(None, None, Vec::new())
    };
    let judged = judge(&timed_out, &DEMANDS);
    assert_eq!(judged.status, Readiness::Failed, "there is no report");
    assert_eq!(
        judged.error.map(|error| error.class),
        Some("timed-out".into())
    );

    let silent = seen(Some(0.1), None, Vec::new());
    let judged = judge(&silent, &DEMANDS);
    assert_eq!(
        judged.status,
        Readiness::Failed,
        "nothing says that it answered"
    );
}

#[test]
fn migrations_count_as_asked_for() {
    use MigrationPolicy::{Ignore, Require, Warn};
    use Readiness::{Failed, Passed, Warning};
    for (state, pending, expected) in [
        (
            "current",
            Some("0"),
            [(Ignore, Passed), (Warn, Passed), (Require, Passed)],
        ),
        (
            "ahead",
            Some("0"),
            [(Ignore, Passed), (Warn, Passed), (Require, Passed)],
        ),
        (
            "pending",
            Some("2"),
            [(Ignore, Passed), (Warn, Warning), (Require, Failed)],
        ),
        (
            "failed",
            Some("0"),
            [(Ignore, Passed), (Warn, Warning), (Require, Failed)],
        ),
        (
            "unreadable",
            None,
            [(Ignore, Passed), (Warn, Warning), (Require, Failed)],
        ),
        // Nothing says what the application expects: only whoever requires it has to say so.
        (
            "current",
            None,
            [(Ignore, Passed), (Warn, Passed), (Require, Failed)],
        ),
    ] {
        for (migrations, status) in expected {
            let seen = seen(Some(0.1), Some(0.1), vec![tool(state, pending)]);
            let demands = Demands {
                migrations,
                ..DEMANDS
            };
            assert_eq!(judged(&seen, &demands).0, status, "{state} {migrations:?}");
        }
    }
}

#[test]
fn without_any_tool_migrations_cannot_be_required() {
    for (migrations, status) in [
        (MigrationPolicy::Ignore, Readiness::Passed),
        (MigrationPolicy::Warn, Readiness::Passed),
        (MigrationPolicy::Require, Readiness::Failed),
    ] {
        let seen = seen(Some(0.1), Some(0.1), Vec::new());
        let demands = Demands {
            migrations,
            ..DEMANDS
        };
        assert_eq!(judged(&seen, &demands).0, status, "{migrations:?}");
    }
}

#[test]
fn the_worst_database_decides_and_strictness_says_what_is_good_enough() {
    let slow = judge(&seen(Some(2.0), Some(0.1), Vec::new()), &DEMANDS);
    let good = judge(&seen(Some(0.1), Some(0.1), Vec::new()), &DEMANDS);
    let dead = judge(&seen(None, None, Vec::new()), &DEMANDS);
    let course = Course {
        started: Micros(0),
        duration: Duration::from_millis(12),
        rounds: 1,
    };
    for (databases, status, lenient, strict) in [
        (vec![], Readiness::Passed, true, true),
        (vec![good.clone()], Readiness::Passed, true, true),
        (
            vec![good.clone(), slow.clone()],
            Readiness::Warning,
            true,
            false,
        ),
        (vec![good, dead, slow], Readiness::Failed, false, false),
    ] {
        let count = databases.len();
        for (strictness, ready) in [(Strictness::Lenient, lenient), (Strictness::Strict, strict)] {
            let preflight = Preflight::new(databases.clone(), course, strictness);
            assert_eq!(preflight.status, status);
            assert_eq!(preflight.ready, ready, "{status:?} {strictness:?}");
            let counts = preflight.summary;
            assert_eq!(counts.passed + counts.warning + counts.failed, count);
        }
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn of_several_jobs_of_a_database_the_worst_counts() {
    let good = || seen(Some(0.1), Some(0.2), Vec::new());
    let slow = || seen(Some(0.2), Some(2.0), Vec::new());
    let no = || {
        seen(
            Some(0.1),
            None,
            vec![finding("answer", Status::Warning, &[])],
        )
    };
    let migrations = |state, failure: Option<&str>| Observation {
        check: health::MIGRATIONS_CHECK.into(),
        failure: failure.map(str::to_owned),
        summary: "cannot be read".into(),
        ..seen(None, None, vec![tool(state, Some("1"))])
    };
    let dead = || Observation {
        failure: Some("timed-out".into()),
        ..seen(None, None, Vec::new())
    };
    let require = Demands {
        migrations: MigrationPolicy::Require,
        ..DEMANDS
    };
    for (what, jobs, demands, expected) in [
        (
            "both good",
            vec![good(), good()],
            DEMANDS,
            (Readiness::Passed, 0, 0),
        ),
        (
            "one slow",
            vec![good(), slow()],
            DEMANDS,
            (Readiness::Warning, 0, 1),
        ),
        (
            "the same said twice",
            vec![slow(), slow()],
            DEMANDS,
            (Readiness::Warning, 0, 1),
        ),
        (
            "the second says no",
            vec![good(), no()],
            DEMANDS,
            (Readiness::Failed, 1, 0),
        ),
        (
            "the first says no",
            vec![no(), slow()],
            DEMANDS,
            (Readiness::Failed, 1, 1),
        ),
        (
            "core/migrations knows of one that is pending",
            vec![migrations("pending", None), good()],
            DEMANDS,
            (Readiness::Warning, 0, 1),
        ),
        (
            "which is required",
            vec![good(), migrations("pending", None)],
            require,
            (Readiness::Failed, 1, 0),
        ),
        (
            "it says no, and one is pending",
            vec![no(), migrations("pending", None)],
            require,
            (Readiness::Failed, 2, 0),
        ),
        (
            "core/migrations could not read them",
            vec![good(), migrations("", Some("missing-privilege"))],
            DEMANDS,
            (Readiness::Warning, 0, 1),
        ),
        (
            "nor could it connect, which health says already",
            vec![dead(), migrations("", Some("connection"))],
            require,
            (Readiness::Failed, 1, 0),
        ),
    ] {
        let judged = DatabaseReadiness::judge(&jobs, &[], &demands).unwrap();
        let counts = (judged.status, judged.issues.len(), judged.warnings.len());
        assert_eq!(counts, expected, "{what}: {judged:#?}");
    }
    let judged = DatabaseReadiness::judge(&[good(), slow()], &[], &DEMANDS).unwrap();
    assert_eq!(judged.connect_time_ms, Some(200.0));
    assert_eq!(judged.response_time_ms, Some(2_000.0), "the slower one");
    assert_eq!(DatabaseReadiness::judge(&[], &[], &DEMANDS), None);
}

#[test]
fn a_folder_that_cannot_be_read_is_as_bad_as_migrations_are_taken() {
    let folder = Hindrance {
        job: "core/migrations".into(),
        remark: Remark::from(&Situation::FolderNotRead {
            job: "core/migrations",
            why: "the folder `migrations` does not exist",
            hint: None,
        }),
    };
    let good = seen(Some(0.1), Some(0.2), Vec::new());
    for (migrations, expected) in [
        (MigrationPolicy::Ignore, (Readiness::Passed, 0, 0)),
        (MigrationPolicy::Warn, (Readiness::Warning, 0, 1)),
        (MigrationPolicy::Require, (Readiness::Failed, 1, 0)),
    ] {
        let demands = Demands {
            migrations,
            ..DEMANDS
        };
        let twice = [folder.clone(), folder.clone()];
        let judged =
            DatabaseReadiness::judge(std::slice::from_ref(&good), &twice, &demands).unwrap();
        let counts = (judged.status, judged.issues.len(), judged.warnings.len());
        assert_eq!(counts, expected, "{migrations:?}");
        assert_eq!(demands.best(&twice), expected.0, "{migrations:?}");
        let dead = Observation {
            failure: Some("timed-out".into()),
            ..seen(None, None, Vec::new())
        };
        let judged = DatabaseReadiness::judge(&[dead], &twice, &demands).unwrap();
        let told = judged.issues.len() + judged.warnings.len();
        assert_eq!(told, 1 + expected.1 + expected.2, "told of a dead one, too");
        assert_eq!(demands.best(&[]), Readiness::Passed);
    }
}
