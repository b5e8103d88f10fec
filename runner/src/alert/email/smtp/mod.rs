//! Handing a mail to a server over SMTP, with limits that hold in every phase.
//!
//! The words of the protocol are lettre's. The connection (`line`) is our own, because lettre's
//! bounds neither the time of a whole answer nor what is read until a line ends, and keeps what somebody
//! slips in between STARTTLS and TLS.

mod content;
mod dialogue;
pub mod limits;
mod line;
mod steps;
mod tls;

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::Instant;

use self::dialogue::Dialogue;
use self::limits::Limits;
use self::line::Line;
use self::steps::{Steps, Stop};
use super::{Parcel, Watch};
use crate::model::mail::{Address, Attempt, Cause, Delivery, End, Fate, MailServer, Phase, Reply};

/// Addresses of one name that are tried.
const ADDRESSES_MAX: usize = 4;

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
        let line = self.connect(&mut steps).await?;
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
        for delivery in &mut fates.0 {
            match dialogue.recipient(&delivery.recipient).await? {
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

    /// Tries the addresses of the host in turn.
    async fn connect(&self, steps: &mut Steps<'_>) -> Result<Line, Stop> {
        let limit = self.limits.connect;
        let began = Instant::now();
        let looked_up = within(limit, async {
            tokio::net::lookup_host((self.server.host.as_str(), self.server.port))
                .await
                .map_err(|error| Cause::NoAddress(error.to_string()))
        })
        .await;
        let addresses: Vec<SocketAddr> = match looked_up {
            Ok(found) => found.take(ADDRESSES_MAX).collect(),
            Err(cause) => return Err(steps.failed(Phase::LookUp, None, began, cause)),
        };
        let shown: Vec<String> = addresses.iter().map(|a| a.ip().to_string()).collect();
        steps.done(Phase::LookUp, Some(shown.join(", ")), began, None);
        let share = limit / u32::try_from(addresses.len().max(1)).unwrap_or(1);
        let mut stop = Stop::new(Phase::Connect, Cause::NoAddress(String::new()));
        for address in addresses {
            let began = Instant::now();
            let connected = within(share, async {
                TcpStream::connect(address)
                    .await
                    .map_err(|error| Cause::NoConnection(error.kind().to_string()))
            })
            .await;
            let about = Some(address.to_string());
            match connected {
                Ok(stream) => {
                    // Commands are short and each waits for its answer.
                    let _ = stream.set_nodelay(true);
                    steps.done(Phase::Connect, about, began, None);
                    return Ok(Line::plain(stream));
                }
                Err(cause) => stop = steps.failed(Phase::Connect, about, began, cause),
            }
        }
        Err(stop)
    }
}

/// The result, or that there was none within the limit.
async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, Cause>>,
) -> Result<T, Cause> {
    match tokio::time::timeout(limit, work).await {
        Ok(result) => result,
        Err(_) => Err(Cause::Silent(limit)),
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
        }
    }

    /// What was promised to recipients before is worth nothing when the mail was not taken.
    fn stopped(mut self, stop: Stop) -> Attempt {
        let (end, fate) = stop.verdict();
        for delivery in &mut self.0 {
            if delivery.reply.is_none() {
                delivery.fate = fate;
            }
        }
        Attempt {
            end,
            deliveries: self.0,
        }
    }
}

#[cfg(test)]
mod tests;
