//! Handing a mail to a program of this machine, as `sendmail` has it: the mail on standard input, the
//! addresses as arguments, the exit code of `sysexits.h` as the answer.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::Instant;

use super::{Parcel, Watch, tell};
use crate::model::mail::delivery::harmless;
use crate::model::mail::{Attempt, Cause, End, Fate, Phase};

/// How long the program may take; it only puts the mail into a queue.
const LIMIT: Duration = Duration::from_secs(120);

/// What is kept of what it says, bytes.
const SAID_BYTES_MAX: u64 = 4096;

/// Where such programs look for others.
const PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

/// Wrong data, no such user, no such host (`sysexits.h`): the same mail will end the same way.
const FOR_GOOD: [i32; 3] = [65, 67, 68];

/// A program that takes mail.
#[derive(Clone, Debug)]
pub struct Sendmail {
    program: PathBuf,
    limit: Duration,
}

/// How the program ended.
struct Ended {
    status: ExitStatus,
    said: String,
}

impl Sendmail {
    /// This program.
    #[must_use]
    pub fn new(program: PathBuf) -> Self {
        Self {
            program,
            limit: LIMIT,
        }
    }

    /// Hands the mail over.
    pub(super) async fn send(&self, parcel: &Parcel<'_>, watch: Watch<'_>) -> Attempt {
        let began = Instant::now();
        let mut has_all = false;
        let result = match self.start(parcel) {
            Ok(child) => {
                let work = run(child, &parcel.bytes, &mut has_all);
                // When time is up the child is dropped, and killed by that.
                match tokio::time::timeout(self.limit, work).await {
                    Ok(Ok(ended)) => outcome(&ended),
                    Ok(Err(error)) => {
                        Err((Cause::Broken(error.kind().to_string()), Fate::Deferred))
                    }
                    Err(_) => Err((Cause::Silent(self.limit), Fate::Deferred)),
                }
            }
            Err(error) => Err((Cause::NoProgram(error.to_string()), Fate::Deferred)),
        };
        let cause = result.as_ref().err().map(|(cause, _)| cause.clone());
        tell(watch, Phase::Program, began.elapsed(), cause);
        match result {
            Ok(()) => Attempt::of_all(parcel.to, Fate::Accepted, End::HandedOver),
            // It had everything and did not say what it did with it.
            Err((cause @ (Cause::Silent(_) | Cause::ProgramFailed(None, _)), _)) if has_all => {
                Attempt::of_all(parcel.to, Fate::Uncertain, End::Uncertain(cause))
            }
            Err((cause, fate)) => {
                Attempt::of_all(parcel.to, fate, End::Stopped(Phase::Program, cause))
            }
        }
    }

    /// No shell, no environment of ours, and nothing that begins with `-` taken for an option.
    fn start(&self, parcel: &Parcel<'_>) -> std::io::Result<Child> {
        Command::new(&self.program)
            // A dot alone on a line does not end the mail.
            .arg("-i")
            .args(["-f", parcel.from.as_str()])
            .arg("--")
            .args(parcel.to.iter().map(|to| to.as_str()))
            .env_clear()
            .env("PATH", PATH)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
    }
}

/// The program may say something, or end, before it has read all of the mail.
async fn run(mut child: Child, mail: &[u8], has_all: &mut bool) -> std::io::Result<Ended> {
    let (input, output) = (child.stdin.take(), child.stderr.take());
    let mail = with_unix_lines(mail);
    let write = async {
        let Some(mut input) = input else {
            return;
        };
        // A program that does not want all of it says why by its exit code.
        *has_all = input.write_all(&mail).await.is_ok() && input.shutdown().await.is_ok();
    };
    let read = async {
        let mut said = Vec::new();
        if let Some(mut output) = output {
            let mut kept = (&mut output).take(SAID_BYTES_MAX);
            // What cannot be read is not said.
            let _ = kept.read_to_end(&mut said).await;
            let _ = tokio::io::copy(&mut output, &mut tokio::io::sink()).await;
        }
        said
    };
    let (status, (), said) = tokio::join!(child.wait(), write, read);
    Ok(Ended {
        status: status?,
        said: harmless(&String::from_utf8_lossy(&said)),
    })
}

fn outcome(ended: &Ended) -> Result<(), (Cause, Fate)> {
    if ended.status.success() {
        return Ok(());
    }
    let code = ended.status.code();
    let fate = match code {
        Some(code) if FOR_GOOD.contains(&code) => Fate::Refused,
        _ => Fate::Deferred,
    };
    Err((Cause::ProgramFailed(code, ended.said.clone()), fate))
}

/// Programs of this machine read lines as everything on it does.
fn with_unix_lines(mail: &[u8]) -> Vec<u8> {
    mail.iter().copied().filter(|&b| b != b'\r').collect()
}

#[cfg(test)]
mod tests;
