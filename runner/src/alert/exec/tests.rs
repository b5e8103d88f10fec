//! Programs as they are and as they should not be.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use checkrun_testkit::eventually;
use tempfile::TempDir;

use super::*;

/// A script, and a folder for what it writes.
struct Script(TempDir);

impl Script {
    fn new(text: &str) -> Self {
        let script = Self(tempfile::tempdir().expect("a folder"));
        let text = format!("#!/bin/sh\nfolder={}\n{text}\n", script.0.path().display());
        // Written under another name: a file that is open for writing cannot be run.
        let new = script.0.path().join("new");
        fs::write(&new, text).expect("written");
        fs::set_permissions(&new, fs::Permissions::from_mode(0o755)).expect("set");
        fs::rename(&new, script.path()).expect("renamed");
        script
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("program")
    }

    fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.0.path().join(name)).ok()
    }

    async fn run(&self, kind: Kind, limit: Duration, input: &str) -> Attempt {
        run(self.path(), &["--team", "a b; $(id)"], kind, limit, input).await
    }
}

async fn run(
    path: PathBuf,
    arguments: &[&str],
    kind: Kind,
    limit: Duration,
    input: &str,
) -> Attempt {
    let program = Program {
        path,
        arguments: arguments.iter().map(|text| (*text).to_owned()).collect(),
    };
    let variables = [
        ("CHECKRUN_ID".to_owned(), "17".to_owned()),
        ("CHECKRUN_TARGET".to_owned(), "orders $(id)".to_owned()),
    ];
    let sender = Sender {
        program,
        kind,
        limit,
    };
    sender
        .send(input, &BTreeMap::from(variables), &mut |_| {})
        .await
}

/// `handed over`, `uncertain: silent`, `program: program-failed`
fn ending(attempt: &Attempt) -> String {
    match &attempt.end {
        End::HandedOver => "handed over".to_owned(),
        End::Uncertain(cause) => format!("uncertain: {}", cause.as_str()),
        End::Stopped(phase, cause) => format!("{}: {}", phase.as_str(), cause.as_str()),
    }
}

/// For what ends by itself.
const PATIENT: Duration = Duration::from_secs(20);

/// For what is known to hang.
const SHORT: Duration = Duration::from_millis(500);

const A: Fate = Fate::Accepted;
const D: Fate = Fate::Deferred;
const R: Fate = Fate::Refused;
const U: Fate = Fate::Uncertain;

#[tokio::test]
async fn a_program_gets_json_arguments_and_a_few_variables_and_no_shell_sees_them() {
    let script = Script::new(
        "cat >$folder/input; printf '%s\\n' \"$@\" >$folder/arguments; env | sort >$folder/env; pwd >$folder/pwd",
    );
    let attempt = script
        .run(Kind::EveryMessage, PATIENT, "{\"id\":\"17\"}\n")
        .await;
    assert_eq!(attempt.end, End::HandedOver, "{attempt:?}");
    assert_eq!(script.read("input").as_deref(), Some("{\"id\":\"17\"}\n"));
    assert_eq!(
        script.read("arguments").as_deref(),
        Some("--team\na b; $(id)\n")
    );
    assert_eq!(script.read("pwd").as_deref(), Some("/\n"));
    let environment = script.read("env").expect("written");
    let ours: Vec<&str> = environment
        .lines()
        .filter(|line| {
            !["PWD=", "OLDPWD=", "SHLVL=", "_="]
                .iter()
                .any(|own| line.starts_with(own))
        })
        .collect();
    assert_eq!(
        ours,
        [
            "CHECKRUN_ID=17",
            "CHECKRUN_TARGET=orders $(id)",
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ]
    );
}

#[tokio::test]
async fn what_an_end_means() {
    // What it does, what becomes of a message, and of an incident for which it is run once.
    for (script, message, incident) in [
        ("cat >/dev/null; exit 0", A, A),
        ("exit 0", A, A),
        ("exit 75", D, D),
        ("cat >/dev/null; echo not now >&2; exit 75", D, D),
        ("exit 65", R, R),
        ("exit 67", R, R),
        ("exit 68", R, R),
        ("exit 1", D, R),
        ("exit 7", D, R),
        ("exit 127", D, R),
        ("exit 255", D, R),
        ("kill -9 $$", U, R),
        ("cat >/dev/null; kill -15 $$", U, R),
        ("yes | head -c 1000000 >&2; exit 1", D, R),
    ] {
        let script_ = Script::new(script);
        for (kind, fate) in [(Kind::EveryMessage, message), (Kind::OnIncident, incident)] {
            let attempt = script_.run(kind, PATIENT, "{}").await;
            assert_eq!(
                attempt.deliveries[0].fate, fate,
                "{script}: {kind:?} {attempt:?}"
            );
            let sentence = match &attempt.end {
                End::HandedOver => continue,
                End::Stopped(_, cause) | End::Uncertain(cause) => cause.sentence(),
            };
            assert!(sentence.chars().count() < 500, "{script}: {sentence}");
        }
    }
}

