//! [`Steps`]: tells of each step as it ends; [`Stop`]: where and why there is no next one.

use tokio::time::Instant;

use crate::alert::email::Watch;
use crate::model::mail::{Cause, End, Fate, Phase, Reply, Step};

/// Where and why an attempt ended early.
#[derive(Debug)]
pub(super) struct Stop {
    phase: Phase,
    cause: Cause,
}

impl Stop {
    pub fn new(phase: Phase, cause: Cause) -> Self {
        Self { phase, cause }
    }

    /// How the attempt ended, and what that means for recipients that were not refused themselves.
    pub fn verdict(self) -> (End, Fate) {
        match (self.phase, &self.cause) {
            (
                Phase::Sender | Phase::Recipient | Phase::Data | Phase::Content | Phase::Acceptance,
                Cause::Refused(_),
            ) => (End::Stopped(self.phase, self.cause), Fate::Refused),
            (_, Cause::Busy(_)) => (End::Stopped(self.phase, self.cause), Fate::Deferred),
            // All of it was sent. Without a clear word, nobody knows.
            (Phase::Acceptance, _) => (End::Uncertain(self.cause), Fate::Uncertain),
            _ => (End::Stopped(self.phase, self.cause), Fate::Deferred),
        }
    }
}

/// Tells of the steps.
pub(super) struct Steps<'w>(Watch<'w>);

impl<'w> Steps<'w> {
    pub fn new(watch: Watch<'w>) -> Self {
        Self(watch)
    }

    pub fn done(
        &mut self,
        phase: Phase,
        about: Option<String>,
        began: Instant,
        reply: Option<Reply>,
    ) {
        self.tell(phase, about, began, reply, None);
    }

    pub fn failed(
        &mut self,
        phase: Phase,
        about: Option<String>,
        began: Instant,
        cause: Cause,
    ) -> Stop {
        let reply = match &cause {
            Cause::Busy(reply) | Cause::Refused(reply) => Some(reply.clone()),
            _ => None,
        };
        self.tell(phase, about, began, reply, Some(cause.clone()));
        Stop::new(phase, cause)
    }

    fn tell(
        &mut self,
        phase: Phase,
        about: Option<String>,
        began: Instant,
        reply: Option<Reply>,
        cause: Option<Cause>,
    ) {
        (self.0)(&Step {
            phase,
            about,
            took: began.elapsed(),
            reply,
            cause,
        });
    }
}
