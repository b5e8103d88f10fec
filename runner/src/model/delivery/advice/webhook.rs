//! A web server. Its address is a secret, so no sentence repeats it.

use super::super::{Cause, CertificateProblem, Phase};
use super::DEFECT;

/// What to do about it, given where it happened.
pub(super) fn advice(cause: &Cause, phase: Phase) -> &'static str {
    match cause {
        Cause::NoAddress(_) => "correct the host in `url`, or this machine's name resolution",
        Cause::NoConnection(_) => {
            "is the server up, is the port in `url` right, does a firewall allow it? A proxy is not used; where there is no other way out, let a program send it (`exec`)"
        }
        Cause::Silent(_) | Cause::Closed | Cause::Broken(_) => without_an_answer(cause, phase),
        Cause::NoHttp => {
            "is this a web server? Compare host and port in `url` with what its operator says"
        }
        Cause::EndlessReply => {
            "no web server says so much; compare host and port in `url` with what its operator says"
        }
        Cause::NoHandshake(_) => {
            "does this port speak TLS? `https://` is for port 443 on most servers"
        }
        Cause::NoAuthorities(_) => {
            "correct `ca` in `webhook`; without it the system's authorities are taken (Debian: package ca-certificates)"
        }
        Cause::Certificate(problem, _) => certificate(*problem),
        Cause::Busy(reply) if reply.code == 429 => {
            "this is usual for a server that gets much; an alert waits as long as the server asks, at most 10 min"
        }
        Cause::Busy(_) => "try again later; if it stays so, the server's operator knows why",
        Cause::Refused(reply) => match reply.code {
            401 | 403 => {
                "correct what names us to the server: `url`, or `Authorization` in `headers`; such addresses can also be withdrawn"
            }
            404 | 410 => {
                "correct `url`: the server does not know this address, or it was withdrawn. Make a new one there"
            }
            _ => "the server does not take this request; does `format` fit what it expects?",
        },
        Cause::Elsewhere(_) => {
            "write the address in `url` to which it leads; it is not followed, because a message that is meant for one server is not for another"
        }
        Cause::Nonsense
        | Cause::NoTls
        | Cause::Injected
        | Cause::NoLogin
        | Cause::NoProgram(_)
        | Cause::ProgramFailed(..)
        | Cause::NotWritten(_)
        | Cause::Malformed(_)
        | Cause::OtherMeans => DEFECT,
    }
}

/// The server said nothing.
fn without_an_answer(cause: &Cause, phase: Phase) -> &'static str {
    match (cause, phase) {
        (_, Phase::Response) => {
            "the message may have arrived; the next attempt has the same Idempotency-Key, by which a server can tell. A longer `timeout` may help"
        }
        (Cause::Silent(_), Phase::LookUp) => {
            "this machine's name resolution hangs: look at /etc/resolv.conf"
        }
        (Cause::Silent(_), Phase::Connect) => {
            "packets get lost: does a firewall between here and the server swallow them?"
        }
        (Cause::Silent(_), Phase::Tls) => {
            "does this port speak TLS? Otherwise the server is overloaded"
        }
        (Cause::Silent(_), _) => "the server is overloaded or hangs; a longer `timeout` may help",
        _ => {
            "try again; if it stays so, the server's log knows why, and something in between may cut connections"
        }
    }
}

fn certificate(problem: CertificateProblem) -> &'static str {
    match problem {
        CertificateProblem::Expired => {
            "the server's operator has to renew it; until then nothing is sent there"
        }
        CertificateProblem::NotYetValid => {
            "is this machine's clock right? Otherwise the server's operator made a mistake"
        }
        CertificateProblem::WrongName => "write the host in `url` as the certificate names it",
        CertificateProblem::UnknownIssuer => {
            "if the certificate is your own, name its authority: `ca = \"/path/ca.pem\"` in `webhook`"
        }
        CertificateProblem::Other => "the server's operator has to replace it",
    }
}
