//! All advice of the host as one table, and that each row names its evidence.

use std::time::Duration;

use super::{Cause, Situation, explain, explain_failure, explain_tls};
use crate::model::probe::TlsProblem;
use crate::model::report::Failure;
use crate::model::sql::{ConnectionClass, ConnectionError, ServerError, SqlError};
use crate::model::unit::format_duration;

const TOOK: Duration = Duration::from_millis(1_500);
const LIMIT: Duration = Duration::from_secs(1);

/// One of each.
pub(crate) fn situations() -> Vec<Situation<'static>> {
    vec![
        Situation::NotReported {
            metric: "used_ratio",
        },
        Situation::NoCheck {
            check: "core/health",
        },
        Situation::NoOutcome,
        Situation::NoAnswer {
            summary: "connected, and the query has no answer",
        },
        Situation::SlowToConnect {
            took: TOOK,
            limit: LIMIT,
        },
        Situation::SlowToAnswer {
            took: TOOK,
            limit: LIMIT,
        },
        Situation::NothingExpected,
        Situation::FolderNotRead {
            job: "core/migrations",
            why: "the folder `migrations` does not exist",
            hint: None,
        },
        Situation::FolderNotRead {
            job: "core/migrations",
            why: "the folder `migrations` does not exist",
            hint: Some("create it, or correct the path"),
        },
    ]
}

/// One of each.
pub(crate) fn causes() -> Vec<Cause<'static>> {
    let said = "permission denied for table orders";
    vec![
        Cause::AddressDead {
            dead: "[::1]:5432",
            alive: "127.0.0.1:5432",
        },
        Cause::Standby,
        Cause::ReadOnly,
        Cause::MissingPrivilege {
            job: "core/migrations",
            said: "the account lacks a privilege",
            statement: "GRANT SELECT ON orders TO monitor",
        },
        Cause::HiddenPart {
            job: "core/connections",
            said: "3 sessions are hidden",
            statement: "GRANT pg_read_all_stats TO monitor",
        },
        Cause::PermissionDenied {
            job: "backlog",
            said,
            needs: &[],
        },
        Cause::NotJudged {
            job: "backlog",
            class: "timed-out",
            said: "timed out after 10 s while waiting for query 1",
            hint: None,
        },
        Cause::Configured {
            class: "secret-missing",
            problem: "the environment has no `ORDERS_PASSWORD`",
            hint: None,
        },
        Cause::FolderNotRead {
            job: "core/migrations",
            why: "the folder `migrations` does not exist",
            hint: None,
        },
        Cause::ChecksLate {
            names: "backlog, core/health",
            limit: LIMIT,
        },
        Cause::CountingLate { limit: LIMIT },
        Cause::ConnectionUse {
            reason: "used_ratio is 0.93 (warning > 0.8)",
            hint: None,
        },
        Cause::QueryLate { after: LIMIT },
        Cause::QueryFailed { said },
        Cause::NoSample { said },
        Cause::RoundFailed { said },
        Cause::SlowConnecting {
            mean: TOOK,
            slow_from: LIMIT,
        },
        Cause::SlowQuery {
            mean: TOOK,
            slow_from: LIMIT,
        },
    ]
}

fn failures() -> Vec<Failure> {
    let server = || ServerError {
        sqlstate: Some("42501".into()),
        message: "permission denied for table orders".into(),
        ..ServerError::default()
    };
    let connection = ConnectionError {
        class: ConnectionClass::Refused,
        message: "127.0.0.1:5432 refused the connection".into(),
        attempts: 2,
    };
    vec![
        Failure::NotApplicable("SQLite has no connections to count".into()),
        Failure::BadParameter {
            parameter: "sql".into(),
            why: "is empty".into(),
        },
        Failure::MissingPrivilege("GRANT pg_monitor TO monitor".into()),
        Failure::Internal("no idea".into()),
        Failure::TimedOut {
            limit: TOOK,
            during: "waiting for query 3".into(),
        },
        Failure::LimitReached("memory limit 64 MiB reached".into()),
        Failure::Crashed("panicked at src/lib.rs:5".into()),
        Failure::BadReport("metric `x` is NaN".into()),
        Failure::Defect("the sandbox has no room".into()),
        Failure::Pack("it is not WebAssembly".into()),
        Failure::Database(SqlError::Server(server())),
        Failure::Database(SqlError::PermissionDenied(server())),
        Failure::Database(SqlError::UndefinedObject(server())),
        Failure::Database(SqlError::Forbidden("`DELETE` writes".into())),
        Failure::Database(SqlError::InvalidParameter("$2 is missing".into())),
        Failure::Database(SqlError::Timeout(TOOK)),
        Failure::Database(SqlError::Connection(connection)),
        Failure::Database(SqlError::LimitExceeded("10001 rows".into())),
    ]
}

fn row(class: &str, text: &str, advice: &str) -> String {
    format!("{class}: {text}\n    → {advice}\n")
}

