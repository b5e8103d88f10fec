//! The stage `tls`: is the connection encrypted, and what does the server's certificate prove?
//!
//! What verification finds wrong fails the stage where the target asks for it. Where it does not, the
//! connection works and the stage warns that nothing proves who answers; except in mode `prefer` on this
//! machine, the default there, whose bytes pass no network. A certificate that is over or ends soon is a
//! warning in any case, because clients that verify will notice.

use super::document::{Problem, Stage, StageReport};
use super::limits::EXPIRY_WARNING_DAYS;
use super::network;
use crate::model::advice::explain_tls;
use crate::model::probe::{Certificate, Encrypted, Encryption, Fault, Handshake, TlsProblem};
use crate::model::run::Micros;
use crate::model::target::{Host, TlsMode};

const SECONDS_A_DAY: i64 = 86_400;

/// Names of a certificate that are shown.
const NAMES_SHOWN_MAX: usize = 5;

/// What the target asks for, and when.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// How much.
    pub mode: TlsMode,
    /// Of whom.
    pub host: &'a Host,
    /// The time of the diagnosis.
    pub now: Micros,
}

/// Judges what the server did before the login.
#[must_use]
pub fn tls(wanted: Wanted<'_>, seen: &Handshake) -> StageReport {
    let stage = StageReport::passed(Stage::Tls, seen.took);
    let stage = match &seen.server {
        Some(version) => stage.with_fact("greeting", version.clone()),
        None => stage,
    };
    match &seen.encryption {
        Encryption::NotAsked => not_asked(wanted, stage),
        Encryption::NotOffered => not_offered(wanted, stage),
        Encryption::Refused(said) => StageReport::skipped(
            Stage::Tls,
            format!("the server refused before it came to that: {said}"),
        ),
        Encryption::NoServer(obstacle) => stage.with_problem(network::failed(obstacle)),
        Encryption::Failed(problem, why) => stage.with_problem(failed(*problem, why)),
        Encryption::Established(encrypted) => established(wanted, stage, encrypted),
    }
}

fn not_asked(wanted: Wanted<'_>, stage: StageReport) -> StageReport {
    let why = match wanted.host {
        Host::Socket { .. } => "nothing is encrypted on a socket of this machine",
        Host::Tcp { .. } => "the target says `mode = \"disable\"`",
    };
    if wanted.host.is_local() {
        return StageReport {
            facts: stage.facts,
            ..StageReport::skipped(Stage::Tls, why)
        };
    }
    stage.with_problem(warning(TlsProblem::NotEncrypted, why))
}

fn not_offered(wanted: Wanted<'_>, stage: StageReport) -> StageReport {
    let stage = stage.with_fact("encrypted", "no, the server does not offer it");
    let why = "the server does not offer TLS";
    match wanted.mode {
        TlsMode::Require | TlsMode::VerifyFull => {
            stage.with_problem(failed(TlsProblem::NotOffered, why))
        }
        TlsMode::Disable | TlsMode::Prefer if wanted.host.is_local() => stage,
        TlsMode::Disable | TlsMode::Prefer => {
            stage.with_problem(warning(TlsProblem::NotEncrypted, why))
        }
    }
}

fn established(wanted: Wanted<'_>, stage: StageReport, encrypted: &Encrypted) -> StageReport {
    let cipher = format!("{}, {}", encrypted.version, encrypted.cipher);
    let mut stage = stage.with_fact("encrypted", cipher);
    for certificate in &encrypted.chain {
        stage = stage.with_fact("certificate", described(certificate, wanted.now));
    }
    let verified = match encrypted.faults.as_slice() {
        [] => "yes: the certificate is for this host and signed by a trusted authority".to_owned(),
        faults => format!("no: {}", meanings(faults)),
    };
    stage = stage.with_fact("verified", verified);
    for fault in &encrypted.faults {
        stage = match severity(wanted, fault.problem) {
            Some(Judged::Failed) => stage.with_problem(failed(fault.problem, &fault.message)),
            Some(Judged::Warning) => stage.with_problem(unverified(fault)),
            None => stage,
        };
    }
    match encrypted
        .chain
        .first()
        .and_then(|own| ends_soon(own, wanted.now))
    {
        Some(why) => stage.with_problem(warning(TlsProblem::ExpiresSoon, &why)),
        None => stage,
    }
}

enum Judged {
    Warning,
    Failed,
}

fn severity(wanted: Wanted<'_>, problem: TlsProblem) -> Option<Judged> {
    let by_time = matches!(problem, TlsProblem::Expired | TlsProblem::NotYetValid);
    match wanted.mode {
        TlsMode::VerifyFull => Some(Judged::Failed),
        TlsMode::Prefer if wanted.host.is_local() && !by_time => None,
        TlsMode::Disable | TlsMode::Prefer | TlsMode::Require => Some(Judged::Warning),
    }
}

fn meanings(faults: &[Fault]) -> String {
    let meanings: Vec<_> = faults
        .iter()
        .map(|fault| explain_tls(fault.problem).meaning)
        .collect();
    meanings.join("; ")
}

/// `CN=db1.example, from 2026-01-01 to 2026-12-31 (200 days left), for db1.example, by CN=authority`
fn described(certificate: &Certificate, now: Micros) -> String {
    let Certificate {
        subject,
        issuer,
        names,
        ..
    } = certificate;
    let days = days_left(certificate, now);
    let left = match days {
        0.. => format!("{days} days left"),
        _ => format!("over for {} days", -days),
    };
    let (from, to) = (date(certificate.not_before), date(certificate.not_after));
    let mut text = format!("{subject}, from {from} to {to} ({left})");
    if !names.is_empty() {
        let shown = names.iter().take(NAMES_SHOWN_MAX).map(String::as_str);
        text.push_str(&format!(", for {}", shown.collect::<Vec<_>>().join(" ")));
        match names.len().saturating_sub(NAMES_SHOWN_MAX) {
            0 => {}
            more => text.push_str(&format!(" and {more} more")),
        }
    }
    match issuer == subject {
        true => text.push_str(", signed by itself"),
        false => text.push_str(&format!(", signed by {issuer}")),
    }
    text
}

fn ends_soon(certificate: &Certificate, now: Micros) -> Option<String> {
    let days = days_left(certificate, now);
    (0..EXPIRY_WARNING_DAYS).contains(&days).then(|| {
        let end = date(certificate.not_after);
        format!("it ends on {end}, in {days} days")
    })
}

/// Whole days; negative when it is over.
fn days_left(certificate: &Certificate, now: Micros) -> i64 {
    let now = now.0.div_euclid(1_000_000);
    certificate
        .not_after
        .saturating_sub(now)
        .div_euclid(SECONDS_A_DAY)
}

fn date(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(
        |_| "a date out of range".to_owned(),
        |time| time.strftime("%Y-%m-%d").to_string(),
    )
}

fn failed(problem: TlsProblem, why: &str) -> Problem {
    let explanation = explain_tls(problem);
    let message = format!("{} ({why})", explanation.meaning);
    Problem::failed(problem.as_str(), message, explanation.advice)
}

fn warning(problem: TlsProblem, why: &str) -> Problem {
    let explanation = explain_tls(problem);
    let message = format!("{} ({why})", explanation.meaning);
    Problem::warning(problem.as_str(), message, explanation.advice)
}

fn unverified(fault: &Fault) -> Problem {
    let explanation = explain_tls(fault.problem);
    let message = format!(
        "encrypted, but not verified because {} ({})",
        explanation.meaning, fault.message
    );
    Problem::warning(fault.problem.as_str(), message, explanation.advice)
}
