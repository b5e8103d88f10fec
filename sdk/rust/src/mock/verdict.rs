//! What fails a test: a check and a test that do not fit together, and a report that the real host
//! would refuse. Every message says what to change.

#![expect(
    clippy::panic,
    reason = "this is how a test fails; nothing here is built for WebAssembly"
)]

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::query::ExpectedQuery;
use crate::check::Check;
use crate::context::ConnectTiming;
use crate::engine::{EngineRequirement, Target};
use crate::error::{Error, Result};
use crate::metric::is_metric_name;
use crate::parameter::{ParameterKind, ParameterSpec, ParameterValue};
use crate::report::Report;
use crate::sql::error::DatabaseError;
use crate::sql::value::Value;

/// What unwinds a check that the host does not let go on.
struct RunEnds(Error);

/// Ends the run as the host does, where the check does not work on this server.
pub fn hold_against(engines: &[EngineRequirement], target: &Target) {
    let admits = |needed: &EngineRequirement| {
        let old_enough = needed
            .min_version
            .is_none_or(|least| target.version >= least);
        needed.engine == target.engine && old_enough
    };
    if engines.is_empty() || engines.iter().any(admits) {
        return;
    }
    let needed: Vec<String> = engines
        .iter()
        .map(|needed| match needed.min_version {
            None => needed.engine.to_string(),
            Some(least) => format!("{} from {least}", needed.engine),
        })
        .collect();
    // Not a panic: nothing is to be printed, and nothing is wrong.
    resume_unwind(Box::new(RunEnds(Error::not_applicable(format!(
        "needs {}, and this is {} {}",
        needed.join(" or "),
        target.engine,
        target.version
    )))));
}

/// What the check returned, or what the host ended it with.
#[track_caller]
pub fn ended(run: impl FnOnce() -> Result<Report>) -> Result<Report> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| match panic.downcast::<RunEnds>() {
        Ok(ends) => Err(ends.0),
        Err(panic) => resume_unwind(panic),
    })
}

/// The parameters of the run: those that the test gives, and the defaults of the others.
#[track_caller]
pub fn parameters(
    check: &Check,
    given: &[(String, ParameterValue)],
) -> Vec<(String, ParameterValue)> {
    let specs = (check.parameters)();
    for (name, _) in given {
        if !specs.iter().any(|spec| spec.name == name) {
            let known: Vec<&str> = specs.iter().map(|spec| spec.name).collect();
            panic!(
                "check `{}` has no parameter `{name}`; it has: {}",
                check.id,
                if known.is_empty() {
                    "none".to_owned()
                } else {
                    known.join(", ")
                }
            );
        }
    }
    specs
        .iter()
        .filter_map(|spec| {
            let configured = given.iter().find(|(name, _)| name == spec.name);
            let value = match configured {
                Some((_, value)) => Some(fitting(spec, value)),
                None if spec.required => panic!(
                    "check `{}` requires the parameter `{}`; add `.parameter(\"{}\", …)`",
                    check.id, spec.name, spec.name
                ),
                None => spec.default.clone(),
            };
            value.map(|value| (spec.name.to_owned(), value))
        })
        .collect()
}

/// The value as the host would hand it over: of the declared kind, and one of the choices.
#[track_caller]
fn fitting(spec: &ParameterSpec, value: &ParameterValue) -> ParameterValue {
    match value {
        #[expect(clippy::cast_precision_loss, reason = "the host does the same")]
        ParameterValue::Integer(whole) if spec.kind == ParameterKind::Number => {
            ParameterValue::Number(*whole as f64)
        }
        ParameterValue::Text(text)
            if !spec.choices.is_empty() && !spec.choices.contains(&text.as_str()) =>
        {
            panic!(
                "parameter `{}` cannot be \"{text}\"; it can be: {}",
                spec.name,
                spec.choices.join(", ")
            )
        }
        value if spec.kind.is_handed_over_as(value) => value.clone(),
        value => panic!(
            "parameter `{}` is a {:?}, and the test gives a {:?}: {value:?}",
            spec.name,
            spec.kind,
            value.kind()
        ),
    }
}

pub fn unexpected_query(sql: &str, values: &[Value], expected: &[ExpectedQuery]) -> ! {
    panic!(
        "the check asked a query that the test does not expect:\n    {}\n  with the values {values:?}\n\
         expected and not asked yet:\n{}\
         add `.on_query(contains(\"…\"), rows! {{ … }})` for it, once for each time it is asked",
        sql.trim(),
        listed(expected)
    );
}

pub fn unexpected_connect() -> ! {
    panic!(
        "the check opened a connection that the test does not expect; add `.on_connect(…)` or \
         `.on_connect_error(…)`, once for each connection"
    );
}

#[track_caller]
pub fn nothing_is_left(
    check: &Check,
    queries: &[ExpectedQuery],
    connects: &[Result<ConnectTiming, DatabaseError>],
    result: &Result<Report>,
) {
    let why = match result {
        Ok(_) => String::new(),
        Err(error) => format!(" ({error})"),
    };
    assert!(
        queries.is_empty(),
        "check `{}` ended{why} without asking what the test expects:\n{}",
        check.id,
        listed(queries)
    );
    assert!(
        connects.is_empty(),
        "check `{}` ended{why} without opening {} of the connections that the test expects",
        check.id,
        connects.len()
    );
}

#[track_caller]
pub fn report_is_acceptable(check: &Check, report: &Report) {
    let mut metrics = BTreeSet::new();
    for metric in &report.metrics {
        let name = metric.name.as_str();
        assert!(
            !metric.declared || check.metrics.iter().any(|spec| spec.name == name),
            "metric `{name}` is not declared by check `{}`; add its constant to \
             `#[check(metrics = […])]`",
            check.id
        );
        assert!(
            is_metric_name(name),
            "metric `{name}`: a name has lower-case letters, digits and `_`, a letter first"
        );
        assert!(
            metric.value.is_finite(),
            "metric `{name}` is {}; the host refuses a report with a number that is not finite",
            metric.value
        );
        let mut labels = metric.labels.clone();
        labels.sort();
        assert!(
            metrics.insert((name, labels)),
            "metric `{name}` is there twice with the same labels; tell them apart with `.label(…)`"
        );
    }
    let mut keys = BTreeSet::new();
    for finding in &report.findings {
        assert!(
            keys.insert(&finding.key),
            "finding `{}` is there twice; add what it is about to its key, such as `bloat/orders`",
            finding.key
        );
    }
}

fn listed(expected: &[ExpectedQuery]) -> String {
    if expected.is_empty() {
        return "  (nothing)\n".to_owned();
    }
    expected
        .iter()
        .map(|query| format!("  {}\n", query.matcher))
        .collect()
}
