//! Handing a mail to a server over SMTP, with limits that hold in every phase.
//!
//! The words of the protocol are lettre's. The connection (`line`, `wire`) is our own, because lettre's
//! bounds neither the time of a whole answer nor what is read until a line ends, and keeps what somebody
//! slips in between STARTTLS and TLS.

mod content;
mod dialogue;
pub mod limits;
mod line;

use self::dialogue::Dialogue;
use self::limits::Limits;
use self::line::Line;
use super::Parcel;
use crate::alert::steps::{Steps, Stop, Watch};
use crate::alert::wire::{Wire, look_up};
use crate::model::delivery::{Attempt, Cause, Delivery, End, Fate, Phase, Reply};
use crate::model::mail::{Address, MailServer};

/// A server, and what is needed to hand mail to it.
#[derive(Clone, Debug)]
pub struct Smtp {
    server: MailServer,
    host: String,
    limits: Limits,
}

/// What became of the recipients so far, in the order of the mail.
struct Fates(Vec<Delivery>);

impl Smtp {
    /// For this server; `host` is how this machine calls itself.
    #[must_use]
    pub fn new(server: MailServer, host: &str, limits: Limits) -> Self {
        Self {
            server,
            host: host.to_owned(),
            limits,
        }
    }

    /// Hands the mail over.
    pub(super) async fn send(&self, parcel: &Parcel<'_>, watch: Watch<'_>) -> Attempt {
        let mut fates = Fates::unknown(parcel.to);
        let ended = self.hand_over(parcel, &mut fates, Steps::new(watch)).await;
        match ended {
            Ok(()) => fates.handed_over(),
            Err(stop) => fates.stopped(stop),
        }
    }

    async fn hand_over(
        &self,
        parcel: &Parcel<'_>,
        fates: &mut Fates,
        mut steps: Steps<'_>,
    ) -> Result<(), Stop> {
        let (server, limit) = (&self.server, self.limits.connect);
        let addresses = look_up(&server.host, server.port, limit, &mut steps).await?;
        let wire = Wire::connect(&addresses, limit, &mut steps).await?;
        let line = Line::new(wire);
        let mut dialogue = Dialogue::new(line, &self.server, &self.host, &self.limits, steps);
        dialogue.open().await?;
        let ended = self.transfer(&mut dialogue, parcel, fates).await;
        // The mail is decided; politeness changes nothing about it.
        dialogue.goodbye();
        ended
    }

    async fn transfer(
        &self,
        dialogue: &mut Dialogue<'_, '_>,
        parcel: &Parcel<'_>,
        fates: &mut Fates,
    ) -> Result<(), Stop> {
        dialogue.sender(parcel.from).await?;
        let mut refusal = None;
        for (recipient, delivery) in parcel.to.iter().zip(&mut fates.0) {
            match dialogue.recipient(recipient).await? {
                Ok(()) => delivery.fate = Fate::Accepted,
                Err(reply) => {
                    delivery.fate = Fate::of(&reply);
                    refusal = Some(reply.clone());
                    delivery.reply = Some(reply);
                }
            }
        }
        if let Some(reply) = refusal
            && !fates
                .0
                .iter()
                .any(|delivery| delivery.fate == Fate::Accepted)
        {
            return Err(Stop::new(Phase::Recipient, dialogue::refusal(reply)));
        }
        dialogue.content(&parcel.bytes).await
    }
}

/// How the attempt ended, and what that means for recipients that were not refused themselves.
fn verdict(stop: Stop) -> (End, Fate) {
    match (stop.phase, &stop.cause) {
        (
            Phase::Sender | Phase::Recipient | Phase::Data | Phase::Content | Phase::Acceptance,
            Cause::Refused(_),
        ) => (End::Stopped(stop.phase, stop.cause), Fate::Refused),
        (_, Cause::Busy(_)) => (End::Stopped(stop.phase, stop.cause), Fate::Deferred),
        // All of it was sent. Without a clear word, nobody knows.
        (Phase::Acceptance, _) => (End::Uncertain(stop.cause), Fate::Uncertain),
        _ => (End::Stopped(stop.phase, stop.cause), Fate::Deferred),
    }
}

impl Fate {
    /// By the code with which a recipient was refused.
    fn of(reply: &Reply) -> Self {
        match reply.code {
            500.. => Self::Refused,
            _ => Self::Deferred,
        }
    }
}

impl Fates {
    fn unknown(recipients: &[Address]) -> Self {
        let attempt = Attempt::of_all(recipients, Fate::Deferred, End::HandedOver);
        Self(attempt.deliveries)
    }

    fn handed_over(self) -> Attempt {
        Attempt {
            end: End::HandedOver,
            deliveries: self.0,
            wait: None,
        }
    }

    /// What was promised to recipients before is worth nothing when the mail was not taken.
    fn stopped(mut self, stop: Stop) -> Attempt {
        let (end, fate) = verdict(stop);
        for delivery in &mut self.0 {
            if delivery.reply.is_none() {
                delivery.fate = fate;
            }
        }
        Attempt {
            end,
            deliveries: self.0,
            wait: None,
        }
    }
}

#[cfg(test)]
mod tests;
