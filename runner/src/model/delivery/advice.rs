//! What to do about each outcome of an attempt: one table, in three parts by [`Means`].

mod mail;
mod program;
mod webhook;

use super::{Cause, CertificateProblem, Means, Phase};
use crate::model::unit::format_duration;

/// What cannot happen on the way.
const DEFECT: &str = "this is a defect of checkrun; please report it";

impl Cause {
    /// What happened: a sentence without its full stop.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::NoAddress(error) => format!("the server's name has no address ({error})"),
            Self::NoConnection(error) => format!("no connection ({error})"),
            Self::Silent(limit) => format!("no answer within {}", format_duration(*limit)),
            Self::Closed => "the server ended the connection".to_owned(),
            Self::Broken(error) => format!("the connection broke ({error})"),
            Self::Nonsense => "the answer is not SMTP".to_owned(),
            Self::NoHttp => "the answer is not HTTP".to_owned(),
            Self::EndlessReply => "the answer does not end".to_owned(),
            Self::NoTls => "the server does not offer TLS, which is required".to_owned(),
            Self::Injected => {
                "something was said after the answer to STARTTLS, before TLS".to_owned()
            }
            Self::NoAuthorities(error) => {
                format!("the certificate authorities to trust cannot be read ({error})")
            }
            Self::Certificate(problem, detail) => format!("{} ({detail})", problem.sentence()),
            Self::NoHandshake(error) => format!("TLS could not be agreed on ({error})"),
            Self::NoLogin => "the server offers no way to log in with a password".to_owned(),
            Self::Busy(reply) => {
                format!("not now, says the server ({} {})", reply.code, reply.text)
            }
            Self::Refused(reply) => format!("no, says the server ({} {})", reply.code, reply.text),
            Self::Elsewhere(reply) => {
                format!(
                    "the server sends us elsewhere ({} {})",
                    reply.code, reply.text
                )
            }
            Self::NoProgram(error) => format!("the program cannot be started ({error})"),
            Self::ProgramFailed(Some(code), said) => {
                format!("the program ended with code {code}{}", in_brackets(said))
            }
            Self::ProgramFailed(None, said) => {
                format!("the program was ended by a signal{}", in_brackets(said))
            }
            Self::NotWritten(error) => format!("the file cannot be written ({error})"),
            Self::Malformed(error) => format!("the message cannot be written down ({error})"),
            Self::OtherMeans => {
                "the message was written for another way than the route has by now".to_owned()
            }
        }
    }

    /// One word for programs.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::NoAddress(_) => "no-address",
            Self::NoConnection(_) => "no-connection",
            Self::Silent(_) => "silent",
            Self::Closed => "closed",
            Self::Broken(_) => "broken",
            Self::Nonsense => "nonsense",
            Self::NoHttp => "no-http",
            Self::EndlessReply => "endless-reply",
            Self::NoTls => "no-tls",
            Self::Injected => "injected",
            Self::NoAuthorities(_) => "no-authorities",
            Self::Certificate(problem, _) => match problem {
                CertificateProblem::Expired => "certificate-expired",
                CertificateProblem::NotYetValid => "certificate-not-yet-valid",
                CertificateProblem::WrongName => "certificate-wrong-name",
                CertificateProblem::UnknownIssuer => "certificate-unknown-issuer",
                CertificateProblem::Other => "certificate",
            },
            Self::NoHandshake(_) => "no-handshake",
            Self::NoLogin => "no-login",
            Self::Busy(_) => "busy",
            Self::Refused(_) => "refused",
            Self::Elsewhere(_) => "elsewhere",
            Self::NoProgram(_) => "no-program",
            Self::ProgramFailed(..) => "program-failed",
            Self::NotWritten(_) => "not-written",
            Self::Malformed(_) => "malformed",
            Self::OtherMeans => "other-means",
        }
    }

    /// What to do about it, given where and on which way it happened: a sentence without its full stop.
    #[must_use]
    pub fn advice(&self, phase: Phase, means: Means) -> &'static str {
        match (self, means) {
            (Self::Malformed(_), _) => DEFECT,
            (Self::OtherMeans, _) => {
                "nothing: it is not sent, and what is still wrong is told anew in the new way"
            }
            (_, Means::Mail) => mail::advice(self, phase),
            (_, Means::Webhook) => webhook::advice(self, phase),
            (_, Means::Program) => program::advice(self),
        }
    }
}

impl CertificateProblem {
    fn sentence(self) -> &'static str {
        match self {
            Self::Expired => "the server's certificate has expired",
            Self::NotYetValid => "the server's certificate is not valid yet",
            Self::WrongName => "the server's certificate is for another name",
            Self::UnknownIssuer => {
                "the server's certificate is signed by nobody who is trusted here"
            }
            Self::Other => "the server's certificate does not convince",
        }
    }
}

