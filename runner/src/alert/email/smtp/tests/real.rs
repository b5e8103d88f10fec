//! A real server: TLS, STARTTLS, login, recipients, and what arrives.

use checkrun_testkit::mail::{MailServer as Exim, PASSWORD, Senders};
use checkrun_testkit::{Certificate, Servers, eventually};

use super::*;

fn exim(certificate: Certificate, senders: Senders) -> Exim {
    Exim::start(certificate, senders).unwrap_or_else(|error| panic!("{error}"))
}

fn protected(address: SocketAddr, protection: Protection) -> MailServer {
    MailServer {
        protection,
        ca: Some(Servers::from_environment().certificates.ca),
        ..server(address)
    }
}

fn arrived(exim: &Exim, mailbox: &str) -> Vec<String> {
    eventually("the mail arrives", PATIENT, || {
        let mails = exim.mailbox(mailbox).expect("a mailbox");
        (!mails.is_empty()).then_some(mails)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_arrives_by_tls_and_starttls_for_those_who_log_in() {
    let exim = exim(Certificate::Good, Senders::LoggedIn);
    for (address, protection) in [
        (exim.tls_address(), Protection::Tls),
        (exim.address(), Protection::StartTls),
    ] {
        let without = protected(address, protection);
        let with = |password: &str| MailServer {
            login: login(password),
            ..protected(address, protection)
        };
        let (attempt, _) = send(without, limits(PATIENT), &["alice@x.example"]).await;
        assert_eq!(ending(&attempt), "recipient: refused");
        let (attempt, _) = send(with("wrong"), limits(PATIENT), &["alice@x.example"]).await;
        assert_eq!(ending(&attempt), "login: refused");
        assert_eq!(
            fates(&attempt),
            [Fate::Deferred],
            "the password may be corrected"
        );
        let (attempt, steps) = send(with(PASSWORD), limits(PATIENT), &["alice@x.example"]).await;
        assert_eq!(
            (ending(&attempt), fates(&attempt)),
            ("handed over".into(), vec![Fate::Accepted])
        );
        assert!(
            steps
                .iter()
                .any(|step| step.phase == Phase::Tls && step.cause.is_none())
        );
    }
    eventually("both mails arrive", PATIENT, || {
        (exim.mailbox("alice").expect("a mailbox").len() == 2).then_some(())
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrives_is_what_was_sent() {
    let exim = exim(Certificate::None, Senders::Anyone);
    let (attempt, _) = send(
        server(exim.address()),
        limits(PATIENT),
        &["alice@x.example"],
    )
    .await;
    assert_eq!(attempt.end, End::HandedOver, "{attempt:?}");
    let mails = arrived(&exim, "alice");
    let written =
        crate::alert::email::compose::compose(&message(&["alice@x.example"])).expect("sound");
    let written = String::from_utf8(written)
        .expect("ASCII")
        .replace("\r\n", "\n");
    let (_, body) = written.split_once("\n\n").expect("headers and a body");
    assert!(mails[0].ends_with(body), "{}\n---\n{written}", mails[0]);
    assert!(
        mails[0].contains("Message-ID: <test.1@host.example>\n"),
        "{}",
        mails[0]
    );
    assert!(
        mails[0].contains("Return-path: <checkrun@host.example>\n"),
        "{}",
        mails[0]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_recipient_has_a_fate_of_its_own() {
    let exim = exim(Certificate::None, Senders::Anyone);
    let to = [
        "alice@x.example",
        "nobody@x.example",
        "busy@x.example",
        "bob@x.example",
    ];
    let (attempt, _) = send(server(exim.address()), limits(PATIENT), &to).await;
    use Fate::{Accepted, Deferred, Refused};
    assert_eq!(
        fates(&attempt),
        [Accepted, Refused, Deferred, Accepted],
        "{attempt:?}"
    );
    let reply = |index: usize| {
        attempt.deliveries[index]
            .reply
            .as_ref()
            .map(|r| r.text.as_str())
    };
    assert_eq!(reply(1), Some("nobody of this name"));
    assert_eq!(reply(2), Some("this mailbox is locked"));
    assert_eq!(
        (arrived(&exim, "alice").len(), arrived(&exim, "bob").len()),
        (1, 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_prove_who_it_is_gets_nothing() {
    for (certificate, ending_) in [
        (Certificate::Expired, "tls: certificate-expired"),
        (Certificate::WrongHost, "tls: certificate-wrong-name"),
        (Certificate::Foreign, "tls: certificate-unknown-issuer"),
    ] {
        let exim = exim(certificate, Senders::Anyone);
        for (address, protection) in [
            (exim.tls_address(), Protection::Tls),
            (exim.address(), Protection::StartTls),
        ] {
            let (attempt, _) = send(
                protected(address, protection),
                limits(PATIENT),
                &["alice@x.example"],
            )
            .await;
            assert_eq!(
                (ending(&attempt), fates(&attempt)),
                (ending_.to_owned(), vec![Fate::Deferred])
            );
        }
        assert!(exim.mailbox("alice").expect("a mailbox").is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_tls_gets_nothing_unless_tls_is_off() {
    let exim = exim(Certificate::None, Senders::Anyone);
    let (attempt, _) = send(
        protected(exim.address(), Protection::StartTls),
        limits(PATIENT),
        &["alice@x.example"],
    )
    .await;
    assert_eq!(ending(&attempt), "starttls: no-tls");
    let (attempt, _) = send(
        server(exim.address()),
        limits(PATIENT),
        &["alice@x.example"],
    )
    .await;
    assert_eq!(attempt.end, End::HandedOver);
}

#[tokio::test(flavor = "multi_thread")]
async fn authorities_that_cannot_be_read_are_named() {
    let exim = exim(Certificate::Good, Senders::Anyone);
    let mut server = protected(exim.address(), Protection::StartTls);
    server.ca = Some("/nonexistent/ca.pem".into());
    let (attempt, _) = send(server, limits(PATIENT), &["alice@x.example"]).await;
    assert_eq!(ending(&attempt), "tls: no-authorities");
    assert!(format!("{:?}", attempt.end).contains("/nonexistent/ca.pem"));
}
