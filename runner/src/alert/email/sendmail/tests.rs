//! Programs as they are and as they should not be.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use tempfile::TempDir;

use super::*;
use crate::model::mail::Address;

/// A program that does this after reading the mail.
struct Program(TempDir);

impl Program {
    fn new(script: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let program = Self(folder);
        let text = format!(
            "#!/bin/sh\nfolder={}\n{script}\n",
            program.0.path().display()
        );
        // Written under another name: a file that is open for writing cannot be run.
        let path = program.path();
        fs::write(path.with_extension("new"), text).expect("written");
        fs::set_permissions(
            path.with_extension("new"),
            fs::Permissions::from_mode(0o755),
        )
        .expect("set");
        fs::rename(path.with_extension("new"), &path).expect("renamed");
        program
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("sendmail")
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).expect("what the program wrote")
    }
}

async fn send(program: PathBuf, limit: Duration, mail: &[u8]) -> Attempt {
    let address = |text: &str| Address::parse(text).expect("an address");
    let to = [address("ops@example.org"), address("-oQ/tmp@example.org")];
    let parcel = Parcel {
        from: &address("checkrun@example.org"),
        to: &to,
        bytes: mail.to_vec(),
        name: String::new(),
    };
    Sendmail { program, limit }.send(&parcel, &mut |_| {}).await
}

const MAIL: &[u8] = b"Subject: x\r\n\r\n.\r\n$(touch /tmp/never)\r\n";

#[tokio::test]
async fn the_program_gets_the_mail_and_the_addresses_and_nothing_of_ours() {
    let program = Program::new(
        "cat >$folder/mail; printf '%s\\n' \"$@\" >$folder/arguments; env >$folder/env; pwd >>$folder/env",
    );
    let attempt = send(program.path(), LIMIT, MAIL).await;
    assert_eq!(attempt.end, End::HandedOver, "{attempt:?}");
    assert_eq!(
        program.read("mail"),
        "Subject: x\n\n.\n$(touch /tmp/never)\n"
    );
    assert_eq!(
        program.read("arguments"),
        "-i\n-f\ncheckrun@example.org\n--\nops@example.org\n-oQ/tmp@example.org\n"
    );
    let environment = program.read("env");
    assert!(
        environment.lines().all(|line| line.starts_with("PATH=")
            || line.starts_with("PWD=")
            || line.starts_with("_=")
            || line.starts_with("OLDPWD=")
            || line.starts_with("SHLVL=")
            || line == "/"),
        "{environment}"
    );
}

#[tokio::test]
async fn what_the_exit_code_means() {
    let big = vec![b'x'; 1024 * 1024];
    for (script, fate, ending) in [
        ("cat >/dev/null; exit 75", Fate::Deferred, "program-failed"),
        (
            "cat >/dev/null; echo 'no such user' >&2; exit 67",
            Fate::Refused,
            "program-failed",
        ),
        ("cat >/dev/null; exit 78", Fate::Deferred, "program-failed"),
        ("exit 75", Fate::Deferred, "program-failed"),
        (
            "cat >/dev/null; kill -9 $$",
            Fate::Uncertain,
            "program-failed",
        ),
        ("kill -9 $$", Fate::Deferred, "program-failed"),
        (
            "cat >/dev/null; yes | head -c 1000000 >&2; exit 75",
            Fate::Deferred,
            "program-failed",
        ),
    ] {
        let program = Program::new(script);
        let attempt = send(program.path(), LIMIT, &big).await;
        let fates: Vec<Fate> = attempt.deliveries.iter().map(|d| d.fate).collect();
        assert_eq!(fates, [fate; 2], "{script}: {attempt:?}");
        let (End::Stopped(_, cause) | End::Uncertain(cause)) = &attempt.end else {
            panic!("{script}: {attempt:?}");
        };
        assert_eq!(cause.as_str(), ending, "{script}");
        assert!(cause.sentence().chars().count() < 500, "{script}");
    }
}

#[tokio::test]
async fn a_program_that_hangs_is_ended() {
    let limit = Duration::from_millis(500);
    for (script, fate) in [
        ("exec sleep 600", Fate::Deferred),
        ("cat >/dev/null; exec sleep 600", Fate::Uncertain),
    ] {
        let program = Program::new(script);
        let began = Instant::now();
        // More than a pipe holds, so that it cannot all have been written unless it was read.
        let attempt = send(program.path(), limit, &vec![b'x'; 1024 * 1024]).await;
        assert!(began.elapsed() < Duration::from_secs(10));
        assert_eq!(attempt.deliveries[0].fate, fate, "{script}: {attempt:?}");
    }
}

#[tokio::test]
async fn a_program_that_is_not_there_is_named() {
    let attempt = send("/nonexistent/sendmail".into(), LIMIT, MAIL).await;
    assert!(
        matches!(
            attempt.end,
            End::Stopped(Phase::Program, Cause::NoProgram(_))
        ),
        "{attempt:?}"
    );
    assert_eq!(attempt.deliveries[0].fate, Fate::Deferred);
}
