//! Between the SDK's types and those generated from the contract.
//!
//! The SDK has types of its own so that a check, and its tests, build natively without bindings.

mod describe;
mod sql;

use std::time::Duration;

pub use describe::pack_info;
pub use sql::{error_from_host, rows, value_to_host};

use super::bindings::checkrun::check::{context, database, report as wit, state};
use crate::context::{ConnectTiming, CounterChange};
use crate::engine::{Engine, Target, Version};
use crate::error::Error;
use crate::metric::Metric;
use crate::parameter::ParameterValue;
use crate::report::{Finding, Report, Status};

/// Whole milliseconds, for a limit: at least one, and at most what fits (49 days).
pub fn millis(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis())
        .unwrap_or(u32::MAX)
        .max(1)
}

pub fn parameter_from_host(value: context::ParameterValue) -> ParameterValue {
    match value {
        context::ParameterValue::Boolean(it) => ParameterValue::Boolean(it),
        context::ParameterValue::Integer(it) => ParameterValue::Integer(it),
        context::ParameterValue::Number(it) => ParameterValue::Number(it),
        context::ParameterValue::Text(it) => ParameterValue::Text(it),
        context::ParameterValue::DurationSeconds(it) => ParameterValue::DurationSeconds(it),
        context::ParameterValue::SizeBytes(it) => ParameterValue::SizeBytes(it),
        context::ParameterValue::TextList(it) => ParameterValue::TextList(it),
    }
}

pub fn target(target: context::Target) -> Target {
    Target {
        name: target.name,
        engine: match target.engine {
            context::Engine::Postgresql => Engine::Postgresql,
            context::Engine::Mysql => Engine::Mysql,
            context::Engine::Mariadb => Engine::Mariadb,
            context::Engine::Sqlite => Engine::Sqlite,
            context::Engine::Pgbouncer => Engine::Pgbouncer,
        },
        version: Version {
            major: target.version.major,
            minor: target.version.minor,
            patch: target.version.patch,
        },
        version_text: target.version_text,
        database: target.database,
        in_recovery: target.in_recovery,
        labels: target.labels,
    }
}

pub fn connect_timing(timing: database::ConnectTiming) -> ConnectTiming {
    ConnectTiming {
        dns: timing.dns_micros.map(Duration::from_micros),
        tcp: timing.tcp_micros.map(Duration::from_micros),
        tls: timing.tls_micros.map(Duration::from_micros),
        login: timing.login_micros.map(Duration::from_micros),
        total: Duration::from_micros(timing.total_micros),
        attempts: timing.attempts,
    }
}

pub fn counter_change(change: state::CounterChange) -> CounterChange {
    match change {
        state::CounterChange::First => CounterChange::First,
        state::CounterChange::Reset => CounterChange::Reset,
        state::CounterChange::Change(change) => CounterChange::Change {
            increase: change.increase,
            elapsed: Duration::try_from_secs_f64(change.elapsed_seconds).unwrap_or_default(),
            per_second: change.per_second,
        },
    }
}

pub fn report(report: Report) -> wit::Report {
    wit::Report {
        status: status(report.status),
        summary: report.summary,
        metrics: report.metrics.into_iter().map(metric).collect(),
        findings: report.findings.into_iter().map(finding).collect(),
    }
}

fn status(status: Status) -> wit::Status {
    match status {
        Status::Ok => wit::Status::Ok,
        Status::Warning => wit::Status::Warning,
        Status::Unknown => wit::Status::Unknown,
        Status::Critical => wit::Status::Critical,
    }
}

fn metric(metric: Metric) -> wit::Metric {
    wit::Metric {
        name: metric.name,
        value: metric.value,
        unit: metric.unit,
        labels: metric.labels,
    }
}

fn finding(finding: Finding) -> wit::Finding {
    wit::Finding {
        key: finding.key,
        severity: status(finding.severity),
        title: finding.title,
        detail: finding.detail,
        subject: finding.subject,
        advice: finding.advice,
        reference: finding.reference,
        evidence: finding.evidence,
    }
}

pub fn failure(error: Error) -> wit::Failure {
    match error {
        Error::NotApplicable(why) => wit::Failure::NotApplicable(why),
        Error::BadParameter { parameter, why } => wit::Failure::BadParameter((parameter, why)),
        Error::MissingPrivilege(grant) => wit::Failure::MissingPrivilege(grant),
        Error::Database(error) => wit::Failure::Database(sql::error_to_host(error)),
        Error::Internal(why) => wit::Failure::Internal(why),
    }
}
