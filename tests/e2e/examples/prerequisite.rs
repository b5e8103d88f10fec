//! Flow 2: what may start, what must not, and the entry point of a container.

use super::rehearsal::{Rehearsal, Step, covers, example, rehearse};
use crate::schemas::keeps_to;

const FILE: &str = "prerequisite.toml";

/// Each command, with the exit code that it should have.
fn steps(codes: [i32; 4]) -> [Step; 4] {
    let commands = [
        "checkrun preflight --config prerequisite.toml",
        "checkrun preflight --config prerequisite.toml --wait 60s",
        "checkrun preflight --config prerequisite.toml --strict --slow 10s",
        "checkrun preflight --config prerequisite.toml jobs --migrations require --format json",
    ];
    let mut codes = codes.into_iter();
    commands.map(|command| Step {
        command,
        code: codes.next().unwrap(),
    })
}

/// The example, with a database in which two of these migrations are applied.
fn with_migrations(files: &[&str], down: &[&str]) -> Rehearsal {
    let rehearsal = Rehearsal::new(FILE, down);
    let stage = &rehearsal.stage;
    stage.sqlite(
        "jobs.db",
        "create table schema_migrations (version varchar(128) primary key);
         insert into schema_migrations values ('20260901080000'), ('20260915080000');",
    );
    for file in files {
        stage.write(&format!("migrations/{file}"), "-- migrate:up\n");
    }
    rehearsal
}

const APPLIED: [&str; 2] = [
    "20260901080000_create_jobs.sql",
    "20260915080000_add_priority.sql",
];

#[test]
fn an_application_may_start_when_everything_is_ready() {
    let steps = steps([0, 0, 0, 0]);
    covers(FILE, &steps);
    let Rehearsal { stage, .. } = &with_migrations(&APPLIED, &[]);
    let ended = rehearse("flow 2 prerequisite", stage, &steps);
    let document = ended[3].json();
    keeps_to("preflight", &document);
    assert_eq!(document["databases"][0]["migrations"][0]["pending"], 0);
}

#[test]
fn the_caller_says_whether_a_pending_migration_is_a_failure() {
    let files = [&APPLIED[..], &["20261001080000_add_deadline.sql"]].concat();
    let Rehearsal { stage, .. } = &with_migrations(&files, &[]);
    let ended = rehearse(
        "flow 2 prerequisite with a pending migration",
        stage,
        &steps([0, 0, 1, 1]),
    );
    let document = ended[3].json();
    keeps_to("preflight", &document);
    assert_eq!(document["databases"][0]["migrations"][0]["pending"], 1);
}

#[test]
fn nothing_starts_while_a_database_is_down_but_what_does_not_ask_about_it() {
    let Rehearsal { stage, .. } = &with_migrations(&APPLIED, &["sessions"]);
    let [all, _, strict, migrations] = steps([1, 1, 1, 0]);
    rehearse(
        "flow 2 prerequisite with a database down",
        stage,
        &[all, strict, migrations],
    );
    // The same as with a minute.
    let waiting = ["preflight", "--config", FILE, "--wait", "3s"];
    let waited = stage.run(&waiting).expect(1).stdout;
    assert!(waited.contains(" rounds"), "{waited}");

    let Rehearsal { stage, .. } = &with_migrations(&APPLIED, &["jobs"]);
    let [_, _, _, migrations] = steps([1, 1, 1, 1]);
    let words: Vec<&str> = migrations.command.split(' ').skip(1).collect();
    let document = stage.run(&words).expect(migrations.code).json();
    keeps_to("preflight", &document);
    assert_eq!(document["databases"].as_array().map(Vec::len), Some(1));
}

#[test]
fn the_entry_point_becomes_the_application_or_stops() {
    let ready = with_migrations(&APPLIED, &[]);
    let down = with_migrations(&APPLIED, &["sessions"]);
    let (ready, down) = (&ready.stage, &down.stage);
    for stage in [ready, down] {
        stage.write("entrypoint.sh", example("entrypoint.sh"));
    }
    let script = |variables: &str| {
        format!(
            "CHECKRUN_CONFIG=prerequisite.toml DATABASE_WAIT=2s {variables} \
             sh entrypoint.sh sh -c 'echo the application; exit 7' 2>/dev/null"
        )
    };
    for (reason, stage, variables, code, starts) in [
        ("all is ready", ready, "", 7, true),
        (
            "options reach the preflight",
            ready,
            "PREFLIGHT_OPTIONS='--strict --slow 1us'",
            1,
            false,
        ),
        ("a database is down", down, "", 1, false),
        ("but may be", down, "ON_NOT_READY=start", 7, true),
        (
            "a configuration that is not there",
            down,
            "ON_NOT_READY=start CHECKRUN_CONFIG=nowhere.toml",
            78,
            false,
        ),
    ] {
        let ended = stage.shell(&script(variables));
        assert_eq!(ended.code, Some(code), "{reason}: {}", ended.transcript());
        let last = ended.stdout.lines().last();
        assert_eq!(last == Some("the application"), starts, "{reason}");
    }
}
