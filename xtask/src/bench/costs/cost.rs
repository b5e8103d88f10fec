//! What one run of one check used, read from the JSON document of `checkrun run`.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::failure::Failure;
use crate::program;

/// One check on one target, once.
#[derive(Clone, Debug, PartialEq)]
pub struct Cost {
    /// The id, without the pack's name.
    pub check: String,
    /// One of [`super::setting::TARGETS`].
    pub target: String,
    /// Queries sent.
    pub queries: u64,
    /// Rows handed to the check.
    pub rows: u64,
    /// Bytes of values handed to the check.
    pub bytes: u64,
    /// Waiting for the answers to the queries, milliseconds.
    pub database_ms: f64,
    /// The check's metric `connect_time`, milliseconds.
    pub connect_ms: Option<f64>,
    /// The kind of failure of a run without a report, such as `not-applicable`.
    pub failure: Option<String>,
}

/// Runs the command and reads what each run used. A status other than ok is no failure here.
pub fn runs(command: &mut Command) -> Result<Vec<Cost>, Failure> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(Failure::program(command.get_program()))?;
    // As monitoring plugins: ok, warning, critical, unknown.
    if !matches!(output.status.code(), Some(0..=3)) {
        return Err(Failure::Exit {
            line: program::line(command),
            status: output.status,
        });
    }
    parse(&String::from_utf8_lossy(&output.stdout)).ok_or_else(|| {
        Failure::Missing("`checkrun run --format json` printed something else than expected".into())
    })
}

fn parse(text: &str) -> Option<Vec<Cost>> {
    let document: Value = serde_json::from_str(text).ok()?;
    let runs = document["runs"].as_array()?;
    runs.iter().map(cost).collect()
}

fn cost(run: &Value) -> Option<Cost> {
    let usage = &run["usage"];
    let connect_seconds = run["metrics"]
        .as_array()?
        .iter()
        .find(|metric| metric["name"] == "connect_time")
        .and_then(|metric| metric["value"].as_f64());
    Some(Cost {
        check: run["check"].as_str()?.strip_prefix("core/")?.to_owned(),
        target: run["target"].as_str()?.to_owned(),
        queries: usage["queries"].as_u64()?,
        rows: usage["rows"].as_u64()?,
        bytes: usage["bytes"].as_u64()?,
        database_ms: usage["database_ms"].as_f64()?,
        connect_ms: connect_seconds.map(|seconds| seconds * 1e3),
        failure: run["failure"].as_str().map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_and_anything_else_is_not() {
        let document = r#"{ "runs": [
            { "check": "core/health", "target": "SQLite", "failure": null,
              "metrics": [{ "name": "connect_time", "value": 0.0025 }],
              "usage": { "queries": 1, "rows": 2, "bytes": 8, "database_ms": 0.053 } },
            { "check": "core/connections", "target": "SQLite", "failure": "not-applicable",
              "metrics": [],
              "usage": { "queries": 0, "rows": 0, "bytes": 0, "database_ms": 0.0 } }
        ] }"#;
        let costs = parse(document).unwrap();
        assert_eq!(costs[0].connect_ms, Some(2.5));
        assert_eq!((costs[0].queries, costs[0].rows, costs[0].bytes), (1, 2, 8));
        assert_eq!(costs[1].failure.as_deref(), Some("not-applicable"));
        for other in ["", "{}", r#"{ "runs": [{}] }"#] {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
