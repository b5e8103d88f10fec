//! Several real processes on one history: they create it at the same moment, write at the same time,
//! are killed while they write, find it damaged together. No acknowledged run is ever lost.
//!
//! Without the usual harness, because this program starts itself: `write <path> <name> <count>`
//! writes runs, prints the id of each once it is acknowledged, and ends after `count` of them;
//! `look <path>` prints what opening for writing and for reading says.

#![expect(
    clippy::expect_used,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "this is a test, its functions included, and its own harness"
)]

#[expect(
    dead_code,
    reason = "shared with the other tests; here it is another process that writes"
)]
#[path = "../history/records.rs"]
mod records;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Instant;

use checkrun_history::record::RunId;
use checkrun_history::{Error, Reader, RunFilter, Writer};

use records::{NOW_US, finding, run};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, path, name, count] = &arguments[..]
        && command == "write"
    {
        write(Path::new(path), name, count.parse().expect("a number"));
        return ExitCode::SUCCESS;
    }
    if let [command, path] = &arguments[..]
        && command == "look"
    {
        look(Path::new(path));
        return ExitCode::SUCCESS;
    }
    let tests: [(&str, fn()); 6] = [
        (
            "several_processes_create_a_history_at_the_same_moment",
            create,
        ),
        ("several_processes_write_at_the_same_time", write_together),
        (
            "a_process_that_never_pauses_leaves_room_for_others",
            write_beside_a_busy_one,
        ),
        ("a_killed_process_loses_no_acknowledged_run", kill),
        ("several_processes_find_the_history_damaged", find_damaged),
        ("permissions_that_are_missing_are_named", lack_permission),
    ];
    // The harness's arguments that matter here: a part of a name.
    let wanted = arguments.iter().find(|argument| !argument.starts_with('-'));
    for (name, test) in tests {
        if wanted.is_none_or(|part| name.contains(part.as_str())) {
            let begun = Instant::now();
            test();
            println!(
                "test {name} ... ok ({:.1} s)",
                begun.elapsed().as_secs_f64()
            );
        }
    }
    ExitCode::SUCCESS
}

/// The other process. Keeps 20 runs under way, so that there are groups.
fn write(path: &Path, name: &str, count: i64) {
    let writer = Writer::open(path, NOW_US).expect("a history to write to");
    let (sender, answers) = std::sync::mpsc::channel();
    let record = |n: i64| {
        let sender = sender.clone();
        let mut record = run(&format!("{name} {}", n % 5), name, NOW_US + n);
        record.findings = vec![finding(&n.to_string())];
        writer.record(record, Box::new(move |answer| drop(sender.send(answer))));
    };
    let mut out = std::io::stdout().lock();
    let under_way = count.min(20);
    (0..under_way).for_each(record);
    for n in under_way..count + under_way {
        let RunId(id) = answers.recv().expect("an answer").expect("a recorded run");
        writeln!(out, "{id}").expect("somebody listens");
        if n < count {
            record(n);
        }
    }
    eprintln!("{} set aside", writer.set_aside().len());
}

/// The other process: says what it may do with the history.
fn look(path: &Path) {
    let cause = |error: Error| error.cause;
    let writing = Writer::open(path, NOW_US).map(drop).map_err(cause);
    let reading = Reader::open(path)
        .and_then(|reader| reader.runs(&RunFilter::newest(9)))
        .map(|runs| runs.len())
        .map_err(cause);
    println!("{writing:?} {reading:?}");
}

