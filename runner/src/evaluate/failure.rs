//! What a run without a report means: mostly `unknown`, with the sentence and the advice.

use crate::model::report::Failure;
use crate::model::run::{Outcome, Reason};
use crate::model::sql::{ConnectionClass, ServerError, SqlError};
use crate::model::status::Status;
use crate::model::unit::format_duration;

/// A failure as an outcome. Only "not applicable" is ok: there the check has nothing to judge.
pub fn judge(failure: Failure) -> Outcome {
    let (status, text, advice) = explain(&failure);
    let reasons = match status {
        Status::Ok => Vec::new(),
        status => vec![Reason {
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
            server.hint.clone(),
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
        SqlError::Connection(connection) => (
            format!("no connection: {}", connection.message),
            Some(connection_advice(connection.class).into()),
        ),
        SqlError::LimitExceeded(what) => (format!("the run's budget is spent: {what}"), None),
    }
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

/// What to try first.
fn connection_advice(class: ConnectionClass) -> &'static str {
    match class {
        ConnectionClass::Refused => {
            "Is the server running, and does it listen on this address and port?"
        }
        ConnectionClass::Unreachable => {
            "Is there a route to the host? Look at the network and the firewall."
        }
        ConnectionClass::Timeout => {
            "Does a firewall drop the packets, or is the server overloaded?"
        }
        ConnectionClass::Dns => "Is the host's name right? Try `getent hosts` with it.",
        ConnectionClass::Tls => "Look at the certificate and at the target's `tls` settings.",
        ConnectionClass::Authentication => {
            "Check user, password and the server's rules for this host."
        }
        ConnectionClass::UnknownDatabase => "Check the database's name in the target's URL.",
        ConnectionClass::TooManyConnections => {
            "Who holds the connections? Free some, or raise the limit."
        }
        ConnectionClass::StartingUp => "Wait until the server is ready.",
        ConnectionClass::ShuttingDown => "The server is being stopped; wait, or start it again.",
        ConnectionClass::Protocol => "Does another service answer on this port?",
        ConnectionClass::Lost => {
            "Was the server restarted, or does something between cut connections?"
        }
        ConnectionClass::AccountRefused => {
            "Use an account that can only read, or set `allow_privileged = true` for the target."
        }
        ConnectionClass::Other => {
            "Try to connect with the database's own client from this machine."
        }
    }
}
