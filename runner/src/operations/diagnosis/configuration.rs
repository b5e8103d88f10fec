//! The stages `configuration` and `secret`: what the target says, and whether its password is there.

use std::time::Duration;

use super::document::{Problem, Stage, StageReport};
use crate::model::target::{Address, Host, Target, TlsMode};
use crate::model::unit::format_duration;

/// Judges the target's part of the configuration by the problems that were found in it.
#[must_use]
pub fn configuration(target: &Target, problems: Vec<Problem>, took: Duration) -> StageReport {
    let mut stage = StageReport::passed(Stage::Configuration, took);
    if let Address::Server(server) = &target.address {
        let database = server.database.as_deref().unwrap_or("none");
        stage = stage
            .with_fact("user", &*server.user)
            .with_fact("database", database)
            .with_fact("tls", mode(server.tls.mode));
    }
    stage = stage.with_fact("connect timeout", format_duration(target.connect_timeout));
    problems.into_iter().fold(stage, StageReport::with_problem)
}

/// A target that cannot be looked at: nobody knows it, or its part of the configuration has errors.
#[must_use]
pub fn unusable(problems: Vec<Problem>) -> StageReport {
    let stage = StageReport::along(Stage::Configuration);
    problems.into_iter().fold(stage, StageReport::with_problem)
}

/// Judges the look-up of the password. `source` says where it should be, in words; the secret itself and
/// all that depends on it stay out of this.
#[must_use]
pub fn secret(source: Option<&str>, problems: Vec<Problem>, took: Duration) -> StageReport {
    let stage = StageReport::passed(Stage::Secret, took);
    let stage = match source {
        Some(source) => stage.with_fact("password", source),
        None => stage.with_fact("password", "none is configured"),
    };
    problems.into_iter().fold(stage, StageReport::with_problem)
}

/// Where the target is, as an operator would write it.
#[must_use]
pub fn place(address: &Address) -> String {
    match address {
        Address::File(path) => path.display().to_string(),
        Address::Server(server) => match &server.host {
            Host::Socket { path, .. } => path.display().to_string(),
            Host::Tcp { name, port } if name.contains(':') => format!("[{name}]:{port}"),
            Host::Tcp { name, port } => format!("{name}:{port}"),
        },
    }
}

/// The word of the configuration.
fn mode(mode: TlsMode) -> &'static str {
    match mode {
        TlsMode::Disable => "disable",
        TlsMode::Prefer => "prefer",
        TlsMode::Require => "require",
        TlsMode::VerifyFull => "verify-full",
    }
}
