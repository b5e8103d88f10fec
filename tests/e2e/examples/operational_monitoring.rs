//! Flow 4: what the schedule runs, what is kept of it, and the mail about it.

use std::fs;

use super::rehearsal::{Rehearsal, Step, covers, rehearse};

const FILE: &str = "operational-monitoring.toml";

/// Each command, with the exit code that it should have.
fn steps(codes: [i32; 5]) -> [Step; 5] {
    let commands = [
        "checkrun config check --config operational-monitoring.toml",
        "checkrun schedule --once --config operational-monitoring.toml",
        "checkrun status --config operational-monitoring.toml --recorded",
        "checkrun history list --config operational-monitoring.toml --at-least warning --since 24h",
        "checkrun alerts list --config operational-monitoring.toml",
    ];
    let mut codes = codes.into_iter();
    commands.map(|command| Step {
        command,
        code: codes.next().unwrap(),
    })
}

#[test]
fn all_is_well_and_nobody_is_told_anything() {
    let steps = steps([0, 0, 0, 0, 0]);
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
        &steps([0, 2, 2, 0, 0]),
    );
}

#[test]
fn a_database_that_stays_down_is_told_by_one_mail_to_whoever_is_on_call() {
    let Rehearsal { stage, .. } = &Rehearsal::new(FILE, &["billing"]);
    stage.sqlite("search.db", "create table entry (id integer)");
    let config = ["--config", FILE];
    for _ in 0..3 {
        let _ = stage
            .run(&[&["schedule", "--once"][..], &config].concat())
            .expect(2);
    }
    let ended = stage
        .run(&[&["alerts", "deliver"][..], &config].concat())
        .expect(0);
    assert_eq!(ended.stderr, "told oncall@example.org about billing\n");
    let mails: Vec<String> = fs::read_dir(stage.path("outbox"))
        .unwrap()
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    assert_eq!(mails.len(), 1, "{mails:#?}");
    for line in [
        "Subject: CRIT billing: unreachable:",
        "To: oncall@example.org\r\n",
        "X-Checkrun-Target: billing",
    ] {
        assert!(mails[0].contains(line), "{line}:\n{}", mails[0]);
    }
}
