//! A command that has been started.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::Ended;

/// Between two looks at the command.
const PAUSE: Duration = Duration::from_millis(5);

/// A running command, whose output is read as it comes; killed when dropped before its end.
#[derive(Debug)]
pub struct Running {
    child: Child,
    line: String,
    started: Instant,
    stdout: Option<JoinHandle<Vec<u8>>>,
    stderr: Option<JoinHandle<Vec<u8>>>,
}

impl Running {
    #[track_caller]
    pub(crate) fn start(mut command: Command, arguments: &[&str]) -> Self {
        let started = Instant::now();
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a new process");
        Self {
            line: arguments.join(" "),
            started,
            stdout: child.stdout.take().map(read),
            stderr: child.stderr.take().map(read),
            child,
        }
    }

    /// Waits for the end, for at most `limit` since the start.
    ///
    /// # Panics
    /// When it takes longer.
    #[track_caller]
    #[must_use]
    pub fn wait(mut self, limit: Duration) -> Ended {
        let status = loop {
            match self.child.try_wait().expect("a process to wait for") {
                Some(status) => break status,
                None if self.started.elapsed() < limit => thread::sleep(PAUSE),
                None => panic!("`checkrun {}` still runs after {limit:?}", self.line),
            }
        };
        let took = self.started.elapsed();
        self.ended(status.code(), took)
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended by itself.
    ///
    /// # Panics
    /// When it cannot be asked.
    #[track_caller]
    pub fn has_ended(&mut self) -> bool {
        let status = self.child.try_wait().expect("a process to wait for");
        status.is_some()
    }

    /// Sends it a signal by its name without `SIG`.
    ///
    /// # Panics
    /// When it has ended already.
    #[track_caller]
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("sh")
            .args(["-c", r#"kill -s "$1" "$2""#, "kill", name, &id])
            .status();
        assert!(sent.is_ok_and(|sent| sent.success()), "SIG{name} to {id}");
    }

    /// Waits for the end, for at most `limit` from now.
    ///
    /// # Panics
    /// When it takes longer.
    #[track_caller]
    #[must_use]
    pub fn wait_from_now(self, limit: Duration) -> Ended {
        let limit = self.started.elapsed() + limit;
        self.wait(limit)
    }

    /// Ends it as `kill -9` does.
    #[track_caller]
    #[must_use]
    pub fn kill(mut self) -> Ended {
        self.child.kill().expect("a process to kill");
        let status = self.child.wait().expect("a process to wait for");
        let took = self.started.elapsed();
        self.ended(status.code(), took)
    }

    #[track_caller]
    fn ended(&mut self, code: Option<i32>, took: Duration) -> Ended {
        let text = |reader: &mut Option<JoinHandle<Vec<u8>>>| {
            let bytes = reader.take().and_then(|reader| reader.join().ok());
            String::from_utf8(bytes.unwrap_or_default()).expect("UTF-8")
        };
        Ended::new(code, text(&mut self.stdout), text(&mut self.stderr), took)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(mut stream: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What came before an error is what the test sees.
        let _ = stream.read_to_end(&mut bytes);
        bytes
    })
}