#[test]
fn everything_that_the_host_notices_has_its_advice() {
    let connections = ConnectionClass::ALL.map(|class| {
        let it = explain(class);
        row(class.as_str(), it.meaning, it.advice)
    });
    let encryptions = TlsProblem::ALL.map(|problem| {
        let it = explain_tls(problem);
        row(problem.as_str(), it.meaning, it.advice)
    });
    let failures = failures().into_iter().map(|failure| {
        let (text, advice) = explain_failure(&failure);
        row(failure.kind(), &text, &advice.unwrap_or_default())
    });
    let situations = situations();
    let situations = situations
        .iter()
        .map(|it| row(it.class(), &it.text(), &it.advice()));
    let causes = causes();
    let causes = causes
        .iter()
        .map(|it| row(it.class(), &it.text(), &it.advice()));
    let table = [
        ("classes of connection errors", connections.concat()),
        ("problems of an encryption", encryptions.concat()),
        ("failures of a run", failures.collect()),
        ("situations of operations", situations.collect()),
        ("causes of a diagnosis", causes.collect()),
    ]
    .map(|(title, rows): (_, String)| format!("# {title}\n\n{rows}"));
    insta::assert_snapshot!(table.join("\n"));
}

/// What each situation rests on; a new field does not compile until it is among it.
fn evidence_of_situation(situation: &Situation<'_>) -> Vec<String> {
    match *situation {
        Situation::NotReported { metric } => vec![metric.into()],
        Situation::NoCheck { check } => vec![check.into()],
        Situation::NoOutcome | Situation::NothingExpected => Vec::new(),
        Situation::NoAnswer { summary } => vec![summary.into()],
        Situation::SlowToConnect { took, limit } | Situation::SlowToAnswer { took, limit } => {
            vec![format_duration(took), format_duration(limit)]
        }
        Situation::FolderNotRead { job, why, hint } => texts(&[job, why], hint),
    }
}

fn evidence_of_cause(cause: &Cause<'_>) -> Vec<String> {
    match *cause {
        Cause::AddressDead { dead, alive } => texts(&[dead, alive], None),
        Cause::Standby | Cause::ReadOnly => Vec::new(),
        Cause::MissingPrivilege {
            job,
            said,
            statement,
        }
        | Cause::HiddenPart {
            job,
            said,
            statement,
        } => texts(&[job, said, statement], None),
        Cause::PermissionDenied { job, said, needs } => {
            let mut all = texts(&[job, said], None);
            all.extend(needs.iter().cloned());
            all
        }
        Cause::NotJudged {
            job,
            class,
            said,
            hint,
        } => texts(&[job, class, said], hint),
        Cause::Configured {
            class,
            problem,
            hint,
        } => texts(&[class, problem], hint),
        Cause::FolderNotRead { job, why, hint } => texts(&[job, why], hint),
        Cause::ChecksLate { names, limit } => texts(&[names, &format_duration(limit)], None),
        Cause::CountingLate { limit } => vec![format_duration(limit)],
        Cause::ConnectionUse { reason, hint } => texts(&[reason], hint),
        Cause::QueryLate { after } => vec![format_duration(after)],
        Cause::QueryFailed { said } | Cause::NoSample { said } | Cause::RoundFailed { said } => {
            texts(&[said], None)
        }
        Cause::SlowConnecting { mean, slow_from } | Cause::SlowQuery { mean, slow_from } => {
            vec![format_duration(mean), format_duration(slow_from)]
        }
    }
}

fn texts(some: &[&str], hint: Option<&str>) -> Vec<String> {
    some.iter()
        .copied()
        .chain(hint)
        .map(str::to_owned)
        .collect()
}

#[test]
fn what_is_told_names_all_of_its_evidence() {
    for situation in situations() {
        let told = format!("{}\n{}", situation.text(), situation.advice());
        for evidence in evidence_of_situation(&situation) {
            assert!(told.contains(&evidence), "{situation:?}: {evidence}");
        }
    }
    let needs = [
        "SELECT on orders".to_owned(),
        "pg_read_all_stats".to_owned(),
    ];
    let of_the_pack = Cause::PermissionDenied {
        job: "backlog",
        said: "permission denied",
        needs: &needs,
    };
    for cause in causes().into_iter().chain([of_the_pack]) {
        let (class, text) = (cause.class(), cause.text());
        let statement = cause.statement().unwrap_or_default();
        let told = format!("{class}\n{text}\n{}\n{statement}", cause.advice());
        for evidence in evidence_of_cause(&cause) {
            assert!(told.contains(&evidence), "{cause:?}: {evidence}");
        }
    }
}

#[test]
fn advice_of_somebody_who_knows_more_comes_first() {
    let hint = Some("The check's own advice.");
    let (job, class, said) = ("backlog", "timed-out", "timed out");
    for cause in [
        Cause::NotJudged {
            job,
            class,
            said,
            hint,
        },
        Cause::Configured {
            class,
            problem: said,
            hint,
        },
        Cause::FolderNotRead {
            job,
            why: said,
            hint,
        },
        Cause::ConnectionUse { reason: said, hint },
    ] {
        assert_eq!(cause.advice(), "The check's own advice.", "{cause:?}");
    }
}
