//! [`Attempt`]: what became of handing over one message, for every recipient; and what to do about that
//! ([`advice`]). The same for every [`Means`].
//!
//! Decided from status codes and kinds of errors, never from text. A recipient counts as accepted
//! only when the other side has said so after the whole message.

pub mod advice;

use std::time::Duration;

use super::text::is_unsafe;

/// Longest text of a server that is kept, characters.
const REPLY_CHARS_MAX: usize = 400;

/// Longest time for which somebody who asks for it is left alone.
pub const WAIT_MAX: Duration = Duration::from_secs(10 * 60);

/// By which means people are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Means {
    /// Mail, to one or several addresses.
    Mail,
    /// A request to a web server, which is the one recipient.
    Webhook,
    /// A program of this machine, which is the one recipient.
    Program,
}

/// One attempt to hand over a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// How it ended.
    pub end: End,
    /// What became of each recipient, in the order of the message.
    pub deliveries: Vec<Delivery>,
    /// How long the other side asks to be left alone, at most [`WAIT_MAX`].
    pub wait: Option<Duration>,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The message was taken, for one recipient at least.
    HandedOver,
    /// All of it was sent, but no clear answer came: it may have been taken or not.
    Uncertain(Cause),
    /// It was not taken.
    Stopped(Phase, Cause),
}

/// What became of one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Who: an address, a web server, a program.
    pub recipient: String,
    /// What became of it.
    pub fate: Fate,
    /// What the server said to this recipient, if it refused it.
    pub reply: Option<Reply>,
}

/// What became of a recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The other side has the message, and is responsible for it now.
    Accepted,
    /// Not taken this time; another attempt may succeed.
    Deferred,
    /// Refused for good; the same message will be refused again.
    Refused,
    /// It may have been taken or not.
    Uncertain,
}

/// What the sender has to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing: every recipient has it.
    Done,
    /// The same message again, later, with the same id, for those whose fate says so.
    Again,
    /// Nothing that would help: those that are left have been refused for good.
    GiveUp,
}

/// Where on the way a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Finding the server's address.
    LookUp,
    /// The TCP connection.
    Connect,
    /// The server's first words.
    Greeting,
    /// Saying who we are; the server says what it can.
    Hello,
    /// Asking for TLS.
    StartTls,
    /// Making the connection secret, and checking who the server is.
    Tls,
    /// Account and password.
    Login,
    /// Naming the sender.
    Sender,
    /// Naming a recipient.
    Recipient,
    /// Announcing the mail.
    Data,
    /// Sending it.
    Content,
    /// The end of the mail, and the server's word that it takes it.
    Acceptance,
    /// Asking a web server, with the whole message.
    Request,
    /// What it answers.
    Response,
    /// A program instead of a server.
    Program,
    /// A file instead of a server.
    File,
}

/// Why a phase did not end well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The host's name has no address.
    NoAddress(String),
    /// No connection: refused, unreachable.
    NoConnection(String),
    /// Nothing came within this time.
    Silent(Duration),
    /// The other side ended the connection.
    Closed,
    /// The connection broke in another way.
    Broken(String),
    /// The answer is not SMTP.
    Nonsense,
    /// The answer is not HTTP.
    NoHttp,
    /// The answer is longer than any sound one.
    EndlessReply,
    /// TLS is required and not offered.
    NoTls,
    /// More than the answer to STARTTLS came before TLS: somebody in between, or a broken server.
    Injected,
    /// The authorities to trust cannot be read.
    NoAuthorities(String),
    /// The server's certificate does not convince.
    Certificate(CertificateProblem, String),
    /// TLS could not be agreed on.
    NoHandshake(String),
    /// The server offers none of the ways to log in that are known here.
    NoLogin,
    /// The server says: not now (4xx; of a web server 408, 425, 429, 5xx).
    Busy(Reply),
    /// The server says: no (5xx; of a web server other 4xx).
    Refused(Reply),
    /// A web server says: ask somebody else (3xx).
    Elsewhere(Reply),
    /// The program cannot be started.
    NoProgram(String),
    /// The program ended with this code (none: by a signal), and may have said why.
    ProgramFailed(Option<i32>, String),
    /// The file or its folder cannot be written.
    NotWritten(String),
    /// The message could not be written down; a defect.
    Malformed(String),
    /// The message was written for other means than the route has by now.
    OtherMeans,
}

