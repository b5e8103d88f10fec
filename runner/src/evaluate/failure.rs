//! What a run without a report means: mostly `unknown`, with the sentence and the advice.

use crate::model::connection_advice::{Explanation, explain as explain_connection};
use crate::model::incident::Object;
use crate::model::report::Failure;
use crate::model::run::{About, Outcome, Reason};
use crate::model::sql::{ConnectionClass, ConnectionError, ServerError, SqlError};
use crate::model::status::Status;
use crate::model::unit::format_duration;

/// A failure as an outcome. Only "not applicable" is ok: there the check has nothing to judge.
pub fn judge(failure: Failure) -> Outcome {
    let (status, text, advice) = explain(&failure);
    let reasons = match status {
        Status::Ok => Vec::new(),
        status => vec![Reason {
            object: Some(Object::judging()),
            status,
            text: text.clone(),
            advice,
        }],
    };
    Outcome {
        status,
        summary: text,
        reasons,
        metrics: Vec::new(),
        findings: Vec::new(),
        failure: Some(failure),
        held: Vec::new(),
        about: About::Job,
    }
}

fn explain(failure: &Failure) -> (Status, String, Option<String>) {
    let unknown = |text: String, advice: &str| (Status::Unknown, text, Some(advice.to_owned()));
    match failure {
        Failure::NotApplicable(why) => (Status::Ok, format!("not applicable: {why}"), None),
        Failure::BadParameter { parameter, why } => unknown(
            format!("parameter `{parameter}`: {why}"),
            "Correct the parameter in the configuration.",
        ),
        Failure::MissingPrivilege(statement) => (
            Status::Unknown,
            "the account lacks a privilege".into(),
            Some(format!(
                "Run as an administrator of the database: {statement}"
            )),
        ),
        Failure::Database(error) => {
            let (text, advice) = explain_sql(error);
            (Status::Unknown, text, advice)
        }
        Failure::Internal(why) => unknown(
            format!("the check gave up: {why}"),
            "Report it to the author of the pack.",
        ),
        Failure::TimedOut { limit, during } => unknown(
            format!("timed out after {} while {during}", format_duration(*limit)),
            "Raise `timeout` for this check, or find out why the database is slow.",
        ),
        Failure::LimitReached(what) => unknown(
            what.clone(),
            "The pack uses more than a check may; report it to its author.",
        ),
        Failure::Crashed(how) => unknown(
            format!("the check crashed: {how}"),
            "Report it to the author of the pack.",
        ),
        Failure::BadReport(why) => unknown(
            format!("report rejected: {why}"),
            "Report it to the author of the pack.",
        ),
        Failure::Defect(what) => unknown(what.clone(), "Please report it as a defect of checkrun."),
        Failure::Pack(why) => unknown(
            format!("the pack did not load: {why}"),
            "Rebuild or replace the pack.",
        ),
    }
}

fn explain_sql(error: &SqlError) -> (String, Option<String>) {
    match error {
        SqlError::Server(server) => (
            format!("the database refused: {}", describe(server)),
            Some(server.hint.clone().unwrap_or_else(|| {
                "Run the statement by hand with the same account; the server's log may say more."
                    .into()
            })),
        ),
        SqlError::PermissionDenied(server) => (
            format!("permission denied: {}", describe(server)),
            Some("Grant the account what the check needs; `checkrun inspect` lists it.".into()),
        ),
        SqlError::UndefinedObject(server) => (
            format!("not there: {}", describe(server)),
            Some("Is this the right database, and the right version of the schema?".into()),
        ),
        SqlError::Forbidden(why) => (format!("not allowed: {why}"), None),
        SqlError::InvalidParameter(why) => {
            (format!("parameters do not fit the statement: {why}"), None)
        }
        SqlError::Timeout(after) => (
            format!("a query took longer than {}", format_duration(*after)),
            Some("Raise `timeout` for this check, or find out what the query waits for.".into()),
        ),
        SqlError::Connection(error) => {
            let (text, advice) = no_connection(error);
            (text, Some(advice.to_owned()))
        }
        SqlError::LimitExceeded(what) => (
            format!("the run's budget is spent: {what}"),
            Some("Ask for less: fewer or shorter columns, fewer rows, an aggregate.".into()),
        ),
    }
}

/// What is in the way of a connection, and what to do.
pub(super) fn no_connection(error: &ConnectionError) -> (String, &'static str) {
    let Explanation { meaning, advice } = explain_connection(error.class);
    let text = match error.class {
        // The message names the privileges and the way out, and is all there is to say.
        ConnectionClass::AccountRefused => error.message.clone(),
        _ => format!("no connection: {meaning} ({})", error.message),
    };
    (text, advice)
}

fn describe(server: &ServerError) -> String {
    let code = server
        .sqlstate
        .clone()
        .or_else(|| server.code.map(|code| code.to_string()));
    match code {
        Some(code) => format!("{} ({code})", server.message),
        None => server.message.clone(),
    }
}
