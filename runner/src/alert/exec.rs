//! Telling a program of this machine: the message as JSON on its standard input, the basics as variables
//! that begin with `CHECKRUN_`, its exit code as the answer.

use std::collections::BTreeMap;
use std::process::ExitStatus;
use std::time::Duration;

use tokio::time::Instant;

use super::program::Call;
use super::steps::{Steps, Watch};
use crate::model::delivery::{Attempt, Cause, End, Fate, Phase};
use crate::model::route::Program;

/// How long a program may take; then it is ended with all that it has started.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Not now (`EX_TEMPFAIL` of `sysexits.h`).
const NOT_NOW: i32 = 75;

/// Wrong data, no such user, no such host (`sysexits.h`): the same message will end the same way.
const FOR_GOOD: [i32; 3] = [65, 67, 68];

/// A program that is told.
#[derive(Clone, Debug)]
pub struct Sender {
    program: Program,
    kind: Kind,
    limit: Duration,
}

/// What a program is run for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Every message: it tells people, and telling them twice is better than not at all.
    EveryMessage,
    /// Each incident that opens: it does something, and doing that twice may be worse than not at all.
    OnIncident,
}

impl Sender {
    /// This program.
    #[must_use]
    pub fn new(program: Program, kind: Kind) -> Self {
        Self {
            program,
            kind,
            limit: LIMIT,
        }
    }

    /// Where, for people.
    #[must_use]
    pub fn shown(&self) -> String {
        self.program.path.display().to_string()
    }

    /// Runs it once.
    pub async fn send(
        &self,
        input: &str,
        variables: &BTreeMap<String, String>,
        watch: Watch<'_>,
    ) -> Attempt {
        let began = Instant::now();
        let arguments = self.program.arguments.iter().map(String::as_str);
        let variables = variables.iter();
        let call = Call {
            program: &self.program.path,
            arguments: arguments.collect(),
            environment: variables
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect(),
            input: input.as_bytes(),
            limit: self.limit,
        };
        let ended = call.run().await;
        let cause = match ended.how {
            Ok(status) => failure(status, ended.said),
            Err(cause) => Some(cause),
        };
        Steps::new(watch).whole(Phase::Program, began, cause.clone());
        let to = [self.shown()];
        let Some(cause) = cause else {
            return Attempt::of_all(&to, Fate::Accepted, End::HandedOver);
        };
        let fate = self.kind.fate(&cause);
        let end = match fate {
            Fate::Uncertain => End::Uncertain(cause),
            _ => End::Stopped(Phase::Program, cause),
        };
        Attempt::of_all(&to, fate, end)
    }
}

fn failure(status: ExitStatus, said: String) -> Option<Cause> {
    (!status.success()).then(|| Cause::ProgramFailed(status.code(), said))
}

impl Kind {
    /// What a failure means.
    fn fate(self, cause: &Cause) -> Fate {
        match (self, cause) {
            // It has done nothing, or says so.
            (_, Cause::NoProgram(_) | Cause::ProgramFailed(Some(NOT_NOW), _)) => Fate::Deferred,
            // Whatever it has done, it has done it.
            (Self::OnIncident, _) => Fate::Refused,
            (Self::EveryMessage, Cause::ProgramFailed(Some(code), _))
                if FOR_GOOD.contains(code) =>
            {
                Fate::Refused
            }
            // Many a script ends with the code of what it called last, so this says: not told.
            (Self::EveryMessage, Cause::ProgramFailed(Some(_), _)) => Fate::Deferred,
            // It was ended in the middle of something.
            (Self::EveryMessage, _) => Fate::Uncertain,
        }
    }
}

#[cfg(test)]
mod tests;