fn in_brackets(said: &str) -> String {
    match said {
        "" => String::new(),
        said => format!(" ({said})"),
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;
    use std::time::Duration;

    use super::*;
    use crate::model::delivery::Reply;

    fn certificate(problem: CertificateProblem) -> Cause {
        Cause::Certificate(problem, "what the library says".into())
    }

    fn table(means: Means, rows: impl IntoIterator<Item = (Phase, Cause)>) -> String {
        let mut table = String::new();
        for (phase, cause) in rows {
            let advice = cause.advice(phase, means);
            let is_defect = matches!(cause, Cause::Malformed(_));
            assert_eq!(advice == DEFECT, is_defect, "{phase:?} {cause:?}");
            let _ = writeln!(
                table,
                "{} / {}\n  {}\n  → {advice}",
                phase.as_str(),
                cause.as_str(),
                cause.sentence(),
            );
        }
        table
    }

    #[test]
    fn every_outcome_says_what_happened_and_what_to_do() {
        use Phase::*;
        let words = || "Connection refused".to_owned();
        let reply = |code| Reply::new(code, "what it says");
        let rows = [
            (LookUp, Cause::NoAddress("Name or service not known".into())),
            (LookUp, Cause::Silent(Duration::from_secs(30))),
            (Connect, Cause::NoConnection(words())),
            (Connect, Cause::Silent(Duration::from_secs(30))),
            (Greeting, Cause::Silent(Duration::from_secs(30))),
            (Greeting, Cause::Closed),
            (Greeting, Cause::Nonsense),
            (Greeting, Cause::Refused(reply(554))),
            (Hello, Cause::Broken("connection reset".into())),
            (Hello, Cause::EndlessReply),
            (StartTls, Cause::NoTls),
            (StartTls, Cause::Injected),
            (Tls, Cause::NoAuthorities("no such file".into())),
            (Tls, Cause::Silent(Duration::from_secs(30))),
            (Tls, Cause::NoHandshake("received corrupt message".into())),
            (Tls, certificate(CertificateProblem::Expired)),
            (Tls, certificate(CertificateProblem::NotYetValid)),
            (Tls, certificate(CertificateProblem::WrongName)),
            (Tls, certificate(CertificateProblem::UnknownIssuer)),
            (Tls, certificate(CertificateProblem::Other)),
            (Login, Cause::NoLogin),
            (Login, Cause::Busy(reply(454))),
            (Login, Cause::Refused(reply(535))),
            (Sender, Cause::Busy(reply(451))),
            (Sender, Cause::Refused(reply(550))),
            (Recipient, Cause::Refused(reply(550))),
            (Data, Cause::Closed),
            (Content, Cause::Silent(Duration::from_secs(180))),
            (Acceptance, Cause::Silent(Duration::from_secs(600))),
            (Acceptance, Cause::Closed),
            (Acceptance, Cause::Refused(reply(554))),
            (
                Program,
                Cause::NoProgram("No such file or directory".into()),
            ),
            (Program, Cause::Silent(Duration::from_secs(60))),
            (
                Program,
                Cause::ProgramFailed(Some(75), "queue is full".into()),
            ),
            (Program, Cause::ProgramFailed(None, String::new())),
            (File, Cause::NotWritten("Permission denied".into())),
            (File, Cause::Malformed("no sender".into())),
        ];
        insta::assert_snapshot!(table(Means::Mail, rows));
    }

    #[test]
    fn of_a_web_server() {
        use Phase::*;
        let words = || "Connection refused".to_owned();
        let limit = || Cause::Silent(Duration::from_secs(10));
        let reply = |code| Reply::new(code, "what it says");
        let rows = [
            (LookUp, Cause::NoAddress("Name or service not known".into())),
            (LookUp, limit()),
            (Connect, Cause::NoConnection(words())),
            (Connect, limit()),
            (Tls, Cause::NoAuthorities("no such file".into())),
            (Tls, limit()),
            (Tls, Cause::NoHandshake("received corrupt message".into())),
            (Tls, certificate(CertificateProblem::Expired)),
            (Tls, certificate(CertificateProblem::NotYetValid)),
            (Tls, certificate(CertificateProblem::WrongName)),
            (Tls, certificate(CertificateProblem::UnknownIssuer)),
            (Tls, certificate(CertificateProblem::Other)),
            (Request, limit()),
            (Request, Cause::Closed),
            (Response, limit()),
            (Response, Cause::Closed),
            (Response, Cause::NoHttp),
            (Response, Cause::EndlessReply),
            (Response, Cause::Busy(reply(429))),
            (Response, Cause::Busy(reply(503))),
            (Response, Cause::Refused(reply(400))),
            (Response, Cause::Refused(reply(403))),
            (Response, Cause::Refused(reply(404))),
            (Response, Cause::Elsewhere(reply(301))),
            (Request, Cause::OtherMeans),
            (Request, Cause::Malformed("a header".into())),
        ];
        insta::assert_snapshot!(table(Means::Webhook, rows));
    }

    #[test]
    fn of_a_program() {
        let failed = |code| Cause::ProgramFailed(code, "what it says".into());
        let rows = [
            Cause::NoProgram("No such file or directory".into()),
            Cause::Silent(Duration::from_secs(60)),
            Cause::Broken("interrupted".into()),
            failed(Some(75)),
            failed(Some(127)),
            failed(Some(1)),
            failed(None),
            Cause::OtherMeans,
        ];
        let rows = rows.map(|cause| (Phase::Program, cause));
        insta::assert_snapshot!(table(Means::Program, rows));
    }
}
