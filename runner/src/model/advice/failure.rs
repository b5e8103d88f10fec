//! Why a run has no report, in a sentence, and what to try first.

use super::Explanation;
use super::connection::explain;
use crate::model::report::Failure;
use crate::model::sql::{ConnectionClass, ConnectionError, ServerError, SqlError};
use crate::model::unit::format_duration;

/// The sentence, and the advice where there is some.
#[must_use]
pub fn explain_failure(failure: &Failure) -> (String, Option<String>) {
    let (text, advice) = match failure {
        Failure::NotApplicable(why) => return (format!("not applicable: {why}"), None),
        Failure::BadParameter { parameter, why } => (
            format!("parameter `{parameter}`: {why}"),
            "Correct the parameter in the configuration.",
        ),
        Failure::MissingPrivilege(statement) => {
            let advice = format!("Run as an administrator of the database: {statement}");
            return ("the account lacks a privilege".into(), Some(advice));
        }
        Failure::Database(error) => return explain_sql(error),
        Failure::Internal(why) => (
            format!("the check gave up: {why}"),
            "Report it to the author of the pack.",
        ),
        Failure::TimedOut { limit, during } => (
            format!("timed out after {} while {during}", format_duration(*limit)),
            "Raise `timeout` for this check, or find out why the database is slow.",
        ),
        Failure::LimitReached(what) => (
            what.clone(),
            "The pack uses more than a check may; report it to its author.",
        ),
        Failure::Crashed(how) => (
            format!("the check crashed: {how}"),
            "Report it to the author of the pack.",
        ),
        Failure::BadReport(why) => (
            format!("report rejected: {why}"),
            "Report it to the author of the pack.",
        ),
        Failure::Defect(what) => (what.clone(), "Please report it as a defect of checkrun."),
        Failure::Pack(why) => (
            format!("the pack did not load: {why}"),
            "Rebuild or replace the pack.",
        ),
    };
    (text, Some(advice.to_owned()))
}

fn explain_sql(error: &SqlError) -> (String, Option<String>) {
    let (text, advice) = match error {
        SqlError::Server(server) => (
            format!("the database refused: {}", describe(server)),
            server.hint.as_deref().unwrap_or(
                "Run the statement by hand with the same account; the server's log may say more.",
            ),
        ),
        SqlError::PermissionDenied(server) => (
            format!("permission denied: {}", describe(server)),
            "Grant the account what the message names; `checkrun inspect` lists what the check needs.",
        ),
        SqlError::UndefinedObject(server) => (
            format!("not there: {}", describe(server)),
            "Is this the right database, and the right version of the schema?",
        ),
        SqlError::Forbidden(why) => return (format!("not allowed: {why}"), None),
        SqlError::InvalidParameter(why) => {
            return (format!("parameters do not fit the statement: {why}"), None);
        }
        SqlError::Timeout(after) => (
            format!("a query took longer than {}", format_duration(*after)),
            "Raise `timeout` for this check, or find out what the query waits for.",
        ),
        SqlError::Connection(error) => explain_no_connection(error),
        SqlError::LimitExceeded(what) => (
            format!("the run's budget is spent: {what}"),
            "Ask for less: fewer or shorter columns, fewer rows, an aggregate.",
        ),
    };
    (text, Some(advice.to_owned()))
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

/// What is in the way of a connection, and what to do.
#[must_use]
pub fn explain_no_connection(error: &ConnectionError) -> (String, &'static str) {
    let Explanation { meaning, advice } = explain(error.class);
    let text = match error.class {
        // The message names the privileges and the way out, and is all there is to say.
        ConnectionClass::AccountRefused => error.message.clone(),
        _ => format!("no connection: {meaning} ({})", error.message),
    };
    (text, advice)
}
