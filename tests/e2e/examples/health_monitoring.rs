//! Flow 1: one report over many databases.

use super::rehearsal::{Rehearsal, Step, covers, rehearse};

const FILE: &str = "health-monitoring.toml";

/// Each command, with the exit code that it should have.
fn steps(codes: [i32; 3]) -> [Step; 3] {
    let commands = [
        "checkrun run --config health-monitoring.toml",
        "checkrun run --config health-monitoring.toml --format json",
        "checkrun status --config health-monitoring.toml --recorded",
    ];
    let mut codes = codes.into_iter();
    commands.map(|command| Step {
        command,
        code: codes.next().unwrap(),
    })
}

#[test]
fn every_database_is_in_one_report() {
    let steps = steps([0, 0, 0]);
    covers(FILE, &steps);
    let Rehearsal { stage, .. } = &Rehearsal::new(FILE, &[]);
    stage.sqlite("search.db", "create table entry (id integer)");
    let ended = rehearse("flow 1 health monitoring", stage, &steps);
    let document = ended[1].json();
    let runs = document["runs"].as_array().unwrap();
    // Health and performance of four databases, connections of three.
    assert_eq!(runs.len(), 4 + 4 + 3);
    assert!(runs.iter().all(|run| run["status"] == "ok"), "{document:#}");
}

#[test]
fn databases_that_are_down_are_told_beside_those_that_are_well() {
    let Rehearsal { stage, .. } = &Rehearsal::new(FILE, &["billing", "search"]);
    let ended = rehearse(
        "flow 1 health monitoring with two databases down",
        stage,
        &steps([2, 2, 2]),
    );
    let document = ended[1].json();
    for run in document["runs"].as_array().unwrap() {
        let is_down = run["target"] == "billing" || run["target"] == "search";
        assert_eq!(run["status"] != "ok", is_down, "{run:#}");
    }
}
