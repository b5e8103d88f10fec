//! Handing mail over: to a real server, and to one that misbehaves at every moment.

mod misbehaviour;
mod real;

use std::net::SocketAddr;
use std::time::Duration;

use super::limits::Limits;
use super::*;
use crate::alert::email::Transport;
use crate::alert::email::message::{Message, MessageId};
use crate::model::delivery::Step;
use crate::model::mail::settings::Login;
use crate::model::mail::{Mailbox, Protection};
use crate::model::run::Micros;
use crate::model::secret::Secret;

/// For everything that a test is not about: long enough for a machine with other work.
const PATIENT: Duration = Duration::from_secs(10);

fn limits(all: Duration) -> Limits {
    Limits {
        connect: all,
        greeting: all,
        tls: all,
        hello: all,
        sender: all,
        recipient: all,
        data: all,
        piece: all,
        acceptance: all,
        goodbye: Duration::from_millis(200),
    }
}

fn server(address: SocketAddr) -> MailServer {
    MailServer {
        host: "127.0.0.1".to_owned(),
        port: address.port(),
        protection: Protection::None,
        login: None,
        ca: None,
        timeout: PATIENT,
    }
}

fn login(password: &str) -> Option<Login> {
    Some(Login {
        user: "alerts".to_owned(),
        password: Secret::new(password.to_owned()),
    })
}

fn message(to: &[&str]) -> Message {
    let mailbox = |text: &str| Mailbox::parse(text).expect("an address");
    Message {
        id: MessageId::new("test.1", "host.example"),
        date: Micros(1_700_000_000_000_000),
        from: mailbox("checkrun <checkrun@host.example>"),
        to: to.iter().map(|to| mailbox(to)).collect(),
        thread: None,
        list: None,
        subject: "Replication lag 412 s".to_owned(),
        text: "one\n.\n..two\nGrüße\n".to_owned(),
        html: None,
        images: Vec::new(),
        marks: Vec::new(),
    }
}

/// What became of it, and the steps on the way.
async fn send(server: MailServer, limits: Limits, to: &[&str]) -> (Attempt, Vec<Step>) {
    send_message(server, limits, &message(to)).await
}

async fn send_message(
    server: MailServer,
    limits: Limits,
    message: &Message,
) -> (Attempt, Vec<Step>) {
    let recipients: Vec<Address> = message.to.iter().map(|to| to.address.clone()).collect();
    let transport = Transport::Smtp(Box::new(Smtp::new(server, "host.example", limits)));
    let mut steps = Vec::new();
    let attempt = transport
        .send(message, &recipients, &mut |step| steps.push(step.clone()))
        .await;
    (attempt, steps)
}

fn fates(attempt: &Attempt) -> Vec<Fate> {
    attempt.deliveries.iter().map(|d| d.fate).collect()
}

/// `HandedOver`, `Uncertain: closed`, `greeting: silent`
fn ending(attempt: &Attempt) -> String {
    match &attempt.end {
        End::HandedOver => "handed over".to_owned(),
        End::Uncertain(cause) => format!("uncertain: {}", cause.as_str()),
        End::Stopped(phase, cause) => format!("{}: {}", phase.as_str(), cause.as_str()),
    }
}
