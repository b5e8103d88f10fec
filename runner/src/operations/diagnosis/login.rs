//! The stages `authentication` and `database`, or `file`: what the login that checks use came to.
//!
//! One login goes through several stages, and the class of its error tells which of them failed: a
//! server asks for the password before it looks for the database, and what an account may do is seen
//! after both.

use std::time::Duration;

use super::document::{Problem, Severity, Stage, StageReport};
use crate::model::advice::{Cause, explain, remedy};
use crate::model::engine::{Engine, Version};
use crate::model::sql::{ConnectTiming, ConnectionClass, ConnectionError, ServerFacts};
use crate::model::target::{Address, Target};
use crate::model::unit::format_duration;

/// A login, as far as it got.
#[derive(Clone, Debug)]
pub struct Login {
    /// What it came to.
    pub result: Result<(ConnectTiming, ServerFacts), ConnectionError>,
    /// How long it took.
    pub took: Duration,
}

/// Judges a login to a server.
#[must_use]
pub fn server(target: &Target, login: &Login) -> Vec<StageReport> {
    match &login.result {
        Ok((timing, facts)) => vec![
            authenticated(target, login.took).with_fact("login", connected(timing)),
            database(facts),
        ],
        Err(error) => refused(target, error, login.took),
    }
}

/// Judges the opening of a SQLite file.
#[must_use]
pub fn file(target: &Target, size: Option<u64>, login: &Login) -> StageReport {
    let mut stage = StageReport::passed(Stage::File, login.took);
    if let Some(size) = size {
        #[expect(clippy::cast_precision_loss, reason = "for people")]
        let size = crate::model::unit::format_value(size as f64, "bytes");
        stage = stage.with_fact("size", size);
    }
    match &login.result {
        Ok((_, facts)) => stage.with_fact("library", server_name(facts)),
        Err(error) => stage.with_problem(failed(target, error)),
    }
}

fn refused(target: &Target, error: &ConnectionError, took: Duration) -> Vec<StageReport> {
    let problem = failed(target, error);
    let alone = |stage| StageReport::passed(stage, took).with_problem(problem.clone());
    let after_login = |stage| StageReport::along(stage).with_problem(problem.clone());
    match error.class {
        ConnectionClass::UnknownDatabase | ConnectionClass::DatabaseRefused => {
            vec![authenticated(target, took), after_login(Stage::Database)]
        }
        ConnectionClass::AccountRefused => vec![
            authenticated(target, took),
            StageReport::along(Stage::Database),
            after_login(Stage::Privileges),
        ],
        ConnectionClass::Tls => vec![alone(Stage::Tls)],
        ConnectionClass::Dns => vec![alone(Stage::Dns)],
        ConnectionClass::Refused
        | ConnectionClass::Unreachable
        | ConnectionClass::Timeout
        | ConnectionClass::Authentication
        | ConnectionClass::TooManyConnections
        | ConnectionClass::StartingUp
        | ConnectionClass::ShuttingDown
        | ConnectionClass::Protocol
        | ConnectionClass::Lost
        | ConnectionClass::Other => vec![alone(Stage::Authentication)],
    }
}

fn failed(target: &Target, error: &ConnectionError) -> Problem {
    let explanation = explain(error.class);
    let message = match error.class {
        // The message names the privileges and the way out, and is all there is to say.
        ConnectionClass::AccountRefused => error.message.clone(),
        _ => format!("{} ({})", explanation.meaning, error.message),
    };
    Problem::failed(error.class.as_str(), message, explanation.advice)
        .with_statement(remedy(error.class, &target.address))
}

fn authenticated(target: &Target, took: Duration) -> StageReport {
    let stage = StageReport::passed(Stage::Authentication, took);
    match &target.address {
        Address::Server(server) => stage.with_fact("user", &*server.user),
        Address::File(_) => stage,
    }
}

/// `12 ms, of which name 0.2 ms and connection 0.4 ms`
fn connected(timing: &ConnectTiming) -> String {
    let total = format_duration(timing.total);
    match (timing.dns, timing.tcp) {
        (Some(dns), Some(tcp)) => format!(
            "in {total}, the name in {}, the connection in {}",
            format_duration(dns),
            format_duration(tcp)
        ),
        _ => format!("in {total}"),
    }
}

fn database(facts: &ServerFacts) -> StageReport {
    let stage = StageReport::along(Stage::Database)
        .with_fact("server", server_name(facts))
        .with_fact("database", facts.database.as_deref().unwrap_or("none"));
    match (facts.in_recovery, facts.engine) {
        (Some(true), Engine::Postgresql) => {
            let stage = stage.with_fact("in recovery", "yes");
            stage.with_problem(Problem::of(Severity::Warning, &Cause::Standby))
        }
        (Some(true), _) => {
            let stage = stage.with_fact("read only", "yes");
            stage.with_problem(Problem::of(Severity::Warning, &Cause::ReadOnly))
        }
        (Some(false), Engine::Postgresql) => stage.with_fact("in recovery", "no"),
        (Some(false), _) => stage.with_fact("read only", "no"),
        (None, _) => stage,
    }
}

/// `PostgreSQL 15.18`, `MariaDB 10.11.19`
fn server_name(facts: &ServerFacts) -> String {
    let Version { major, minor, .. } = facts.version;
    match facts.engine {
        Engine::Postgresql => format!("PostgreSQL {major}.{minor}"),
        Engine::Mysql => format!("MySQL {}", facts.version),
        Engine::Mariadb => format!("MariaDB {}", facts.version),
        Engine::Sqlite => format!("SQLite {}", facts.version),
        Engine::Pgbouncer => format!("PgBouncer {}", facts.version),
    }
}
