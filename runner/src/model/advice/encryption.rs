//! What each problem of an encryption means, and what to try first.

use super::Explanation;
use crate::model::probe::TlsProblem;

/// Explains what is wrong with an encryption.
#[must_use]
pub fn explain_tls(problem: TlsProblem) -> Explanation {
    let (meaning, advice) = match problem {
        TlsProblem::NotOffered => (
            "the server offers no encryption",
            "Switch it on at the server (ssl = on with ssl_cert_file and ssl_key_file; ssl-cert and \
             ssl-key), or see whether something between answers in its place.",
        ),
        TlsProblem::NotEncrypted => (
            "nothing is encrypted on the way to another machine",
            "Switch encryption on at the server, and set `tls = { mode = \"verify-full\" }` at the target.",
        ),
        TlsProblem::UnreadableFile => (
            "a file with a certificate or key cannot be used",
            "See whether the `tls` of the target names the right PEM files, and whether the account that \
             runs checkrun may read them.",
        ),
        TlsProblem::HandshakeFailed => (
            "the two sides do not agree on an encryption",
            "See which TLS versions the server allows: it must speak 1.2 or 1.3; its log says what it \
             did not accept.",
        ),
        TlsProblem::Expired => (
            "the server's certificate has expired",
            "Renew the certificate and reload the server; until then nothing proves who answers.",
        ),
        TlsProblem::ExpiresSoon => (
            "the server's certificate expires soon",
            "Renew the certificate and reload the server before then.",
        ),
        TlsProblem::NotYetValid => (
            "the server's certificate is not valid yet",
            "See whether the clocks of both machines are right, and whether the certificate was made \
             with the right dates.",
        ),
        TlsProblem::WrongHostName => (
            "the server's certificate is for other hosts",
            "Write one of the certificate's names as the host in the target's `url`, or have the \
             certificate issued for this one.",
        ),
        TlsProblem::SelfSigned => (
            "the server signed its certificate itself",
            "Have it signed by an authority and name that as `ca` in the target's `tls`; a copy of the \
             certificate itself as `ca` does too, unless it is marked as an authority.",
        ),
        TlsProblem::UnknownIssuer => (
            "no authority that this machine trusts signed the server's certificate",
            "Name the PEM file of the authority as `ca` in the target's `tls`; if the authority is the \
             right one already, see whether the server sends its intermediate certificates.",
        ),
        TlsProblem::InvalidCertificate => (
            "the server's certificate is not acceptable",
            "The message says what is wrong with it; have it issued again as a server's certificate.",
        ),
    };
    Explanation { meaning, advice }
}
