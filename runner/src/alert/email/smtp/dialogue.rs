//! [`Dialogue`]: the commands of one session in their order, each with its limit.

mod login;

use std::time::Duration;

use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Quit, Rcpt, Starttls};
use lettre::transport::smtp::extension::{ClientId, Extension, ServerInfo};
use lettre::transport::smtp::response::{Category, Code, Detail, Response, Severity};
use tokio::time::Instant;

use super::content::{FINAL_DOT, with_dots_doubled};
use super::limits::{Limits, PIECE_BYTES};
use super::line::{Answer, Line};
use crate::alert::email::compose;
use crate::alert::steps::{Steps, Stop};
use crate::alert::wire::within;
use crate::model::delivery::{Cause, Phase, Reply};
use crate::model::mail::{Address, MailServer, Protection};

/// The server is about to end the connection, whatever it was asked.
const GOING_AWAY: u16 = 421;

/// One session with a server.
pub(super) struct Dialogue<'a, 'w> {
    /// None only while TLS is agreed on, and after that failed.
    line: Option<Line>,
    server: &'a MailServer,
    hello: ClientId,
    limits: &'a Limits,
    steps: Steps<'w>,
}

impl<'a, 'w> Dialogue<'a, 'w> {
    pub fn new(
        line: Line,
        server: &'a MailServer,
        host: &str,
        limits: &'a Limits,
        steps: Steps<'w>,
    ) -> Self {
        Self {
            line: Some(line),
            server,
            hello: client_id(host),
            limits,
            steps,
        }
    }

    /// Everything before the mail: TLS as required, greetings, login.
    pub async fn open(&mut self) -> Result<(), Stop> {
        if self.server.protection == Protection::Tls {
            self.encrypt().await?;
        }
        let limit = self.limits.greeting;
        self.exchange(Phase::Greeting, None, limit, "", 220).await?;
        let mut offers = self.say_hello().await?;
        if self.server.protection == Protection::StartTls {
            self.start_tls(&offers).await?;
            // What was offered before TLS may have been somebody else's words.
            offers = self.say_hello().await?;
        }
        match &self.server.login {
            Some(login) => self.log_in(login, &offers).await,
            None => Ok(()),
        }
    }

    async fn say_hello(&mut self) -> Result<ServerInfo, Stop> {
        let command = Ehlo::new(self.hello.clone()).to_string();
        let limit = self.limits.hello;
        let answer = self
            .exchange(Phase::Hello, None, limit, &command, 250)
            .await?;
        // Extensions are named in any case; the first line is the server's name.
        let lines = answer.lines.iter().map(|line| line.to_ascii_uppercase());
        let response = Response::new(
            code(Severity::PositiveCompletion, Category::MailSystem),
            lines.collect(),
        );
        // Only a server without a name is refused; it offers nothing then.
        Ok(ServerInfo::from_response(&response).unwrap_or_default())
    }

    async fn start_tls(&mut self, offers: &ServerInfo) -> Result<(), Stop> {
        let began = Instant::now();
        if !offers.supports_feature(Extension::StartTls) {
            let phase = Phase::StartTls;
            return Err(self.steps.failed(phase, None, began, Cause::NoTls));
        }
        let command = Starttls.to_string();
        let limit = self.limits.hello;
        self.exchange(Phase::StartTls, None, limit, &command, 220)
            .await?;
        if self.line.as_ref().is_some_and(Line::has_unread) {
            let phase = Phase::StartTls;
            return Err(self.steps.failed(phase, None, began, Cause::Injected));
        }
        self.encrypt().await
    }

    async fn encrypt(&mut self) -> Result<(), Stop> {
        let began = Instant::now();
        let Some(line) = self.line.take() else {
            return Err(self.steps.failed(Phase::Tls, None, began, Cause::Closed));
        };
        let server = self.server;
        let work = line.encrypt(&server.host, server.ca.as_deref());
        let encrypted = within(self.limits.tls, work).await;
        match encrypted {
            Ok(line) => {
                self.line = Some(line);
                self.steps.done(Phase::Tls, None, began, None);
                Ok(())
            }
            Err(cause) => Err(self.steps.failed(Phase::Tls, None, began, cause)),
        }
    }

    /// Names the sender.
    pub async fn sender(&mut self, from: &Address) -> Result<(), Stop> {
        let began = Instant::now();
        let Ok(sender) = compose::address(from) else {
            let cause = Cause::Malformed(from.to_string());
            return Err(self.steps.failed(Phase::Sender, None, began, cause));
        };
        let command = Mail::new(Some(sender), Vec::new()).to_string();
        let limit = self.limits.sender;
        let about = Some(from.to_string());
        self.exchange(Phase::Sender, about, limit, &command, 250)
            .await
            .map(drop)
    }

