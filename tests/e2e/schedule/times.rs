//! The schedule holds its slots, whatever hangs or stands still beside it.

use std::collections::BTreeSet;

use checkrun_testkit::{Engine, Options, Server, account};
use checkrun_tests::{server_target, snapshot};

use super::*;

#[test]
fn heavy_intervals_hold_their_slots() {
    let configuration = [
        quick("a", 5, "1s"),
        quick("b", 5, "3s").replace("quick", "slow"),
    ]
    .concat();
    let (stage, notices) = stage(&configuration);
    let running = start(&stage, &notices, &[]);
    wait_for_runs(&stage, "job = 'quick-0'", 15);
    let ended = stop(running);
    let slots = slots(&stage);
    assert_eq!(slots.len(), 10);
    for (job, slots) in &slots {
        let interval = if job.starts_with("quick") { 1 } else { 3 };
        for pair in slots.windows(2) {
            let apart = (pair[1].due_us - pair[0].due_us) as f64 / 1e6;
            assert!(
                (apart - f64::from(interval)).abs() < 0.05,
                "{job}: {slots:?}"
            );
        }
        let enough = if interval == 1 { 14 } else { 4 };
        assert!(slots.len() >= enough, "{job}: {slots:?}");
        let skipped: u32 = slots.iter().map(|slot| slot.overlapped + slot.missed).sum();
        assert_eq!(skipped, 0, "{job}: {slots:?}");
    }
    let phases: BTreeSet<i64> = slots.values().map(|slots| phase(slots) / 1000).collect();
    assert!(phases.len() >= 8, "not all at once: {phases:?}");
    assert!(lateness(&slots, "").0 < 0.5, "{:?}", lateness(&slots, ""));
    assert_eq!(ended.stdout, "", "nothing changed, so nothing is told");
}

#[test]
fn heavy_a_server_that_hangs_keeps_nobody_else_from_being_on_time() {
    let server = Server::start(Engine::Postgres, &Options::default()).unwrap();
    let target = server_target("hanging", &server.endpoint(), account::MONITOR);
    let mut configuration = format!("{target}{}", quick("fine", 5, "1s"));
    for job in 0..5 {
        let name = format!("asks-{job}");
        configuration.push_str(&query(&name, "hanging", "select 1 as n", "1s"));
        configuration.push_str("timeout = \"3s\"\n");
    }
    let (stage, notices) = stage(&configuration);
    let running = start(&stage, &notices, &[]);
    wait_for_runs(&stage, "target = 'hanging' and status = 0", 5);
    let pause = server.pause().unwrap();
    wait_for_runs(&stage, "failure_kind = 'timed-out'", 4);
    let since = runs(&stage, "job = 'quick-0'");
    wait_for_runs(&stage, "job = 'quick-0'", since + 10);
    drop(pause);
    let good = runs(&stage, "target = 'hanging' and status = 0");
    wait_for_runs(&stage, "target = 'hanging' and status = 0", good + 5);
    let ended = stop(running);

    let slots = slots(&stage);
    let (p99, worst) = lateness(&slots, "quick");
    assert!(p99 <= 1.0, "p99 {p99} s, worst {worst} s");
    for (job, slots) in slots.iter().filter(|(job, _)| job.starts_with("quick")) {
        let skipped: u32 = slots.iter().map(|slot| slot.overlapped + slot.missed).sum();
        assert_eq!(skipped, 0, "{job}");
    }
    let overlapped: u32 = slots
        .iter()
        .filter(|(job, _)| job.starts_with("asks"))
        .flat_map(|(_, slots)| slots)
        .map(|slot| slot.overlapped)
        .sum();
    assert!(
        overlapped >= 10,
        "times that came during a run are skipped: {overlapped}"
    );
    assert!(ended.stdout.contains("hanging"), "{}", ended.stdout);
}

#[test]
fn after_kill_9_nothing_is_lost_and_every_job_is_where_it_was() {
    let (stage, notices) = stage(&quick("a", 4, "1s"));
    let running = start(&stage, &notices, &["--verbose"]);
    wait_for_runs(&stage, "true", 12);
    let ended = running.kill();
    let told = ended
        .stdout
        .lines()
        .filter(|line| line.contains("quick-"))
        .count();
    let kept = runs(&stage, "true");
    assert!(told as i64 <= kept && told > 5, "{told} told, {kept} kept");
    let before = slots(&stage);

    let running = start(&stage, &notices, &[]);
    wait_for_runs(&stage, "true", kept + 8);
    let _ = stop(running);
    for (job, after) in &slots(&stage) {
        let last = &after[after.len() - 1..];
        assert!(
            is_near(phase(&before[job]), phase(last)),
            "{job}: {after:?}"
        );
    }
    let sound: String = stage.value("checkrun.db", "pragma integrity_check");
    assert_eq!(sound, "ok");
}

#[test]
fn after_standing_still_everything_runs_once_and_not_in_a_burst() {
    let (stage, notices) = stage(&quick("a", 4, "2s"));
    let running = start(&stage, &notices, &[]);
    wait_for_runs(&stage, "true", 8);
    running.signal("STOP");
    std::thread::sleep(SECOND * 9);
    running.signal("CONT");
    let before = runs(&stage, "true");
    wait_for_runs(&stage, "true", before + 8);
    let ended = stop(running);
    for (job, slots) in &slots(&stage) {
        for pair in slots.windows(2) {
            assert!(
                pair[1].started_us - pair[0].started_us > 1_000_000,
                "{job}: {slots:?}"
            );
        }
        let missed: u32 = slots.iter().map(|slot| slot.missed).sum();
        assert!((3..=6).contains(&missed), "{job}: {slots:?}");
    }
    let notes: Vec<_> = ended
        .stderr
        .lines()
        .filter(|line| line.contains("stood still for"))
        .collect();
    assert_eq!(notes.len(), 1, "{}", ended.stderr);
}

#[test]
fn what_changes_is_told_and_what_stays_is_not() {
    let configuration = format!(
        "{}thresholds.n = {{ warning = \"> 0\" }}\n",
        quick("a", 0, "1s") + &query("count", "a", "select count(*) as n from orders", "1s")
    );
    let (stage, notices) = stage(&configuration);
    let running = start(&stage, &notices, &[]);
    wait_for_runs(&stage, "status = 0", 2);
    stage.sqlite("shop.db", "insert into orders values (1);");
    wait_for_runs(&stage, "status = 1", 3);
    stage.sqlite("shop.db", "delete from orders;");
    let before = runs(&stage, "status = 0");
    wait_for_runs(&stage, "status = 0", before + 2);
    let ended = stop(running);
    snapshot(
        "schedule with a problem that comes and goes",
        &ended.transcript(),
    );
}

#[test]
fn once_runs_everything_once_and_exits_as_run_does() {
    let configuration = quick("a", 2, "1h")
        + &query("cron", "a", "select 9 as n", "1h")
            .replace("every = \"1h\"", "cron = \"@yearly\"");
    let (stage, _) = stage(&configuration);
    let ended = stage.run(&["schedule", "--once"]).expect(0);
    assert!(ended.stdout.contains("3 runs in"), "{}", ended.stdout);
    stage.write(
        "checkrun.toml",
        quick("gone", 1, "1h").replace("shop.db", "nowhere.db"),
    );
    let _ = stage.run(&["schedule", "--once"]).expect(3);
    assert_eq!(runs(&stage, "job <> 'connection'"), 4);
}