fn start(path: &Path, name: &str, count: i64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .arg("write")
        .arg(path)
        .args([name, &count.to_string()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What the process has acknowledged, and how many files it has set aside.
fn finish(child: Child) -> (Vec<i64>, usize) {
    let output = child.wait_with_output().unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{log}");
    let ids = String::from_utf8(output.stdout).unwrap();
    let set_aside = log.split(' ').next().unwrap().parse().unwrap();
    (
        ids.lines().map(|id| id.parse().unwrap()).collect(),
        set_aside,
    )
}

fn stored(path: &Path) -> BTreeSet<i64> {
    let reader = Reader::open(path).unwrap();
    let runs = reader.runs(&RunFilter::newest(u32::MAX)).unwrap();
    runs.iter().map(|run| run.id.0).collect()
}

fn assert_sound(path: &Path) {
    let conn = rusqlite::Connection::open(path).unwrap();
    let sound: String = conn
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(sound, "ok");
    let torn: i64 = conn
        .query_row(
            "SELECT (SELECT count(*) FROM pragma_foreign_key_check)
                  + (SELECT count(*) FROM run) - (SELECT count(*) FROM sample)
                  + (SELECT count(*) FROM run) - (SELECT count(*) FROM finding)",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(torn, 0, "every run has one sample and one finding");
}

fn create() {
    for _ in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkrun.db");
        let children: Vec<_> = (0..4)
            .map(|n| start(&path, &format!("target {n}"), 3))
            .collect();
        let written: BTreeSet<i64> = children
            .into_iter()
            .flat_map(|child| finish(child).0)
            .collect();
        assert_eq!(written.len(), 12);
        assert_eq!(stored(&path), written);
        assert_sound(&path);
    }
}

fn write_together() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    // The two share a target and its jobs: neither has the names to itself.
    let children = [start(&path, "orders", 3000), start(&path, "orders", 3000)];
    let written: BTreeSet<i64> = children
        .into_iter()
        .flat_map(|child| finish(child).0)
        .collect();
    assert_eq!(written.len(), 6000);
    assert_eq!(stored(&path), written);
    assert_sound(&path);
}

fn write_beside_a_busy_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let mut busy = start(&path, "busy", i64::from(u32::MAX));
    let mut lines = BufReader::new(busy.stdout.take().unwrap()).lines();
    lines.next().expect("it writes").unwrap();
    // Somebody reads what it prints, or it would pause after all.
    let reading = std::thread::spawn(move || lines.map_while(Result::ok).count());
    for _ in 0..5 {
        let (ids, _) = finish(start(&path, "small", 20));
        assert_eq!(ids.len(), 20);
    }
    busy.kill().unwrap();
    busy.wait().unwrap();
    assert!(reading.join().unwrap() > 0);
    assert_sound(&path);
}

fn kill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkrun.db");
    let mut acknowledged = BTreeSet::new();
    for cycle in 0..25 {
        let mut child = start(&path, "orders", i64::from(u32::MAX));
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // At another place each time: the process is never told to expect it.
        for _ in 0..=cycle * 7 {
            let line = lines
                .next()
                .expect("the process writes until killed")
                .unwrap();
            acknowledged.insert(line.parse::<i64>().unwrap());
        }
        child.kill().unwrap();
        // What it had said before it died, but for a line cut short.
        for line in lines.map_while(Result::ok) {
            acknowledged.extend(line.parse::<i64>().ok());
        }
        child.wait().unwrap();
        let kept = stored(&path);
        let lost: Vec<_> = acknowledged.difference(&kept).collect();
        assert!(
            lost.is_empty(),
            "cycle {cycle}: acknowledged and lost: {lost:?}"
        );
        assert_sound(&path);
    }
    assert!(acknowledged.len() > 1000, "{}", acknowledged.len());
}

fn find_damaged() {
    for _ in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkrun.db");
        std::fs::write(&path, "no database ".repeat(1000)).unwrap();
        let children: Vec<_> = (0..4)
            .map(|n| start(&path, &format!("target {n}"), 3))
            .collect();
        let results: Vec<_> = children.into_iter().map(finish).collect();
        let set_aside: usize = results.iter().map(|(_, set_aside)| set_aside).sum();
        assert_eq!(
            set_aside, 1,
            "one of them sets it aside, and nobody the new one"
        );
        let written: BTreeSet<i64> = results.into_iter().flat_map(|(ids, _)| ids).collect();
        assert_eq!(stored(&path), written);
        assert_eq!(written.len(), 12);
    }
}

/// Root may do everything; then the other process is somebody else.
fn lack_permission() {
    const NOBODY: u32 = 65_534;
    type Modes = [(&'static str, u32)];
    let cases: [(&str, &Modes, &str); 5] = [
        (
            "may only read, and the log is there",
            &[
                ("checkrun.db", 0o444),
                ("checkrun.db-wal", 0o444),
                ("checkrun.db-shm", 0o444),
            ],
            "Err(ReadOnly) Ok(3)",
        ),
        (
            "may not read",
            &[("checkrun.db", 0o000)],
            "Err(Denied) Err(Denied)",
        ),
        (
            "may not read the log",
            &[("checkrun.db-wal", 0o000)],
            "Err(Denied) Err(Denied)",
        ),
        (
            "may not enter the folder",
            &[("", 0o600)],
            "Err(Denied) Err(Denied)",
        ),
        ("may do everything", &[], "Ok(()) Ok(3)"),
    ];
    for (case, modes, expected) in cases {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        std::fs::create_dir(&home).unwrap();
        let path = home.join("checkrun.db");
        finish(start(&path, "orders", 3));
        let set_mode = |path: &Path, mode| {
            std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
        };
        set_mode(folder.path(), 0o755);
        let mut command = Command::new(std::env::current_exe().unwrap());
        if std::fs::metadata("/proc/self").unwrap().uid() == 0 {
            command.uid(NOBODY).gid(NOBODY);
            for file in ["", "checkrun.db", "checkrun.db-wal", "checkrun.db-shm"] {
                std::os::unix::fs::chown(home.join(file), Some(NOBODY), Some(NOBODY)).unwrap();
            }
        }
        for (file, mode) in modes {
            set_mode(home.join(file).as_path(), *mode);
        }
        let output = command.arg("look").arg(&path).output().unwrap();
        set_mode(&home, 0o700);
        assert_eq!(
            String::from_utf8_lossy(&output.stdout).trim(),
            expected,
            "{case}"
        );
    }
}