    /// Names one recipient; the inner result is the server's word about it.
    pub async fn recipient(&mut self, to: &Address) -> Result<Result<(), Reply>, Stop> {
        let began = Instant::now();
        let about = Some(to.to_string());
        let Ok(recipient) = compose::address(to) else {
            let cause = Cause::Malformed(to.to_string());
            return Err(self.steps.failed(Phase::Recipient, about, began, cause));
        };
        let command = Rcpt::new(recipient, Vec::new()).to_string();
        let answer = self.ask(self.limits.recipient, command.as_bytes()).await;
        match answer {
            Ok(answer) if matches!(answer.code, 250..=252) => {
                let reply = Some(answer.reply());
                self.steps.done(Phase::Recipient, about, began, reply);
                Ok(Ok(()))
            }
            Ok(answer) if answer.code >= 400 && answer.code != GOING_AWAY => {
                let reply = answer.reply();
                let cause = unwanted(&answer);
                self.steps.failed(Phase::Recipient, about, began, cause);
                Ok(Err(reply))
            }
            Ok(answer) => {
                let cause = unwanted(&answer);
                Err(self.steps.failed(Phase::Recipient, about, began, cause))
            }
            Err(cause) => Err(self.steps.failed(Phase::Recipient, about, began, cause)),
        }
    }

    /// Sends the mail. Up to the final dot a server cannot have taken it; from then on it may have.
    pub async fn content(&mut self, mail: &[u8]) -> Result<(), Stop> {
        let (data, limit) = (Data.to_string(), self.limits.data);
        self.exchange(Phase::Data, None, limit, &data, 354).await?;
        let began = Instant::now();
        for piece in with_dots_doubled(mail).chunks(PIECE_BYTES) {
            if let Err(cause) = self.say(self.limits.piece, piece).await {
                return Err(self.steps.failed(Phase::Content, None, began, cause));
            }
        }
        let size = Some(format!("{} bytes", mail.len()));
        self.steps.done(Phase::Content, size, began, None);
        let began = Instant::now();
        let answer = self.ask(self.limits.acceptance, FINAL_DOT).await;
        match answer {
            Ok(answer) if answer.code == 250 => {
                let reply = Some(answer.reply());
                self.steps.done(Phase::Acceptance, None, began, reply);
                Ok(())
            }
            Ok(answer) => {
                let cause = unwanted(&answer);
                Err(self.steps.failed(Phase::Acceptance, None, began, cause))
            }
            Err(cause) => Err(self.steps.failed(Phase::Acceptance, None, began, cause)),
        }
    }

    /// Ends the session. Nobody waits for it: until the mail's fate is written down, a crash would send
    /// it twice.
    pub fn goodbye(&mut self) {
        if let Some(mut line) = self.line.take() {
            tokio::spawn(within(self.limits.goodbye, async move {
                line.say(Quit.to_string().as_bytes()).await?;
                line.answer().await.map(drop)
            }));
        }
    }

    /// A command, and the one answer with which the session goes on.
    async fn exchange(
        &mut self,
        phase: Phase,
        about: Option<String>,
        limit: Duration,
        command: &str,
        wanted: u16,
    ) -> Result<Answer, Stop> {
        let began = Instant::now();
        let answer = self.ask(limit, command.as_bytes()).await;
        match answer {
            Ok(answer) if answer.code == wanted => {
                self.steps.done(phase, about, began, Some(answer.reply()));
                Ok(answer)
            }
            Ok(answer) => {
                let cause = unwanted(&answer);
                Err(self.steps.failed(phase, about, began, cause))
            }
            Err(cause) => Err(self.steps.failed(phase, about, began, cause)),
        }
    }

    /// Sends, and waits for the answer; both within the limit.
    async fn ask(&mut self, limit: Duration, command: &[u8]) -> Result<Answer, Cause> {
        let line = self.line.as_mut().ok_or(Cause::Closed)?;
        within(limit, async {
            // An answer that came before its question belongs to another one.
            if line.has_unread() {
                return Err(Cause::Nonsense);
            }
            line.say(command).await?;
            line.answer().await
        })
        .await
    }

    async fn say(&mut self, limit: Duration, bytes: &[u8]) -> Result<(), Cause> {
        let line = self.line.as_mut().ok_or(Cause::Closed)?;
        within(limit, line.say(bytes)).await
    }
}

/// Why an answer is not the one that was hoped for.
fn unwanted(answer: &Answer) -> Cause {
    match answer.code {
        400.. => refusal(answer.reply()),
        _ => Cause::Nonsense,
    }
}

/// A refusal for now or for good.
pub(super) fn refusal(reply: Reply) -> Cause {
    match reply.code {
        500.. => Cause::Refused(reply),
        _ => Cause::Busy(reply),
    }
}

/// A host name, or what stands in for one that nobody could look up.
fn client_id(host: &str) -> ClientId {
    let is_name = !host.is_empty()
        && host.len() <= 253
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    match is_name {
        true => ClientId::Domain(host.to_owned()),
        false => ClientId::Ipv4(std::net::Ipv4Addr::LOCALHOST),
    }
}

fn code(severity: Severity, category: Category) -> Code {
    let detail = match severity {
        Severity::PositiveIntermediate => Detail::Four,
        _ => Detail::Zero,
    };
    Code {
        severity,
        category,
        detail,
    }
}
