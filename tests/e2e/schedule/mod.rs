//! `checkrun schedule` on real databases: it holds its slots, goes on when something is in its way,
//! does what signals say, and forgets nothing.

mod history;
mod self_watch;
mod signals;
mod times;
mod unreachable;

use std::collections::BTreeMap;
use std::time::Duration;

use checkrun_testkit::eventually;
use checkrun_tests::{Ended, Notices, Running, Stage};
use rusqlite::Connection;

/// Compiling the bundled pack for the first time, on a busy machine.
pub(crate) const READY_WITHIN: Duration = Duration::from_secs(25);

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

pub(crate) fn query(name: &str, target: &str, sql: &str, every: &str) -> String {
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
pub(crate) fn start(stage: &Stage, notices: &Notices, arguments: &[&str]) -> Running {
    let running = stage.start(&[&["schedule"], arguments].concat());
    let _ = notices.wait_for("READY=1", READY_WITHIN);
    running
}

#[track_caller]
pub(crate) fn stop(running: Running) -> Ended {
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
