//! Stopping a process for a while, as a hanging machine would.

use std::io;
use std::process::{Command, Stdio};

/// Processes that are stopped (`SIGSTOP`) until this is dropped.
#[derive(Debug)]
pub struct Paused {
    processes: Vec<u32>,
}

impl Paused {
    /// Stops one process, for example a PostgreSQL backend.
    ///
    /// # Errors
    /// When there is no such process or it belongs to somebody else.
    pub fn process(pid: u32) -> io::Result<Self> {
        Self::all(vec![pid])
    }

    /// Stops a server and its child processes. New connections are still taken by the kernel, but
    /// nobody answers.
    ///
    /// # Errors
    /// When there is no such process or it belongs to somebody else.
    pub fn server(pid: u32) -> io::Result<Self> {
        let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))?;
        let children = children
            .split_whitespace()
            .filter_map(|child| child.parse().ok());
        Self::all(std::iter::once(pid).chain(children).collect())
    }

    fn all(processes: Vec<u32>) -> io::Result<Self> {
        send("STOP", &processes)?;
        Ok(Self { processes })
    }
}

impl Drop for Paused {
    fn drop(&mut self) {
        // A process that has ended meanwhile needs no waking.
        let _ = send("CONT", &self.processes);
    }
}

/// Sends a signal by its name without `SIG`. The shell's own `kill` is on every machine.
pub(crate) fn send(signal: &str, processes: &[u32]) -> io::Result<()> {
    let output = Command::new("sh")
        .args(["-c", r#"kill -s "$@""#, "kill", signal])
        .args(processes.iter().map(u32::to_string))
        .stdin(Stdio::null())
        .output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(io::Error::other(
        String::from_utf8_lossy(&output.stderr).into_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::eventually;

    fn state(pid: u32) -> Option<char> {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        stat.rsplit(") ").next()?.chars().next()
    }

    #[test]
    fn a_paused_process_stands_still_until_the_pause_is_dropped() {
        let mut sleeper = Command::new("sleep").arg("60").spawn().unwrap();
        let limit = Duration::from_secs(10);
        let pause = Paused::process(sleeper.id()).unwrap();
        eventually("stopped", limit, || {
            (state(sleeper.id()) == Some('T')).then_some(())
        });
        drop(pause);
        eventually("awake", limit, || {
            (state(sleeper.id()) == Some('S')).then_some(())
        });
        sleeper.kill().unwrap();
        sleeper.wait().unwrap();
    }
}
