//! What a schedule does when it is told to: other configurations, the end, signs of life.

use std::time::Instant;

use checkrun_testkit::{Servers, account};
use checkrun_tests::{administer, server_target, snapshot};

use super::*;

/// Waits until the server is at work on a statement with these words.
#[track_caller]
fn wait_for_session(servers: &Servers, words: &str) {
    let sql = format!(
        "select count(*) from pg_stat_activity where state = 'active' and pid <> pg_backend_pid() \
         and query like '%{words}%'"
    );
    eventually(words, Duration::from_secs(30), || {
        (administer(&servers.postgres, &sql) != "0").then_some(())
    });
}

#[test]
fn a_changed_configuration_is_taken_over_and_a_bad_one_is_not() {
    let (stage, notices) = stage(&quick("a", 2, "1s"));
    let running = start(&stage, &notices, &[]);
    wait_for_runs(&stage, "job = 'quick-0'", 2);

    stage.write(
        "checkrun.toml",
        quick("a", 2, "fortnightly").replace("core/query", "core/qwery"),
    );
    running.signal("HUP");
    let reloading = notices.wait_for("RELOADING=1", READY_WITHIN);
    assert!(reloading.contains("MONOTONIC_USEC="), "{reloading}");
    let _ = notices.wait_for("READY=1", READY_WITHIN);
    let before = runs(&stage, "job = 'quick-0'");
    wait_for_runs(&stage, "job = 'quick-0'", before + 2);

    stage.write(
        "checkrun.toml",
        quick("a", 1, "1s") + &query("new", "a", "select 8 as n", "1s"),
    );
    running.signal("HUP");
    let _ = notices.wait_for("RELOADING=1", READY_WITHIN);
    let ready = notices.wait_for("READY=1", READY_WITHIN);
    assert!(ready.contains("STATUS=2 jobs on 1 target"), "{ready}");
    wait_for_runs(&stage, "job = 'new'", 2);
    let gone = runs(&stage, "job = 'quick-1'");
    wait_for_runs(&stage, "job = 'new'", runs(&stage, "job = 'new'") + 2);
    assert_eq!(
        runs(&stage, "job = 'quick-1'"),
        gone,
        "it is no longer configured"
    );
    let ended = stop(running);

    let slots = slots(&stage);
    for pair in slots["quick-0@a"].windows(2) {
        let apart = pair[1].due_us - pair[0].due_us;
        assert!(
            (apart - 1_000_000).abs() < 50_000,
            "an unchanged job is not disturbed: {apart}"
        );
    }
    snapshot("schedule with changed configurations", &ended.transcript());
}

#[test]
fn sigterm_lets_runs_finish_and_is_over_within_ten_seconds() {
    let servers = Servers::from_environment();
    let target = server_target("shop", &servers.postgres, account::MONITOR);
    let endless = "select pg_sleep(600)::text as endless, 1 as n";
    let short = "select pg_sleep(3)::text as short, 1 as n";
    let limits = "max_parallel = 4\n";
    let configuration = [
        format!("{target}{limits}"),
        query("endless", "shop", endless, "1s") + "timeout = \"5m\"\n",
        query("short", "shop", short, "1s"),
    ]
    .concat();
    let (stage, notices) = stage(&configuration);
    let running = start(&stage, &notices, &[]);
    wait_for_runs(&stage, "job = 'short'", 1);
    // The next one is done in time.
    wait_for_session(&servers, "as short, 1 as n");
    wait_for_session(&servers, "as endless, 1 as n");
    let before = runs(&stage, "job = 'short'");
    running.signal("TERM");
    let _ = notices.wait_for("STOPPING=1", SECOND * 5);
    let stopping = Instant::now();
    let ended = running.wait_from_now(Duration::from_secs(14)).expect(0);
    let took = stopping.elapsed();
    assert!((8..11).contains(&took.as_secs()), "{took:?}");
    assert!(
        ended
            .stderr
            .contains("1 run took too long and left no result"),
        "{}",
        ended.stderr
    );
    assert_eq!(
        runs(&stage, "job = 'short'"),
        before + 1,
        "what was running is kept"
    );
    assert_eq!(runs(&stage, "job = 'endless'"), 0);
}

#[test]
fn a_second_signal_ends_at_once() {
    let servers = Servers::from_environment();
    let target = server_target("shop", &servers.postgres, account::MONITOR);
    let endless = "select pg_sleep(600)::text as endless, 2 as n";
    let (stage, notices) = stage(&[target, query("endless", "shop", endless, "1s")].concat());
    let running = start(&stage, &notices, &[]);
    wait_for_session(&servers, "as endless, 2 as n");
    running.signal("TERM");
    let _ = notices.wait_for("STOPPING=1", SECOND * 5);
    running.signal("INT");
    let _ = running.wait_from_now(SECOND * 3).expect(0);
}

#[test]
fn two_schedules_on_one_history_are_one_too_many() {
    let (stage, notices) = stage(&quick("a", 1, "1s"));
    let running = start(&stage, &notices, &[]);
    let second = stage.run(&["schedule"]).expect(74);
    let holder = format!("process {}", running.id());
    assert!(second.stderr.contains(&holder), "{}", second.stderr);
    snapshot(
        "a second schedule",
        &second.transcript().replace(&holder, "process [id]"),
    );
    // What a person runs meanwhile is no schedule.
    let _ = stage.run(&["run"]).expect(0);
    let _ = running.kill();
    // The lock went with its holder.
    let running = start(&stage, &notices, &[]);
    let _ = stop(running);
}

#[test]
fn the_service_manager_hears_that_it_is_alive_and_that_it_stops() {
    let (mut stage, notices) = stage(&quick("a", 1, "1s"));
    stage.set("WATCHDOG_USEC", "1000000");
    let running = start(&stage, &notices, &[]);
    let begun = Instant::now();
    for _ in 0..4 {
        let _ = notices.wait_for("WATCHDOG=1", SECOND * 2);
    }
    assert!(begun.elapsed() < SECOND * 5);
    running.signal("TERM");
    let _ = notices.wait_for("STOPPING=1", SECOND * 2);
    let _ = running.wait_from_now(SECOND * 5).expect(0);
}
