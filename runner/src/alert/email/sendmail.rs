//! Handing a mail to a program of this machine, as `sendmail` has it: the mail on standard input, the
//! addresses as arguments, the exit code of `sysexits.h` as the answer.

use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use tokio::time::Instant;

use super::Parcel;
use crate::alert::program::Call;
use crate::alert::steps::{Steps, Watch};
use crate::model::delivery::{Attempt, Cause, End, Fate, Phase};

/// How long the program may take; it only puts the mail into a queue.
const LIMIT: Duration = Duration::from_secs(120);

/// Wrong data, no such user, no such host (`sysexits.h`): the same mail will end the same way.
const FOR_GOOD: [i32; 3] = [65, 67, 68];

/// A program that takes mail.
#[derive(Clone, Debug)]
pub struct Sendmail {
    program: PathBuf,
    limit: Duration,
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
        // A dot alone on a line does not end the mail, and nothing that begins with `-` is an option.
        let options = ["-i", "-f", parcel.from.as_str(), "--"];
        let recipients = parcel.to.iter().map(|to| to.as_str());
        let call = Call {
            program: &self.program,
            arguments: options.into_iter().chain(recipients).collect(),
            environment: Vec::new(),
            input: &with_unix_lines(&parcel.bytes),
            limit: self.limit,
        };
        let ended = call.run().await;
        let result = match ended.how {
            Ok(status) => outcome(status, ended.said),
            Err(cause) => Err((cause, Fate::Deferred)),
        };
        let cause = result.as_ref().err().map(|(cause, _)| cause.clone());
        Steps::new(watch).whole(Phase::Program, began, cause);
        match result {
            Ok(()) => Attempt::of_all(parcel.to, Fate::Accepted, End::HandedOver),
            // It had everything and did not say what it did with it.
            Err((cause @ (Cause::Silent(_) | Cause::ProgramFailed(None, _)), _))
                if ended.has_all =>
            {
                Attempt::of_all(parcel.to, Fate::Uncertain, End::Uncertain(cause))
            }
            Err((cause, fate)) => {
                Attempt::of_all(parcel.to, fate, End::Stopped(Phase::Program, cause))
            }
        }
    }
}

fn outcome(status: ExitStatus, said: String) -> Result<(), (Cause, Fate)> {
    if status.success() {
        return Ok(());
    }
    let code = status.code();
    let fate = match code {
        Some(code) if FOR_GOOD.contains(&code) => Fate::Refused,
        _ => Fate::Deferred,
    };
    Err((Cause::ProgramFailed(code, said), fate))
}

/// Programs of this machine read lines as everything on it does.
fn with_unix_lines(mail: &[u8]) -> Vec<u8> {
    mail.iter().copied().filter(|&b| b != b'\r').collect()
}

#[cfg(test)]
mod tests;
