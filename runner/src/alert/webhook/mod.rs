//! Telling a web server: one `POST` on a connection of its own, under one limit for the whole attempt.
//!
//! [`request`] writes it, [`response`] reads what comes back and judges it by its code, [`slack`] is the
//! form that chats take; [`ping`] only asks, for a heartbeat. Redirects are not followed, and no proxy is used. Path, query and headers are
//! secrets: what a server says is repeated without them.

pub mod ping;
mod request;
mod response;
pub mod slack;

use std::time::Duration;

use tokio::time::Instant;

use self::response::Response;
use super::steps::{Steps, Stop, Watch};
use super::wire::{Wire, look_up, within};
use crate::model::delivery::{Attempt, Cause, End, Fate, Phase, Reply};
use crate::model::route::Webhook;

/// How long the rest of an answer is waited for, once its code is known: it changes nothing any more.
const AFTERMATH: Duration = Duration::from_secs(1);

/// A web server that takes messages.
#[derive(Clone, Debug)]
pub struct Sender(Webhook);

/// One attempt, and how much of its time is left.
struct Attempting<'s, 'w> {
    webhook: &'s Webhook,
    steps: Steps<'w>,
    began: Instant,
}

impl Sender {
    /// This one.
    #[must_use]
    pub fn new(webhook: Webhook) -> Self {
        Self(webhook)
    }

    /// Where, for people.
    #[must_use]
    pub fn shown(&self) -> String {
        self.0.shown()
    }

    /// Hands a message over; `id` is the same for every attempt to send it.
    pub async fn send(&self, id: &str, body: &str, watch: Watch<'_>) -> Attempt {
        let mut attempting = Attempting {
            webhook: &self.0,
            steps: Steps::new(watch),
            began: Instant::now(),
        };
        let request = request::request(&self.0, id, body);
        let judged = attempting.exchange(&request).await;
        let to = [self.0.shown()];
        match judged {
            Ok(response) => judge(&response, &to),
            // All of it was sent. Without a clear word, nobody knows.
            Err(stop) if stop.phase == Phase::Response => {
                Attempt::of_all(&to, Fate::Uncertain, End::Uncertain(stop.cause))
            }
            Err(stop) => Attempt::of_all(&to, Fate::Deferred, End::Stopped(stop.phase, stop.cause)),
        }
    }
}

/// By the code alone.
fn judge(response: &Response, to: &[String]) -> Attempt {
    let cause = response.cause();
    let fate = match &cause {
        None => Fate::Accepted,
        Some(Cause::Busy(_)) => Fate::Deferred,
        Some(_) => Fate::Refused,
    };
    let end = match cause {
        None => End::HandedOver,
        Some(cause) => End::Stopped(Phase::Response, cause),
    };
    let mut attempt = Attempt::of_all(to, fate, end);
    if fate != Fate::Accepted {
        for delivery in &mut attempt.deliveries {
            delivery.reply = Some(response.reply.clone());
        }
    }
    attempt.wait = response.wait.filter(|_| fate == Fate::Deferred);
    attempt
}

impl Attempting<'_, '_> {
    async fn exchange(&mut self, request: &[u8]) -> Result<Response, Stop> {
        let (webhook, left) = (self.webhook, self.left());
        let (host, port) = (&webhook.host, webhook.port);
        let addresses = look_up(host, port, left, &mut self.steps).await?;
        let left = self.left();
        let mut wire = Wire::connect(&addresses, left, &mut self.steps).await?;
        if webhook.is_tls {
            let encrypted = wire.encrypt(host, webhook.ca.as_deref());
            wire = self.step(Phase::Tls, None, encrypted).await?;
        }
        let about = Some(format!("{} bytes", request.len()));
        let began = Instant::now();
        let asked = within(self.left(), wire.write(request)).await;
        match asked {
            Ok(()) => self.steps.done(Phase::Request, about, began, None),
            Err(cause) => {
                // A server that does not want all of it may have said why.
                return match within(self.left(), Response::read(&mut wire)).await {
                    Ok(response) => Ok(self.answered(response, &mut wire, began).await),
                    Err(_) => Err(self.failed(Phase::Request, began, cause)),
                };
            }
        }
        let began = Instant::now();
        match within(self.left(), Response::read(&mut wire)).await {
            Ok(response) => Ok(self.answered(response, &mut wire, began).await),
            Err(cause) => Err(self.failed(Phase::Response, began, cause)),
        }
    }

    /// The code is known; what else it says, as far as it comes soon.
    async fn answered(
        &mut self,
        mut response: Response,
        wire: &mut Wire,
        began: Instant,
    ) -> Response {
        let rest = response.read_on(wire);
        // The verdict does not depend on it.
        let _ = tokio::time::timeout(self.left().min(AFTERMATH), rest).await;
        let said = without_secrets(&response.said(), self.webhook);
        response.reply = Reply::new(response.reply.code, &said);
        match response.cause() {
            None => {
                let reply = Some(response.reply.clone());
                self.steps.done(Phase::Response, None, began, reply);
            }
            Some(cause) => {
                let _ = self.steps.failed(Phase::Response, None, began, cause);
            }
        }
        response
    }

    async fn step<T>(
        &mut self,
        phase: Phase,
        about: Option<String>,
        work: impl Future<Output = Result<T, Cause>>,
    ) -> Result<T, Stop> {
        let began = Instant::now();
        match within(self.left(), work).await {
            Ok(done) => {
                self.steps.done(phase, about, began, None);
                Ok(done)
            }
            Err(cause) => Err(self.failed(phase, began, cause)),
        }
    }

    /// Whoever was silent was so for the whole attempt.
    fn failed(&mut self, phase: Phase, began: Instant, cause: Cause) -> Stop {
        let cause = match cause {
            Cause::Silent(_) => Cause::Silent(self.webhook.timeout),
            cause => cause,
        };
        self.steps.failed(phase, None, began, cause)
    }

    fn left(&self) -> Duration {
        self.webhook.timeout.saturating_sub(self.began.elapsed())
    }
}

/// Shortest part of a path or a header's value that is taken for a secret, bytes.
const SECRET_BYTES_MIN: usize = 5;

/// Servers like to repeat what they were asked.
fn without_secrets(said: &str, webhook: &Webhook) -> String {
    let parts = |text: &str, ends: &[char]| -> Vec<String> {
        let parts = text.split(ends).chain([text]);
        parts.map(str::to_owned).collect()
    };
    let mut secrets = parts(webhook.path.reveal(), &['/', '?', '&', '=']);
    for (_, value) in &webhook.headers {
        secrets.extend(parts(value.reveal(), &[' ']));
    }
    secrets.retain(|secret| secret.len() >= SECRET_BYTES_MIN);
    // A longer one may contain a shorter one.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets
        .iter()
        .fold(said.to_owned(), |said, secret| said.replace(secret, "…"))
}

#[cfg(test)]
mod tests;
