//! `checkrun schedule` on real databases: it holds its slots, goes on when something is in its way,
//! does what signals say, and forgets nothing.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use checkrun_testkit::{Engine, Options, Server, Servers, account, eventually};
use checkrun_tests::{Ended, Notices, Running, Stage, server_target, snapshot};
use rusqlite::Connection;

use crate::bad_history::Mount;

/// Compiling the bundled pack for the first time, on a busy machine.
const READY_WITHIN: Duration = Duration::from_secs(25);

const SECOND: Duration = Duration::from_secs(1);

/// A SQLite target with this many jobs that take no time.
fn quick(target: &str, jobs: usize, every: &str) -> String {
    let mut text = format!("[[target]]\nname = \"{target}\"\nurl = \"sqlite:./shop.db\"\n");
    for job in 0..jobs {
        text.push_str(&query(
            &format!("quick-{job}"),
            target,
            "select 7 as n",
            every,
        ));
    }
    text
}

fn query(name: &str, target: &str, sql: &str, every: &str) -> String {
    format!(
        "[[check]]\nuse = \"core/query\"\nname = \"{name}\"\ntargets = [\"{target}\"]\nevery = \"{every}\"\nparameters = {{ sql = \"{sql}\" }}\n"
    )
}

fn stage(configuration: &str) -> (Stage, Notices) {
    let mut stage = Stage::new(configuration);
    stage.sqlite("shop.db", "create table orders (id integer);");
    let notices = Notices::on(&mut stage);
    (stage, notices)
}

#[track_caller]
fn start(stage: &Stage, notices: &Notices, arguments: &[&str]) -> Running {
    let running = stage.start(&[&["schedule"], arguments].concat());
    let _ = notices.wait_for("READY=1", READY_WITHIN);
    running
}

#[track_caller]
fn stop(running: Running) -> Ended {
    running.signal("TERM");
    running.wait_from_now(Duration::from_secs(14)).expect(0)
}

/// One scheduled run as the history has it.
#[derive(Debug)]
struct Slot {
    due_us: i64,
    started_us: i64,
    overlapped: u32,
    missed: u32,
}

/// All of them, by job and target, oldest first.
fn slots(stage: &Stage) -> BTreeMap<String, Vec<Slot>> {
    let connection = Connection::open(stage.path("checkrun.db")).unwrap();
    let mut statement = connection
        .prepare("select job || '@' || target, due_us, started_us, overlapped, missed from v_slot order by due_us")
        .unwrap();
    let rows = statement.query_map([], |row| {
        let slot = Slot {
            due_us: row.get(1)?,
            started_us: row.get(2)?,
            overlapped: row.get(3)?,
            missed: row.get(4)?,
        };
        Ok((row.get::<_, String>(0)?, slot))
    });
    let mut slots: BTreeMap<String, Vec<Slot>> = BTreeMap::new();
    for row in rows.unwrap() {
        let (job, slot) = row.unwrap();
        slots.entry(job).or_default().push(slot);
    }
    slots
}

fn runs(stage: &Stage, condition: &str) -> i64 {
    let Ok(connection) = Connection::open(stage.path("checkrun.db")) else {
        return 0;
    };
    let sql = format!("select count(*) from v_run where {condition}");
    connection
        .query_row(&sql, [], |row| row.get(0))
        .unwrap_or_default()
}

#[track_caller]
fn wait_for_runs(stage: &Stage, condition: &str, count: i64) {
    eventually("enough runs", Duration::from_secs(30), || {
        (runs(stage, condition) >= count).then_some(())
    });
}

/// The 99th percentile, and the last, of how late runs of these jobs began; seconds.
fn lateness(slots: &BTreeMap<String, Vec<Slot>>, job: &str) -> (f64, f64) {
    let mut late: Vec<f64> = slots
        .iter()
        .filter(|(name, _)| name.contains(job))
        .flat_map(|(_, slots)| slots)
        .map(|slot| (slot.started_us - slot.due_us) as f64 / 1e6)
        .collect();
    late.sort_by(f64::total_cmp);
    let last = late.len() - 1;
    (late[last * 99 / 100], late[last])
}

/// Where in its second a job runs; the steady clock and the wall clock drift a little.
fn phase(slots: &[Slot]) -> i64 {
    slots[0].due_us.rem_euclid(1_000_000)
}

