//! The judgement of encryptions and certificates.

use std::time::Duration;

use super::{host, said};
use crate::model::probe::{Certificate, Encrypted, Encryption, Fault, Handshake, TlsProblem};
use crate::model::run::Micros;
use crate::model::target::TlsMode;
use crate::operations::diagnosis::encryption::{Wanted, tls};

const DAY: i64 = 86_400;
const NOW: i64 = 1_800_000_000;

fn handshake(encryption: Encryption) -> Handshake {
    Handshake {
        server: None,
        encryption,
        took: Duration::from_millis(3),
    }
}

fn encrypted(days_left: i64, faults: &[TlsProblem]) -> Encryption {
    let fault = |problem: &TlsProblem| Fault {
        problem: *problem,
        message: "the library's words".into(),
    };
    Encryption::Established(Box::new(Encrypted {
        version: "TLS 1.3".into(),
        cipher: "TLS13_AES_256_GCM_SHA384".into(),
        chain: vec![Certificate {
            subject: "CN=db1.example".into(),
            issuer: "CN=authority".into(),
            names: vec!["db1.example".into()],
            not_before: NOW - 300 * DAY,
            not_after: NOW + days_left * DAY,
        }],
        faults: faults.iter().map(fault).collect(),
    }))
}

/// What is said of an encryption that was seen on the way to a host of this name.
fn judged(mode: TlsMode, name: &str, seen: Encryption) -> String {
    let wanted = Wanted {
        mode,
        host: &host(name),
        now: Micros(NOW * 1_000_000),
    };
    said(&tls(wanted, &handshake(seen)))
}

const FAR: &str = "db1.example";
const HERE: &str = "127.0.0.1";

#[test]
fn certificates_are_judged_by_what_the_target_asks_for_and_how_far_the_bytes_go() {
    use TlsMode::{Prefer, Require, VerifyFull};
    let unknown = &[TlsProblem::UnknownIssuer][..];
    let expired = &[TlsProblem::Expired][..];
    let all = &[
        TlsProblem::Expired,
        TlsProblem::UnknownIssuer,
        TlsProblem::WrongHostName,
    ][..];
    let everything =
        "failed certificate-expired certificate-unknown-issuer certificate-wrong-host-name";
    for (sentence, mode, name, days, faults, expected) in [
        ("all is well", VerifyFull, FAR, 200, &[][..], "passed"),
        (
            "proof is wanted",
            VerifyFull,
            FAR,
            200,
            unknown,
            "failed certificate-unknown-issuer",
        ),
        (
            "no proof is wanted",
            Require,
            FAR,
            200,
            unknown,
            "warning certificate-unknown-issuer",
        ),
        (
            "nor here",
            Require,
            HERE,
            200,
            unknown,
            "warning certificate-unknown-issuer",
        ),
        ("the default here", Prefer, HERE, 200, unknown, "passed"),
        (
            "that, but far",
            Prefer,
            FAR,
            200,
            unknown,
            "warning certificate-unknown-issuer",
        ),
        (
            "within two weeks",
            VerifyFull,
            FAR,
            13,
            &[],
            "warning certificate-expires-soon",
        ),
        ("in two weeks", VerifyFull, FAR, 14, &[], "passed"),
        (
            "over, if only here",
            Prefer,
            HERE,
            -1,
            expired,
            "warning certificate-expired",
        ),
        ("everything at once", VerifyFull, FAR, -1, all, everything),
    ] {
        let judged = judged(mode, name, encrypted(days, faults));
        assert_eq!(judged, expected, "{sentence}");
    }
}

#[test]
fn a_connection_without_encryption_is_judged_by_how_far_it_goes() {
    use TlsMode::{Disable, Prefer, Require, VerifyFull};
    let refused = Encryption::Refused("Too many connections (1040)".into());
    let broken = Encryption::Failed(TlsProblem::HandshakeFailed, "alert".into());
    for (sentence, mode, name, seen, expected) in [
        (
            "no offer, none wanted",
            Prefer,
            HERE,
            Encryption::NotOffered,
            "passed",
        ),
        (
            "no offer, far",
            Prefer,
            FAR,
            Encryption::NotOffered,
            "warning not-encrypted",
        ),
        (
            "no offer, wanted",
            Require,
            HERE,
            Encryption::NotOffered,
            "failed tls-not-offered",
        ),
        (
            "none wanted",
            Disable,
            HERE,
            Encryption::NotAsked,
            "skipped",
        ),
        (
            "none wanted, far",
            Disable,
            FAR,
            Encryption::NotAsked,
            "warning not-encrypted",
        ),
        ("refused before", VerifyFull, FAR, refused, "skipped"),
        (
            "no agreement",
            Prefer,
            HERE,
            broken,
            "failed tls-handshake-failed",
        ),
    ] {
        assert_eq!(judged(mode, name, seen), expected, "{sentence}");
    }
}
