//! What to do about each outcome of an attempt: one table.

use super::delivery::{Cause, CertificateProblem, Phase};
use crate::model::unit::format_duration;

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
            Self::NoProgram(error) => format!("the program cannot be started ({error})"),
            Self::ProgramFailed(Some(code), said) => {
                format!("the program ended with code {code}{}", in_brackets(said))
            }
            Self::ProgramFailed(None, said) => {
                format!("the program was ended by a signal{}", in_brackets(said))
            }
            Self::NotWritten(error) => format!("the file cannot be written ({error})"),
            Self::Malformed(error) => format!("the mail cannot be written down ({error})"),
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
            Self::NoProgram(_) => "no-program",
            Self::ProgramFailed(..) => "program-failed",
            Self::NotWritten(_) => "not-written",
            Self::Malformed(_) => "malformed",
        }
    }

    /// What to do about it, given where it happened: a sentence without its full stop.
    #[must_use]
    pub fn advice(&self, phase: Phase) -> &'static str {
        match self {
            Self::NoAddress(_) => "correct the host in `smtp`, or this machine's name resolution",
            Self::NoConnection(_) => {
                "is the server up, is the port in `smtp` right (465 for smtps, 587 or 25 for smtp), does a firewall allow it?"
            }
            Self::Silent(_)
            | Self::Closed
            | Self::Broken(_)
            | Self::Nonsense
            | Self::EndlessReply => self.advice_without_an_answer(phase),
            Self::NoHandshake(_) => WHICH_PORT_SPEAKS_TLS,
            Self::NoTls => {
                "use a server with TLS; if nobody can listen in between, `tls = \"off\"` in [email] does without. If it had TLS before, somebody in between may be taking it away"
            }
            Self::Injected => {
                "do not trust this connection: somebody in between is changing it, or the server has a known defect; update it"
            }
            Self::NoAuthorities(_) => {
                "correct `ca` in [email]; without it the system's authorities are taken (Debian: package ca-certificates)"
            }
            Self::Certificate(problem, _) => problem.advice(),
            Self::NoLogin => {
                "PLAIN and LOGIN are known here; many servers offer them only on port 587 or 465. Where no login is needed, leave the user out of `smtp`"
            }
            Self::Busy(_) if phase == Phase::Login => {
                "try again; the server cannot check passwords at the moment"
            }
            Self::Busy(_) => {
                "try again later: this is usual for a server that is busy, or that lets strangers wait (greylisting)"
            }
            Self::Refused(_) => advice_if_refused(phase),
            Self::NoProgram(_) => {
                "install a local mail system, or correct the path: `smtp = \"sendmail:/usr/sbin/sendmail\"`"
            }
            Self::ProgramFailed(..) => {
                "the codes are those of sysexits.h; the local mail system's log says more"
            }
            Self::NotWritten(_) => "let the account that runs checkrun write there, and make room",
            Self::Malformed(_) => "this is a defect of checkrun; please report it",
        }
    }

    /// The server said nothing, or nothing that makes sense.
    fn advice_without_an_answer(&self, phase: Phase) -> &'static str {
        match (self, phase) {
            (_, Phase::Acceptance) => {
                "the mail may have arrived; sending it again with the same Message-ID makes at most a recognisable duplicate. The server's log knows"
            }
            (Self::Silent(_) | Self::Nonsense, Phase::Greeting) => {
                "port 465 is for `smtps://`, where TLS comes first, 587 and 25 are for `smtp://`; otherwise the server is overloaded, and a longer `timeout` may help"
            }
            (Self::Silent(_), Phase::LookUp) => {
                "this machine's name resolution hangs: look at /etc/resolv.conf"
            }
            (Self::Silent(_), Phase::Connect) => {
                "packets get lost: does a firewall between here and the server swallow them?"
            }
            (Self::Silent(_), Phase::Tls) => WHICH_PORT_SPEAKS_TLS,
            (Self::Silent(_), Phase::Program) => {
                "the program hangs: look at the local mail queue (`mailq`) and its log"
            }
            (Self::Silent(_), _) => "the server is overloaded or hangs; its log knows why",
            (Self::Closed, Phase::Greeting) => {
                "the server does not want this machine, or has too many connections; its log knows why"
            }
            (Self::Closed | Self::Broken(_), _) => {
                "try again; if it stays so, the server's log knows why, and something in between may cut connections"
            }
            _ => {
                "is this a mail server? Compare host and port in `smtp` with what its operator says"
            }
        }
    }
}

const WHICH_PORT_SPEAKS_TLS: &str = "does this port speak TLS from the first byte? `smtps://` is for port 465, `smtp://` with STARTTLS for 587 and 25";

fn advice_if_refused(phase: Phase) -> &'static str {
    match phase {
        Phase::Login => {
            "correct the user in `smtp` or `password`; some providers want a password made for programs"
        }
        Phase::Greeting | Phase::Hello | Phase::StartTls => {
            "the server does not take mail from this machine; its operator can allow it"
        }
        Phase::Sender => {
            "the server does not take this sender: write an address in `from` that belongs to the account or the server's domain"
        }
        Phase::Recipient => {
            "correct the address; if it is right, the server forwards only for those who log in (a user in `smtp`, and `password`)"
        }
        _ => "the server does not take this mail; its answer and its log say why",
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

    fn advice(self) -> &'static str {
        match self {
            Self::Expired => {
                "the server's operator has to renew it; until then no mail is sent there"
            }
            Self::NotYetValid => {
                "is this machine's clock right? Otherwise the server's operator made a mistake"
            }
            Self::WrongName => "write the host in `smtp` as the certificate names it",
            Self::UnknownIssuer => {
                "if the certificate is your own, name its authority: `ca = \"/path/ca.pem\"` in [email]"
            }
            Self::Other => "the server's operator has to replace it",
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
    use crate::model::mail::Reply;

    fn certificate(problem: CertificateProblem) -> Cause {
        Cause::Certificate(problem, "what the library says".into())
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
        let mut table = String::new();
        for (phase, cause) in rows {
            let _ = writeln!(
                table,
                "{} / {}\n  {}\n  → {}",
                phase.as_str(),
                cause.as_str(),
                cause.sentence(),
                cause.advice(phase)
            );
        }
        insta::assert_snapshot!(table);
    }
}
