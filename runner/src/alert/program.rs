//! [`Call`]: running a program of this machine once, with something to read, and with limits that hold
//! whatever it does: hang, ignore its input, talk without end, leave others behind.
//!
//! No shell, nothing of our environment, and its own process group, so that what it has started ends
//! with it when its time is up.

use std::path::Path;
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, Command};

use crate::model::delivery::{Cause, harmless};

/// What is kept of what it says, bytes.
const SAID_BYTES_MAX: usize = 4096;

/// Where programs look for others.
pub(super) const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// How long others that it left behind may keep its output open, once it has ended itself.
const AFTERMATH: Duration = Duration::from_millis(500);

/// What to run.
pub(super) struct Call<'c> {
    /// Its path.
    pub program: &'c Path,
    /// Its arguments.
    pub arguments: Vec<&'c str>,
    /// Its environment, besides `PATH`.
    pub environment: Vec<(&'c str, &'c str)>,
    /// What it reads.
    pub input: &'c [u8],
    /// How long it may take.
    pub limit: Duration,
}

/// What became of it.
pub(super) struct Ended {
    /// How it ended, or why it did not by itself.
    pub how: Result<ExitStatus, Cause>,
    /// What it said on its standard error, on one line, cut.
    pub said: String,
    /// Whether all of the input was taken from us; a pipe keeps some that nobody has read.
    pub has_all: bool,
}

impl Call<'_> {
    /// Runs it to its end, or the end of its time.
    pub async fn run(self) -> Ended {
        let mut ended = Ended {
            how: Err(Cause::Silent(self.limit)),
            said: String::new(),
            has_all: false,
        };
        let mut child = match self.start() {
            Ok(child) => child,
            Err(error) => {
                ended.how = Err(Cause::NoProgram(error.to_string()));
                return ended;
            }
        };
        // When time is up this is dropped, and ends the group by that.
        let mut group = Group::of(&child);
        let mut said = Vec::new();
        let (input, output) = (child.stdin.take(), child.stderr.take());
        let talk = async {
            tokio::join!(
                write(input, self.input, &mut ended.has_all),
                read(output, &mut said)
            );
        };
        let waited = tokio::time::timeout(self.limit, wait(&mut child, talk)).await;
        if let Ok(status) = waited {
            group.has_ended();
            ended.how = status.map_err(|error| Cause::Broken(error.kind().to_string()));
        }
        ended.said = harmless(&String::from_utf8_lossy(&said));
        ended
    }

    fn start(&self) -> std::io::Result<Child> {
        Command::new(self.program)
            .args(&self.arguments)
            .env_clear()
            .env("PATH", PATH)
            .envs(self.environment.iter().copied())
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
    }
}

/// Its end counts, also when others that it left behind hold its input and output.
async fn wait(child: &mut Child, talk: impl Future<Output = ()>) -> std::io::Result<ExitStatus> {
    let mut talk = pin!(talk);
    let mut is_over = false;
    loop {
        tokio::select! {
            () = &mut talk, if !is_over => is_over = true,
            status = child.wait() => {
                if !is_over {
                    // What is not said by then is not said.
                    let _ = tokio::time::timeout(AFTERMATH, talk).await;
                }
                return status;
            }
        }
    }
}

/// A program that does not want all of it says why by its exit code.
async fn write(pipe: Option<ChildStdin>, input: &[u8], has_all: &mut bool) {
    if let Some(mut pipe) = pipe {
        *has_all = pipe.write_all(input).await.is_ok() && pipe.shutdown().await.is_ok();
    }
}

/// Keeps the beginning, and reads on, so that nobody waits for us.
async fn read(pipe: Option<impl AsyncRead + Unpin>, said: &mut Vec<u8>) {
    let Some(mut pipe) = pipe else {
        return;
    };
    let mut buffer = [0; SAID_BYTES_MAX];
    // What cannot be read is not said.
    while let Ok(count @ 1..) = pipe.read(&mut buffer).await {
        let room = SAID_BYTES_MAX - said.len();
        said.extend_from_slice(&buffer[..count.min(room)]);
    }
}

/// The program and all that it has started.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self(id.and_then(Pid::from_raw))
    }

    /// From now on the number may be somebody else's.
    fn has_ended(&mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // It may have ended in this moment.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}
