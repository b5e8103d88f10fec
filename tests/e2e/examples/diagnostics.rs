//! Flow 3: what is wrong with one database, and what to do first.

use super::rehearsal::{Rehearsal, Step, covers, rehearse};

const FILE: &str = "diagnostics.toml";

/// Each command, with the exit code that it should have.
fn steps(codes: [i32; 4]) -> [Step; 4] {
    let commands = [
        "checkrun diagnose orders --config diagnostics.toml",
        "checkrun performance orders --config diagnostics.toml --rounds 5",
        "checkrun run --target orders --config diagnostics.toml",
        "checkrun status orders --recorded --config diagnostics.toml",
    ];
    let mut codes = codes.into_iter();
    commands.map(|command| Step {
        command,
        code: codes.next().unwrap(),
    })
}

// Its thresholds are those of a database that has the machine for itself.
#[test]
fn heavy_a_database_that_is_well_has_nothing_to_tell() {
    let steps = steps([0, 0, 0, 0]);
    covers(FILE, &steps);
    rehearse(
        "flow 3 diagnostics",
        &Rehearsal::new(FILE, &[]).stage,
        &steps,
    );
}

#[test]
fn a_database_that_is_down_is_told_with_what_to_do_first() {
    rehearse(
        "flow 3 diagnostics of a database that is down",
        &Rehearsal::new(FILE, &["orders"]).stage,
        &steps([2, 2, 2, 2]),
    );
}
