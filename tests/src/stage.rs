//! The folder that `checkrun` is run in.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use checkrun_testkit::{Servers, account};
use tempfile::TempDir;

use crate::configuration::password_variable;
use crate::ended::CANARY;
use crate::{Ended, Running};

/// A command that has not ended by then hangs.
const LIMIT: Duration = Duration::from_secs(30);

/// The accounts whose passwords every command finds in its environment.
const ACCOUNTS: [account::Account; 7] = [
    account::MONITOR,
    account::PLAIN,
    account::WRITER,
    account::BOSS,
    account::LIMITED,
    account::PROGRAM,
    account::TLS_ONLY,
];

/// A temporary folder, and the environment of the commands in it.
#[derive(Debug)]
pub struct Stage {
    folder: TempDir,
    environment: Vec<(OsString, OsString)>,
}

impl Stage {
    /// A folder with this `checkrun.toml` in it.
    #[must_use]
    pub fn new(configuration: &str) -> Self {
        // Not wherever TMPDIR says: the length of paths decides where messages are wrapped.
        let folder = tempfile::tempdir_in("/tmp").expect("a temporary folder");
        let mut stage = Self {
            environment: Vec::new(),
            folder,
        };
        stage.set("HOME", stage.folder.path().as_os_str().to_owned());
        stage.set("TZ", "UTC");
        // Packs are compiled once for all tests.
        stage.set("XDG_CACHE_HOME", target_folder().join("tmp/e2e-cache"));
        for account in ACCOUNTS {
            stage.set(&password_variable(account), account.password);
        }
        stage.write("checkrun.toml", configuration);
        stage
    }

    /// As [`Stage::new`], with the certificate authorities of the test servers as `ca.pem` and
    /// `other-ca.pem`, so that no message has to name a folder outside.
    #[must_use]
    pub fn with_authorities(configuration: &str) -> Self {
        let stage = Self::new(configuration);
        let certificates = Servers::from_environment().certificates;
        for (from, to) in [
            (certificates.ca, "ca.pem"),
            (certificates.other_ca, "other-ca.pem"),
        ] {
            fs::copy(&from, stage.path(to)).expect("a certificate to copy");
        }
        stage
    }

    /// Sets a variable for the commands to come.
    pub fn set(&mut self, name: &str, value: impl Into<OsString>) {
        self.environment.push((name.into(), value.into()));
    }

    /// A path in the folder.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the folder.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        let folder = path.parent().expect("a file has a folder");
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, content))
            .unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
    }

    /// Runs SQL on a SQLite file in the folder, which is made when it is not there.
    pub fn sqlite(&self, name: &str, sql: &str) {
        rusqlite::Connection::open(self.path(name))
            .and_then(|connection| connection.execute_batch(sql))
            .unwrap_or_else(|error| panic!("{name}: {error}\n{sql}"));
    }

    /// One value from a SQLite file in the folder.
    #[must_use]
    pub fn value<T: rusqlite::types::FromSql>(&self, name: &str, sql: &str) -> T {
        rusqlite::Connection::open(self.path(name))
            .and_then(|connection| connection.query_row(sql, [], |row| row.get(0)))
            .unwrap_or_else(|error| panic!("{name}: {error}\n{sql}"))
    }

    /// Runs `checkrun` to its end, and makes sure that it has not kept a password.
    #[track_caller]
    #[must_use]
    pub fn run(&self, arguments: &[&str]) -> Ended {
        let ended = self.start(arguments).wait(LIMIT);
        for file in ["checkrun.db", "checkrun.db-wal"] {
            let bytes = fs::read(self.path(file)).unwrap_or_default();
            let kept = bytes
                .windows(CANARY.len())
                .any(|part| part == CANARY.as_bytes());
            assert!(!kept, "{file} has a password in it");
        }
        ended
    }

    /// Starts `checkrun`.
    #[track_caller]
    #[must_use]
    pub fn start(&self, arguments: &[&str]) -> Running {
        Running::start(self.command(binary(), arguments), arguments)
    }

    /// Runs a line of shell, in which `checkrun` is the binary.
    #[track_caller]
    #[must_use]
    pub fn shell(&self, script: &str) -> Ended {
        let mut command = self.command(PathBuf::from("/bin/sh"), &["-c", script]);
        let folder = binary().parent().map(Path::to_owned).unwrap_or_default();
        command.env("PATH", format!("{}:/usr/bin:/bin", folder.display()));
        Running::start(command, &["-c", script]).wait(LIMIT)
    }

    fn command(&self, program: PathBuf, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }
}

/// The folder of everything that cargo builds: the test's own file is in its `debug/deps`.
#[must_use]
pub fn target_folder() -> PathBuf {
    let own = std::env::current_exe().expect("the test's own file");
    own.ancestors()
        .nth(3)
        .expect("a file in <target>/debug/deps")
        .to_owned()
}

/// The binary beside the test.
fn binary() -> PathBuf {
    let own = std::env::current_exe().expect("the test's own file");
    let folder = own.ancestors().nth(2).expect("a folder above deps");
    let binary = folder.join("checkrun");
    assert!(
        binary.is_file(),
        "{} is not there: run `cargo xtask test`, which builds it first",
        binary.display()
    );
    binary
}