#[tokio::test]
async fn what_it_says_is_kept_without_what_acts_on_a_terminal() {
    let script = Script::new("printf 'no\\033[2J\\nway' >&2; exit 1");
    let attempt = script.run(Kind::EveryMessage, PATIENT, "{}").await;
    let End::Stopped(_, cause) = attempt.end else {
        panic!("{attempt:?}");
    };
    assert_eq!(
        cause.sentence(),
        "the program ended with code 1 (no\u{fffd}[2J way)"
    );
}

#[tokio::test]
async fn a_program_that_hangs_is_ended_with_all_that_it_has_started() {
    for (kind, expected) in [
        (Kind::EveryMessage, "uncertain: silent"),
        (Kind::OnIncident, "program: silent"),
    ] {
        let script = Script::new(
            "sleep 600 & echo $! >$folder/child.new; mv $folder/child.new $folder/child; wait",
        );
        let began = Instant::now();
        let attempt = script.run(kind, SHORT, "{}").await;
        assert!(began.elapsed() < PATIENT);
        // On a busy machine it may not have begun.
        assert_eq!(ending(&attempt), expected, "{attempt:?}");
        if let Some(child) = script.read("child") {
            let status = PathBuf::from(format!("/proc/{}/stat", child.trim()));
            eventually("its child ends", PATIENT, || {
                let stat = fs::read_to_string(&status).unwrap_or_default();
                (stat.is_empty() || stat.contains(") Z ")).then_some(())
            });
        }
    }
}

#[tokio::test]
async fn a_program_that_reads_nothing_or_talks_on_is_waited_for_only_to_its_end() {
    // More than a pipe holds.
    let big = "x".repeat(1024 * 1024);
    for script in [
        "exit 0",
        "exec 0<&-; exit 0",
        // Somebody else keeps its input and output.
        "sleep 30 & exit 0",
        "setsid sleep 30 & exit 0",
        "(trap '' PIPE; while :; do echo x; sleep 0.1; done) >&2 & exit 0",
    ] {
        let program = Script::new(script);
        let began = Instant::now();
        let attempt = program.run(Kind::EveryMessage, PATIENT, &big).await;
        assert_eq!(ending(&attempt), "handed over", "{script}: {attempt:?}");
        assert!(began.elapsed() < PATIENT / 2, "{script}");
    }
}

#[tokio::test]
async fn a_program_that_cannot_be_started_is_told_later() {
    let folder = tempfile::tempdir().expect("a folder");
    let plain = folder.path().join("plain");
    fs::write(&plain, "exit 0").expect("written");
    for path in ["/nonexistent/page".into(), folder.path().to_owned(), plain] {
        for kind in [Kind::EveryMessage, Kind::OnIncident] {
            let attempt = run(path.clone(), &[], kind, PATIENT, "{}").await;
            assert_eq!(ending(&attempt), "program: no-program", "{attempt:?}");
            assert_eq!(attempt.deliveries[0].fate, D);
        }
    }
}

#[tokio::test]
async fn a_program_ends_when_nobody_waits_for_it_any_more() {
    let script =
        Script::new("echo $$ >$folder/pid.new; mv $folder/pid.new $folder/pid; exec sleep 600");
    let path = script.path();
    let work =
        tokio::spawn(async move { run(path, &[], Kind::EveryMessage, PATIENT * 3, "{}").await });
    let pid = loop {
        if let Some(pid) = script.read("pid") {
            break pid;
        }
        tokio::task::yield_now().await;
    };
    work.abort();
    assert!(work.await.expect_err("aborted").is_cancelled());
    let status = PathBuf::from(format!("/proc/{}/stat", pid.trim()));
    eventually("it ends", PATIENT, || {
        let stat = fs::read_to_string(&status).unwrap_or_default();
        (stat.is_empty() || stat.contains(") Z ")).then_some(())
    });
}
