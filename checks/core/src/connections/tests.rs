//! Every state of a server, as `core/connections` reports it.

mod mysql;
mod parameters;
mod pgbouncer;
mod postgresql;

use checkrun_sdk::Report;
use checkrun_sdk::mock::Mock;

use super::connections;

/// The reports of these cases in one text, each under its sentence.
fn reports(cases: Vec<(&str, Mock)>) -> String {
    let shown: Vec<String> = cases
        .into_iter()
        .map(|(name, mock)| format!("== {name}\n{}", report(name, &mock)))
        .collect();
    shown.join("\n")
}

fn report(name: &str, mock: &Mock) -> Report {
    mock.run(connections).expect(name)
}
