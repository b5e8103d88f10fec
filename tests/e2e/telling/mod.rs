//! The promises of alerts, with real parts: whoever is to be told is told, once, also through restarts,
//! outages and mutes.

mod content;
mod course;
mod cron;
mod disk;
mod mute;
mod outage;
mod routes;
mod ways;

use std::fs;
use std::time::Duration;

use checkrun_testkit::eventually;
use checkrun_tests::{Letter, Notices, Stage};

use crate::schedule::{query, start, stop};

/// For what takes a second or two on a quiet machine.
const SOON: Duration = Duration::from_secs(30);

/// How many seconds of runs show that nothing more is told.
const STILL: i64 = 3;

/// Mail goes into a folder.
pub(crate) const FOLDER: &str =
    "[email]\nsmtp = \"file:./outbox\"\nfrom = \"checkrun <checkrun@shop.example>\"\n";

/// Whoever gets everything.
pub(crate) const ALICE: &str = "[[route]]\nto = [\"alice@shop.example\"]\n";

/// Everything that people wait for, shortened.
const QUICK: &str = "[alerts]\ngroup_wait = \"1s\"\ngroup_interval = \"1s\"\n";

/// A target whose level is a number in a table: a warning above 0, critical above 5.
fn level(target: &str) -> String {
    format!(
        "[[target]]\nname = \"{target}\"\nurl = \"sqlite:./shop.db\"\n{}confirm = 1\nrecover_after = 1\n{}",
        query("level", target, "select n from level", "1s"),
        "thresholds.n = { warning = \"> 0\", critical = \"> 5\" }\n"
    )
}

fn stage(configuration: &str) -> (Stage, Notices) {
    let mut stage = Stage::new(configuration);
    stage.sqlite(
        "shop.db",
        "create table level (n integer); insert into level values (0);",
    );
    let notices = Notices::on(&mut stage);
    (stage, notices)
}

fn set(stage: &Stage, n: i64) {
    stage.sqlite("shop.db", &format!("update level set n = {n}"));
}

fn count(stage: &Stage, from: &str) -> i64 {
    stage.value("checkrun.db", &format!("select count(*) from {from}"))
}

#[track_caller]
fn wait_for(stage: &Stage, from: &str, many: i64) {
    eventually(from, SOON, || (count(stage, from) >= many).then_some(()));
}

/// Lets so many runs of a job go by.
#[track_caller]
fn pass(stage: &Stage, runs: i64) {
    let newer = format!(
        "v_run where job = 'level' and started_us > {}",
        stage.value::<i64>(
            "checkrun.db",
            "select coalesce(max(started_us), 0) from v_run"
        )
    );
    wait_for(stage, &newer, runs);
}

/// What is in the folder, oldest first.
fn letters(stage: &Stage) -> Vec<Letter> {
    let Ok(folder) = fs::read_dir(stage.path("outbox")) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = folder
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "eml"))
        .collect();
    paths.sort();
    let letter = |path: &std::path::PathBuf| Letter(fs::read_to_string(path).unwrap());
    paths.iter().map(letter).collect()
}

/// Of all of it, oldest first.
pub(crate) fn subjects(stage: &Stage) -> Vec<String> {
    letters(stage).iter().map(Letter::subject).collect()
}

#[track_caller]
fn wait_for_letters(stage: &Stage, many: usize) -> Vec<Letter> {
    eventually("the mail is there", SOON, || {
        let letters = letters(stage);
        (letters.len() >= many).then_some(letters)
    })
}

/// Subjects that begin with these words, and no others.
#[track_caller]
fn assert_told(subjects: &[String], expected: &[&str]) {
    let is_as_expected = subjects.len() == expected.len()
        && subjects
            .iter()
            .zip(expected)
            .all(|(subject, begins)| subject.starts_with(begins));
    assert!(is_as_expected, "{subjects:#?}\nnot {expected:#?}");
}
