//! Ends what we started, also when we are killed.
//!
//! A server is the child of a small shell (`guard.sh`) that waits for its standard input to close.
//! The kernel closes it when the starter ends in any way, so `kill -9` leaves no server behind. A
//! "parent died" signal on the server itself would not do: it goes off when the *thread* that
//! started it ends. It is set between server and shell, which has one thread.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::StartError;

/// How often and at which pace (seconds) a folder is removed while servers in it are still ending.
const REMOVE: &str = r#"
while read -r _; do :; done
for attempt in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    rm -rf -- "$1" 2>/dev/null && exit 0
    sleep 0.5
done
"#;

/// A running server that ends when this is dropped or its process dies.
#[derive(Debug)]
pub(crate) struct Guard {
    shell: Child,
    server: u32,
}

impl Guard {
    /// Starts the program of `command` with its arguments, which prints into the file `log`. It is
    /// to be ended by `signal`, and by `SIGKILL` five seconds later.
    pub fn start(signal: &str, log: &Path, command: &Command) -> Result<Self, StartError> {
        let program = command.get_program();
        let failed =
            |cause: String| StartError::new(format!("start {}", program.to_string_lossy()), cause);
        let mut shell = shell(
            include_str!("guard.sh"),
            [OsStr::new(signal), log.as_os_str()],
        )
        .args(["setpriv", "--pdeathsig", signal, "--"])
        .arg(program)
        .args(command.get_args())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
        let mut line = String::new();
        if let Some(output) = shell.stdout.take() {
            BufReader::new(output)
                .read_line(&mut line)
                .map_err(|error| failed(error.to_string()))?;
        }
        let server = line
            .trim()
            .parse()
            .map_err(|_| failed("no process id".to_owned()))?;
        Ok(Self { shell, server })
    }

    /// The server's process id.
    pub fn server(&self) -> u32 {
        self.server
    }

    /// Whether the server has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.shell.try_wait(), Ok(None))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // `wait` closes the shell's standard input first. It cannot fail for a child of our own.
        let _ = self.shell.wait();
    }
}

/// Removes a folder when dropped or when our process dies.
#[derive(Debug)]
pub(crate) struct FolderGuard(Child);

impl FolderGuard {
    /// Takes charge of `folder`, which exists.
    pub fn start(folder: &Path) -> Result<Self, StartError> {
        shell(REMOVE, [folder.as_os_str()])
            .stdout(Stdio::null())
            .spawn()
            .map(Self)
            .map_err(|error| StartError::new("start sh", error))
    }
}

impl Drop for FolderGuard {
    fn drop(&mut self) {
        let _ = self.0.wait();
    }
}

/// A shell in a process group of its own, so that Ctrl-C at the terminal reaches only the starter.
fn shell<'a>(script: &str, arguments: impl IntoIterator<Item = &'a OsStr>) -> Command {
    let mut command = Command::new("sh");
    command.arg("-c").arg(script).arg("guard").args(arguments);
    command
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0);
    command
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{Paused, eventually};

    const LIMIT: Duration = Duration::from_secs(15);

    fn sleeper() -> Guard {
        let mut command = Command::new("sleep");
        Guard::start("TERM", Path::new("/dev/null"), command.arg("600")).unwrap()
    }

    fn runs(pid: u32) -> bool {
        Path::new(&format!("/proc/{pid}")).exists()
    }

    #[test]
    fn a_server_ends_when_its_guard_is_dropped() {
        let mut guard = sleeper();
        let server = guard.server();
        assert!(runs(server) && !guard.has_ended());
        drop(guard);
        assert!(!runs(server));
    }

    #[test]
    fn a_stopped_server_ends_too() {
        let guard = sleeper();
        let server = guard.server();
        let pause = Paused::process(server).unwrap();
        drop(guard);
        assert!(!runs(server));
        drop(pause);
    }

    #[test]
    fn a_server_ends_when_its_guard_is_killed() {
        let mut guard = sleeper();
        let server = guard.server();
        let program = || std::fs::read_to_string(format!("/proc/{server}/comm")).unwrap();
        eventually("the server has been started", LIMIT, || {
            (program() == "sleep\n").then_some(())
        });
        guard.shell.kill().unwrap();
        eventually("the server has ended", LIMIT, || {
            (!runs(server)).then_some(())
        });
    }

    #[test]
    fn a_server_that_ends_by_itself_is_noticed() {
        let mut guard =
            Guard::start("TERM", Path::new("/dev/null"), &Command::new("true")).unwrap();
        eventually("the guard has ended", LIMIT, || {
            guard.has_ended().then_some(())
        });
    }

    #[test]
    fn a_folder_is_removed_with_its_guard() {
        let folder = tempfile::tempdir().unwrap().keep();
        std::fs::write(folder.join("file"), "x").unwrap();
        drop(FolderGuard::start(&folder).unwrap());
        assert!(!folder.exists());
    }
}
