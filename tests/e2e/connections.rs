//! `core/connections` on servers with real connections, and through PgBouncer's console.

mod pooler;
mod servers;

use checkrun_testkit::{Account, Client, Endpoint, client};
use checkrun_tests::Stage;
use serde_json::Value;

const CHECK: &str =
    "\n[[check]]\nuse = \"core/connections\"\ntargets = [\"*\"]\ntimeout = \"10s\"\n";

/// Runs `core/connections` with these further lines in its table, and returns the one run.
fn run(target: &str, further: &str, code: i32) -> Value {
    let stage = Stage::new(&format!("{target}{CHECK}{further}"));
    let document = stage.run(&["run", "--format", "json"]).expect(code).json();
    document["runs"][0].clone()
}

/// The value of a metric with these labels, `key=value`; none when it was not measured.
fn metric(run: &Value, name: &str, label: &str) -> Option<f64> {
    let metrics = run["metrics"].as_array().unwrap();
    let labels = |metric: &Value| {
        let labels = metric["labels"].as_object().unwrap().iter();
        let texts: Vec<String> = labels
            .map(|(key, value)| format!("{key}={}", value.as_str().unwrap()))
            .collect();
        texts.join(",")
    };
    metrics
        .iter()
        .find(|metric| metric["name"] == name && labels(metric) == label)
        .and_then(|metric| metric["value"].as_f64())
}

fn finding<'a>(run: &'a Value, key: &str) -> Option<&'a Value> {
    let findings = run["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["key"] == key)
}

/// A piece of evidence of a finding.
fn evidence(finding: &Value, name: &str) -> String {
    let pairs = finding["evidence"].as_array().unwrap();
    let found = pairs.iter().find(|pair| pair[0] == name);
    let pair = found.expect("the evidence is there");
    pair[1].as_str().unwrap().to_owned()
}

/// So many sessions that the server has let in, each of which has then sent these statements.
fn sessions(
    count: usize,
    endpoint: &Endpoint,
    account: Account,
    application: &str,
    statements: &str,
) -> Vec<Client> {
    (0..count)
        .map(|_| {
            let mut session = Client::open(endpoint, account, application).unwrap();
            session.send(statements).unwrap();
            session
        })
        .collect()
}

fn ask(endpoint: &Endpoint, account: Account, sql: &str) -> String {
    client::execute(endpoint, account, sql).unwrap()
}