fn is_near(a: i64, b: i64) -> bool {
    let apart = (a - b).rem_euclid(1_000_000);
    apart.min(1_000_000 - apart) < 20_000
}

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
    let phases: std::collections::BTreeSet<i64> =
        slots.values().map(|slots| phase(slots) / 1000).collect();
    assert!(phases.len() >= 8, "not all at once: {phases:?}");
    assert!(lateness(&slots, "").0 < 0.5, "{:?}", lateness(&slots, ""));
    assert_eq!(ended.stdout, "", "nothing changed, so nothing is told");
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
fn sigterm_lets_runs_finish_for_ten_seconds_and_then_drops_them() {
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
    // The next one has begun, or does so within a second; it is done in time.
    std::thread::sleep(SECOND * 2);
    let before = runs(&stage, "job = 'short'");
    running.signal("TERM");
    let _ = notices.wait_for("STOPPING=1", SECOND * 5);
    let stopping = std::time::Instant::now();
    let ended = running.wait_from_now(Duration::from_secs(14)).expect(0);
    let took = stopping.elapsed();
    assert!((9..13).contains(&took.as_secs()), "{took:?}");
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
    std::thread::sleep(SECOND * 2);
    running.signal("TERM");
    let _ = notices.wait_for("STOPPING=1", SECOND * 5);
    running.signal("INT");
    let _ = running.wait_from_now(SECOND * 3).expect(0);
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
    let begun = std::time::Instant::now();
    for _ in 0..4 {
        let _ = notices.wait_for("WATCHDOG=1", SECOND * 2);
    }
    assert!(begun.elapsed() < SECOND * 5);
    running.signal("TERM");
    let _ = notices.wait_for("STOPPING=1", SECOND * 2);
    let _ = running.wait_from_now(SECOND * 5).expect(0);
}

#[test]
fn a_history_that_cannot_be_written_keeps_nobody_from_checking() {
    let configuration = format!(
        "[history]\npath = \"disk/checkrun.db\"\n{}",
        quick("a", 2, "1s")
    );
    let (stage, notices) = stage(&configuration);
    let folder = stage.path("disk");
    let Some(_disk) = Mount::at(&folder) else {
        return;
    };
    let count = || -> i64 { stage.value("disk/checkrun.db", "select count(*) from run") };
    let wait_until_kept = |count_before: i64| {
        eventually("runs are kept", Duration::from_secs(30), || {
            (count() > count_before).then_some(())
        });
    };
    let running = start(&stage, &notices, &["--verbose"]);
    eventually("a history", READY_WITHIN, || {
        folder.join("checkrun.db-wal").exists().then_some(())
    });
    wait_until_kept(2);

    let ballast = folder.join("ballast");
    // It fails when there is no more space, which is what it is for.
    let _ = fs::write(&ballast, vec![0; 2 << 20]);
    std::thread::sleep(SECOND * 4);
    fs::remove_file(&ballast).unwrap();
    wait_until_kept(count());
    let ended = stop(running);
    let told = ended
        .stdout
        .lines()
        .filter(|line| line.contains("quick-"))
        .count();
    assert!(told as i64 > count(), "{told} told, {} kept", count());
    let of = |text: &str| ended.stderr.matches(text).count();
    assert!(of("results are not stored") >= 1, "{}", ended.stderr);
    assert_eq!(of("can be written again"), 1, "{}", ended.stderr);
}

#[test]
fn a_read_only_history_is_written_as_soon_as_it_can_be() {
    let configuration = format!(
        "[history]\npath = \"disk/checkrun.db\"\n{}",
        quick("a", 1, "1s")
    );
    let (stage, notices) = stage(&configuration);
    let folder = stage.path("disk");
    let Some(disk) = Mount::at(&folder) else {
        return;
    };
    let _ = stage.run(&["run"]).expect(0);
    assert!(disk.remount("remount,ro"));
    let running = start(&stage, &notices, &["--verbose"]);
    // Some runs that nobody keeps.
    std::thread::sleep(SECOND * 3);
    assert!(disk.remount("remount,rw"));
    eventually("runs are kept", Duration::from_secs(30), || {
        let count: i64 = stage.value("disk/checkrun.db", "select count(*) from run");
        (count > 3).then_some(())
    });
    let ended = stop(running);
    let told = ended.stdout.lines().count();
    assert!(told > 10, "{}", ended.stdout);
    let said = ended.stderr;
    assert!(said.contains("results are not stored"), "{said}");
    assert!(said.contains("would not be noticed"), "{said}");
    assert!(said.contains("can be written again"), "{said}");
}

#[test]
fn a_history_that_cannot_be_opened_is_tried_again() {
    let configuration = format!(
        "[history]\npath = \"later/checkrun.db\"\n{}",
        quick("a", 1, "1s")
    );
    let (stage, notices) = stage(&configuration);
    let running = start(&stage, &notices, &[]);
    fs::create_dir(stage.path("later")).unwrap();
    eventually("runs are kept", Duration::from_secs(30), || {
        let connection = Connection::open(stage.path("later/checkrun.db")).ok()?;
        let count: i64 = connection
            .query_row("select count(*) from run", [], |row| row.get(0))
            .ok()?;
        (count > 0).then_some(())
    });
    let ended = stop(running);
    assert!(
        ended.stderr.contains("the history can be written again"),
        "{}",
        ended.stderr
    );
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
    assert_eq!(runs(&stage, "true"), 4);
}
