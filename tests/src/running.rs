//! A command that has been started.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use checkrun_testkit::eventually;

use crate::Ended;

/// Between two looks at the command.
const PAUSE: Duration = Duration::from_millis(5);

/// A running command, whose output is read as it comes; killed when dropped before its end.
#[derive(Debug)]
pub struct Running {
    child: Child,
    line: String,
    started: Instant,
    stdout: Output,
    stderr: Output,
}

/// What it says on one stream.
#[derive(Debug)]
struct Output {
    said: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
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
            stdout: Output::of(child.stdout.take().expect("a pipe")),
            stderr: Output::of(child.stderr.take().expect("a pipe")),
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

    /// Waits until it has said so on standard error.
    ///
    /// # Panics
    /// When it takes longer than `limit`.
    #[track_caller]
    pub fn wait_for_stderr(&self, text: &str, limit: Duration) {
        eventually(text, limit, || {
            self.stderr.so_far().contains(text).then_some(())
        });
    }

    /// What it has said on standard output.
    #[must_use]
    pub fn stdout_so_far(&self) -> String {
        self.stdout.so_far()
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
        let (stdout, stderr) = (self.stdout.all(), self.stderr.all());
        Ended::new(code, stdout, stderr, took)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Output {
    /// Reads as it comes.
    fn of(mut stream: impl Read + Send + 'static) -> Self {
        let said = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&said);
        let reader = thread::spawn(move || {
            let mut bytes = [0; 8192];
            // What came before an error is what the test sees.
            while let Ok(count @ 1..) = stream.read(&mut bytes) {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                kept.extend_from_slice(&bytes[..count]);
            }
        });
        Self {
            said,
            reader: Some(reader),
        }
    }

    fn so_far(&self) -> String {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&said).into_owned()
    }

    /// Once nobody says anything any more.
    #[track_caller]
    fn all(&mut self) -> String {
        if let Some(reader) = self.reader.take() {
            reader.join().expect("a reader that has not panicked");
        }
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8(said.clone()).expect("UTF-8")
    }
}
