//! Mail: a server, a program that takes mail, or a folder.

use super::super::{Cause, CertificateProblem, Phase};
use super::DEFECT;

/// What to do about it, given where it happened.
pub(super) fn advice(cause: &Cause, phase: Phase) -> &'static str {
    match cause {
        Cause::NoAddress(_) => "correct the host in `smtp`, or this machine's name resolution",
        Cause::NoConnection(_) => {
            "is the server up, is the port in `smtp` right (465 for smtps, 587 or 25 for smtp), does a firewall allow it?"
        }
        Cause::Silent(_)
        | Cause::Closed
        | Cause::Broken(_)
        | Cause::Nonsense
        | Cause::EndlessReply => without_an_answer(cause, phase),
        Cause::NoHandshake(_) => WHICH_PORT_SPEAKS_TLS,
        Cause::NoTls => {
            "use a server with TLS; if nobody can listen in between, `tls = \"off\"` in [email] does without. If it had TLS before, somebody in between may be taking it away"
        }
        Cause::Injected => {
            "do not trust this connection: somebody in between is changing it, or the server has a known defect; update it"
        }
        Cause::NoAuthorities(_) => {
            "correct `ca` in [email]; without it the system's authorities are taken (Debian: package ca-certificates)"
        }
        Cause::Certificate(problem, _) => certificate(*problem),
        Cause::NoLogin => {
            "PLAIN and LOGIN are known here; many servers offer them only on port 587 or 465. Where no login is needed, leave the user out of `smtp`"
        }
        Cause::Busy(_) if phase == Phase::Login => {
            "try again; the server cannot check passwords at the moment"
        }
        Cause::Busy(_) => {
            "try again later: this is usual for a server that is busy, or that lets strangers wait (greylisting)"
        }
        Cause::Refused(_) => advice_if_refused(phase),
        Cause::NoProgram(_) => {
            "install a local mail system, or correct the path: `smtp = \"sendmail:/usr/sbin/sendmail\"`"
        }
        Cause::ProgramFailed(..) => {
            "the codes are those of sysexits.h; the local mail system's log says more"
        }
        Cause::NotWritten(_) => "let the account that runs checkrun write there, and make room",
        Cause::NoHttp | Cause::Elsewhere(_) | Cause::Malformed(_) | Cause::OtherMeans => DEFECT,
    }
}

/// The server said nothing, or nothing that makes sense.
fn without_an_answer(cause: &Cause, phase: Phase) -> &'static str {
    match (cause, phase) {
        (_, Phase::Acceptance) => {
            "the mail may have arrived; sending it again with the same Message-ID makes at most a recognisable duplicate. The server's log knows"
        }
        (Cause::Silent(_) | Cause::Nonsense, Phase::Greeting) => {
            "port 465 is for `smtps://`, where TLS comes first, 587 and 25 are for `smtp://`; otherwise the server is overloaded, and a longer `timeout` may help"
        }
        (Cause::Silent(_), Phase::LookUp) => {
            "this machine's name resolution hangs: look at /etc/resolv.conf"
        }
        (Cause::Silent(_), Phase::Connect) => {
            "packets get lost: does a firewall between here and the server swallow them?"
        }
        (Cause::Silent(_), Phase::Tls) => WHICH_PORT_SPEAKS_TLS,
        (Cause::Silent(_), Phase::Program) => {
            "the program hangs: look at the local mail queue (`mailq`) and its log"
        }
        (Cause::Silent(_), _) => "the server is overloaded or hangs; its log knows why",
        (Cause::Closed, Phase::Greeting) => {
            "the server does not want this machine, or has too many connections; its log knows why"
        }
        (Cause::Closed | Cause::Broken(_), _) => {
            "try again; if it stays so, the server's log knows why, and something in between may cut connections"
        }
        _ => "is this a mail server? Compare host and port in `smtp` with what its operator says",
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

fn certificate(problem: CertificateProblem) -> &'static str {
    match problem {
        CertificateProblem::Expired => {
            "the server's operator has to renew it; until then no mail is sent there"
        }
        CertificateProblem::NotYetValid => {
            "is this machine's clock right? Otherwise the server's operator made a mistake"
        }
        CertificateProblem::WrongName => "write the host in `smtp` as the certificate names it",
        CertificateProblem::UnknownIssuer => {
            "if the certificate is your own, name its authority: `ca = \"/path/ca.pem\"` in [email]"
        }
        CertificateProblem::Other => "the server's operator has to replace it",
    }
}
