//! `[email]`: what is understood, what is protected, and what is refused.

use std::time::Duration;

use super::{config, read, refused};
use crate::config::Environment;
use crate::model::mail::{MailServer, MailSettings, MailWay, Protection};

fn environment() -> Environment {
    Environment::from_iter([("SMTP_PASSWORD", "canary")])
}

fn email(keys: &str) -> String {
    format!("[email]\nfrom = 'checkrun <checkrun@example.org>'\n{keys}\n")
}

fn settings(keys: &str) -> MailSettings {
    let resolved = config(&email(keys)).resolve_email(&environment());
    resolved
        .unwrap_or_else(|problems| panic!("{keys}: {problems}"))
        .0
}

fn server(keys: &str) -> MailServer {
    match settings(keys).way {
        MailWay::Smtp(server) => server,
        other => panic!("{keys}: {other:?}"),
    }
}

#[test]
fn where_mail_is_handed_over() {
    for (smtp, shown) in [
        ("smtps://mail.example", "smtps://mail.example:465"),
        ("smtps://mail.example:4465/", "smtps://mail.example:4465"),
        ("smtp://mail.example", "smtp://mail.example:587"),
        ("smtp://[2001:db8::1]:25", "smtp://[2001:db8::1]:25"),
        ("sendmail:", "sendmail:/usr/sbin/sendmail"),
        ("sendmail:/opt/bin/sendmail", "sendmail:/opt/bin/sendmail"),
        ("file:./outbox", "file:/etc/checkrun/./outbox"),
        ("file:/var/outbox", "file:/var/outbox"),
    ] {
        assert_eq!(settings(&format!("smtp = '{smtp}'")).way.shown(), shown);
    }
}

#[test]
fn a_connection_is_protected_unless_it_stays_here_or_the_file_says_otherwise() {
    for (keys, protection, warns) in [
        ("smtp = 'smtps://mail.example'", Protection::Tls, false),
        ("smtp = 'smtps://localhost'", Protection::Tls, false),
        (
            "smtp = 'smtp://mail.example:25'",
            Protection::StartTls,
            false,
        ),
        ("smtp = 'smtp://10.0.0.1:25'", Protection::StartTls, false),
        (
            "smtp = 'smtp://localhost.example:25'",
            Protection::StartTls,
            false,
        ),
        ("smtp = 'smtp://localhost:25'", Protection::None, false),
        ("smtp = 'smtp://127.0.0.1:25'", Protection::None, false),
        ("smtp = 'smtp://[::1]:25'", Protection::None, false),
        (
            "smtp = 'smtp://localhost'\ntls = 'required'",
            Protection::StartTls,
            false,
        ),
        (
            "smtp = 'smtp://localhost'\nca = 'ca.pem'",
            Protection::StartTls,
            false,
        ),
        (
            "smtp = 'smtp://localhost'\ntls = 'off'",
            Protection::None,
            false,
        ),
        (
            "smtp = 'smtp://relay.example:25'\ntls = 'off'",
            Protection::None,
            true,
        ),
    ] {
        assert_eq!(server(keys).protection, protection, "{keys}");
        let warnings = read(&email(keys)).expect("sound").warnings;
        assert_eq!(!warnings.is_empty(), warns, "{keys}: {warnings}");
    }
}

#[test]
fn account_authority_and_patience() {
    let server = server(
        "smtp = 'smtps://alerts%40example.org@mail.example'\npassword = { env = 'SMTP_PASSWORD' }\nca = 'ca.pem'\ntimeout = '1m'",
    );
    let login = server.login.expect("a login");
    assert_eq!(
        (login.user.as_str(), login.password.reveal()),
        ("alerts@example.org", "canary")
    );
    assert_eq!(server.ca, Some("/etc/checkrun/ca.pem".into()));
    assert_eq!(server.timeout, Duration::from_secs(60));
}

#[test]
fn what_is_refused_says_why_and_repeats_no_password() {
    let mut all = String::new();
    for keys in [
        "smtp = 'smtps://alerts:canary@mail.example'",
        "smtp = 'stmp://mail.example'",
        "smtp = 'mail.example:25'",
        "smtp = 'smtps://'",
        "smtp = 'smtps://mail.example:0'",
        "smtp = 'smtps://mail.example/inbox'",
        "smtp = 'smtps://mail.example?tls=off'",
        "smtp = 'smtps://ma il.example'",
        "smtp = 'smtps://alerts@mail.example'",
        "smtp = 'smtps://mail.example'\npassword = { env = 'SMTP_PASSWORD' }",
        "smtp = 'smtps://mail.example'\ntls = 'off'",
        "smtp = 'smtps://mail.example'\ntls = 'maybe'",
        "smtp = 'smtp://mail.example'\ntls = 'off'\nca = 'ca.pem'",
        "smtp = 'smtp://alerts@mail.example'\ntls = 'off'\npassword = { env = 'SMTP_PASSWORD' }",
        "smtp = 'smtps://mail.example'\ntimeout = '1h'",
        "smtp = 'sendmail:sendmail -t'",
        "smtp = 'sendmail:/usr/sbin/sendmail'\ntls = 'required'",
        "smtp = 'file:'",
        "smtp = 'file:~/outbox'\npassword = { env = 'SMTP_PASSWORD' }",
    ] {
        let problems = refused(&email(keys)).to_string();
        assert!(!problems.contains("canary"), "{problems}");
        all += &format!("{problems}\n\n");
    }
    insta::assert_snapshot!(all);
}
