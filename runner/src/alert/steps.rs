//! [`Steps`]: tells of each step on the way of a message as it ends; [`Stop`]: where and why there is no
//! next one.

use tokio::time::Instant;

use crate::model::delivery::{Cause, Phase, Reply, Step};

/// Is told of every step, while it happens.
pub type Watch<'w> = &'w mut (dyn FnMut(&Step) + Send);

/// Where and why an attempt ended early.
#[derive(Debug)]
pub(super) struct Stop {
    pub phase: Phase,
    pub cause: Cause,
}

impl Stop {
    pub fn new(phase: Phase, cause: Cause) -> Self {
        Self { phase, cause }
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
            Cause::Busy(reply) | Cause::Refused(reply) | Cause::Elsewhere(reply) => {
                Some(reply.clone())
            }
            _ => None,
        };
        self.tell(phase, about, began, reply, Some(cause.clone()));
        Stop::new(phase, cause)
    }

    /// Tells of a step that is all there is to a way.
    pub fn whole(&mut self, phase: Phase, began: Instant, cause: Option<Cause>) {
        self.tell(phase, None, began, None, cause);
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
