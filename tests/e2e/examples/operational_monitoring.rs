//! Flow 4: what the schedule runs, and what is kept of it.

use super::rehearsal::{Rehearsal, Step, covers, rehearse};

const FILE: &str = "operational-monitoring.toml";

/// Each command, with the exit code that it should have.
fn steps(codes: [i32; 4]) -> [Step; 4] {
    let commands = [
        "checkrun config check --config operational-monitoring.toml",
        "checkrun schedule --once --config operational-monitoring.toml",
        "checkrun status --config operational-monitoring.toml --recorded",
        "checkrun history list --config operational-monitoring.toml --at-least warning --since 24h",
    ];
    let mut codes = codes.into_iter();
    commands.map(|command| Step {
        command,
        code: codes.next().unwrap(),
    })
}

#[test]
fn what_has_no_effect_yet_is_told_and_the_rest_runs() {
    let steps = steps([0, 0, 0, 0]);
    covers(FILE, &steps);
    let Rehearsal { stage, .. } = &Rehearsal::new(FILE, &[]);
    stage.sqlite("search.db", "create table entry (id integer)");
    rehearse("flow 4 operational monitoring", stage, &steps);
}

#[test]
fn a_database_that_is_down_is_kept_and_told_afterwards() {
    let Rehearsal { stage, .. } = &Rehearsal::new(FILE, &["billing"]);
    stage.sqlite("search.db", "create table entry (id integer)");
    rehearse(
        "flow 4 operational monitoring with a database down",
        stage,
        &steps([0, 2, 2, 0]),
    );
}