/// What is wrong with a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateProblem {
    /// Its time is over.
    Expired,
    /// Its time has not begun; perhaps this machine's clock is wrong.
    NotYetValid,
    /// It is for another name.
    WrongName,
    /// Signed by nobody who is trusted here.
    UnknownIssuer,
    /// Anything else.
    Other,
}

/// What a server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Three digits.
    pub code: u16,
    /// The rest, on one line, cut, without characters that act on a terminal.
    pub text: String,
}

/// One step of an attempt, as it is told while it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which.
    pub phase: Phase,
    /// Of what: an address for [`Phase::Recipient`] and [`Phase::Connect`].
    pub about: Option<String>,
    /// How long it took.
    pub took: Duration,
    /// What the server said.
    pub reply: Option<Reply>,
    /// Why it did not end well.
    pub cause: Option<Cause>,
}

impl Reply {
    /// Takes a code and somebody else's text.
    #[must_use]
    pub fn new(code: u16, text: &str) -> Self {
        Self {
            code,
            text: harmless(text),
        }
    }
}

/// Somebody else's text on one line, cut, without characters that act on a terminal.
#[must_use]
pub fn harmless(text: &str) -> String {
    let mut chars = text.trim().chars();
    let kept = chars.by_ref().take(REPLY_CHARS_MAX);
    let mut kept: String = kept
        .map(|c| match c {
            '\r' | '\n' | '\t' => ' ',
            c if is_unsafe(c) => '\u{fffd}',
            c => c,
        })
        .collect();
    if chars.next().is_some() {
        kept.push('…');
    }
    kept
}

impl Fate {
    /// Whether the recipient is part of the next attempt.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Deferred | Self::Uncertain)
    }

    /// As JSON and people have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Deferred => "deferred",
            Self::Refused => "refused",
            Self::Uncertain => "uncertain",
        }
    }
}

impl Attempt {
    /// What the sender has to do next.
    #[must_use]
    pub fn next(&self) -> Next {
        let fates = || self.deliveries.iter().map(|delivery| delivery.fate);
        if fates().any(Fate::is_open) {
            Next::Again
        } else if fates().all(|fate| fate == Fate::Accepted) {
            Next::Done
        } else {
            Next::GiveUp
        }
    }

    /// The same fate for everybody.
    #[must_use]
    pub fn of_all<R: ToString>(
        recipients: impl IntoIterator<Item = R>,
        fate: Fate,
        end: End,
    ) -> Self {
        let deliveries = recipients.into_iter().map(|recipient| Delivery {
            recipient: recipient.to_string(),
            fate,
            reply: None,
        });
        Self {
            deliveries: deliveries.collect(),
            end,
            wait: None,
        }
    }
}

impl Means {
    /// As JSON and people have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Webhook => "webhook",
            Self::Program => "program",
        }
    }
}

impl Phase {
    /// As JSON and people have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LookUp => "look-up",
            Self::Connect => "connect",
            Self::Greeting => "greeting",
            Self::Hello => "hello",
            Self::StartTls => "starttls",
            Self::Tls => "tls",
            Self::Login => "login",
            Self::Sender => "sender",
            Self::Recipient => "recipient",
            Self::Data => "data",
            Self::Content => "content",
            Self::Acceptance => "acceptance",
            Self::Request => "request",
            Self::Response => "response",
            Self::Program => "program",
            Self::File => "file",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_next_follows_from_the_fates() {
        use Fate::{Accepted, Deferred, Refused, Uncertain};
        for (fates, next) in [
            (vec![Accepted, Accepted], Next::Done),
            (vec![Accepted, Refused], Next::GiveUp),
            (vec![Refused, Refused], Next::GiveUp),
            (vec![Accepted, Deferred], Next::Again),
            (vec![Refused, Deferred], Next::Again),
            (vec![Uncertain], Next::Again),
        ] {
            let deliver = |fate: &Fate| Delivery {
                recipient: "a@b".to_owned(),
                fate: *fate,
                reply: None,
            };
            let attempt = Attempt {
                end: End::HandedOver,
                deliveries: fates.iter().map(deliver).collect(),
                wait: None,
            };
            assert_eq!(attempt.next(), next, "{fates:?}");
        }
    }

    #[test]
    fn a_reply_cannot_act_on_a_terminal_or_fill_it() {
        let reply = Reply::new(550, "no\u{1b}[2J\r\nway\u{9b}\u{202e}\0");
        assert_eq!(reply.text, "no\u{fffd}[2J  way\u{fffd}\u{fffd}\u{fffd}");
        assert_eq!(
            Reply::new(550, &"x".repeat(10_000)).text.chars().count(),
            401
        );
    }
}
