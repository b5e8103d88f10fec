//! Silences and acknowledgements, from the command line into the mail.

use checkrun_tests::snapshot;

use super::*;

#[test]
fn a_silence_keeps_still_and_what_is_wrong_at_its_end_is_told_then() {
    let (stage, notices) = stage(&format!("{FOLDER}{ALICE}{QUICK}{}", level("shop")));
    let running = start(&stage, &notices, &[]);
    pass(&stage, 1);
    let silence = [
        "alerts",
        "silence",
        "shop",
        "--for",
        "8s",
        "--by",
        "ada",
        "--comment",
        "a new index",
    ];
    let mut said = stage.run(&silence).expect(0).transcript();
    set(&stage, 1);
    wait_for(&stage, "v_incident", 1);
    pass(&stage, 2);
    for listed in ["silences", "list", "messages"] {
        said += &stage.run(&["alerts", listed]).expect(0).transcript();
    }
    let _ = wait_for_letters(&stage, 1);
    pass(&stage, STILL);
    said += &stage.run(&["alerts", "silences"]).expect(0).transcript();
    said += &stage.run(&["alerts", "messages"]).expect(0).transcript();
    let _ = stop(running);

    assert_told(&subjects(&stage), &["WARN shop: "]);
    let early: i64 = stage.value(
        "checkrun.db",
        "select count(*) from outbox, silence where outbox.created_us < silence.ends_us",
    );
    assert_eq!(early, 0, "told during the silence");
    snapshot("telling and a silence", &steady(&said));
}

#[test]
fn of_what_is_taken_on_nobody_is_reminded_until_it_gets_worse_or_is_over() {
    let quick = format!("{QUICK}remind = {{ warning = \"2s\" }}\n");
    let (stage, notices) = stage(&format!("{FOLDER}{ALICE}{quick}{}", level("shop")));
    let running = start(&stage, &notices, &[]);
    set(&stage, 1);
    let _ = wait_for_letters(&stage, 1);
    let ack = ["alerts", "ack", "1", "--by", "ada", "--comment", "on it"];
    let mut said = stage.run(&ack).expect(0).transcript();
    // What was on its way already.
    pass(&stage, 2);
    let before = letters(&stage).len();
    pass(&stage, STILL);
    assert_eq!(letters(&stage).len(), before, "{:?}", subjects(&stage));
    said += &stage
        .run(&["alerts", "ack", "7", "--by", "ada"])
        .expect(64)
        .transcript();
    set(&stage, 7);
    let _ = wait_for_letters(&stage, before + 1);
    set(&stage, 0);
    let _ = wait_for_letters(&stage, before + 2);
    let _ = stop(running);

    let told = subjects(&stage);
    assert_told(&told[before..], &["CRIT shop: ", "OK shop: "]);
    snapshot("telling and an acknowledgement", &steady(&said));
}

/// Seconds of each minute, from its beginning.
const MAINTENANCE: i64 = 45;

#[test]
fn during_a_maintenance_nothing_new_is_told_and_what_is_wrong_at_its_end_is_told_then() {
    let maintenance = format!(
        "[[maintenance]]\ncron = \"* * * * *\"\nfor = \"{MAINTENANCE}s\"\ntargets = [\"sh*\"]\n"
    );
    let (stage, notices) = stage(&format!(
        "{FOLDER}{ALICE}{QUICK}{maintenance}{}",
        level("shop")
    ));
    let running = start(&stage, &notices, &[]);
    // With time for an incident before it is over.
    eventually("a maintenance", Duration::from_secs(60), || {
        let second: i64 = stage.value("shop.db", "select unixepoch() % 60");
        (second < MAINTENANCE - 15).then_some(())
    });
    set(&stage, 7);
    wait_for(&stage, "v_incident", 1);
    pass(&stage, STILL);
    assert_told(&subjects(&stage), &[]);
    eventually("it is told", Duration::from_secs(90), || {
        letters(&stage).pop()
    });
    let told: i64 = stage.value(
        "checkrun.db",
        "select created_us / 1000000 % 60 from outbox",
    );
    assert!(told >= MAINTENANCE, "told in second {told}");
    // That it is over is told at any time.
    set(&stage, 0);
    let _ = wait_for_letters(&stage, 2);
    let _ = stop(running);
    assert_told(&subjects(&stage), &["CRIT shop: ", "OK shop: "]);
}

/// Without the seconds that are left.
fn steady(said: &str) -> String {
    let lines = said.lines().map(|line| match line.split_once(" s to go") {
        Some((before, after)) => {
            let before = before.trim_end_matches(|c: char| c.is_ascii_digit());
            format!("{before}[seconds] s to go{after}")
        }
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}
