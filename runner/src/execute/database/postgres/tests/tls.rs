//! TLS: as strict as its mode, and really there.

use std::path::PathBuf;

use TlsMode::{Prefer, Require, VerifyFull};
use checkrun_testkit::account::{CERTIFIED, MONITOR, TLS_ONLY};
use checkrun_testkit::{Certificate, Engine, Options, Server};

use super::connecting::failure;
use super::*;
use crate::model::sql::ConnectionClass;
use crate::model::target::ClientCertificate;

pub fn tls(mut target: Target, mode: TlsMode, ca: Option<PathBuf>) -> Target {
    address(&mut target).tls = Tls {
        mode,
        ca,
        client: None,
    };
    target
}

fn server(certificate: Certificate) -> Server {
    let options = Options {
        certificate,
        ..Options::default()
    };
    Server::start(Engine::Postgres, &options).expect("a server")
}

/// Whether each mode accepts the server, with and without the authority that signed for it.
async fn check(endpoint: &Endpoint, cases: &[(TlsMode, Option<&PathBuf>, bool)]) {
    for (mode, ca, accepted) in cases {
        let target = tls(target_at(endpoint, MONITOR), *mode, ca.cloned());
        match session(target).facts().await {
            Ok(_) => assert!(accepted, "{mode:?}: accepted"),
            Err(SqlError::Connection(error)) => {
                assert!(!accepted, "{mode:?}: {error:?}");
                assert_eq!(error.class, ConnectionClass::Tls, "{mode:?}: {error:?}");
            }
            other => panic!("{mode:?}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_good_certificate_needs_its_authority() {
    let servers = Servers::from_environment();
    let ca = Some(&servers.certificates.ca);
    let other_ca = Some(&servers.certificates.other_ca);
    let cases = [
        (VerifyFull, ca, true),
        (VerifyFull, other_ca, false),
        (VerifyFull, None, false),
        (Require, None, true),
        (Prefer, None, true),
    ];
    check(&servers.postgres, &cases).await;
}

#[tokio::test]
async fn a_bad_certificate_is_accepted_only_unverified() {
    let certificates = Servers::from_environment().certificates;
    let ca = Some(&certificates.ca);
    let strict = [(VerifyFull, ca, false), (Require, None, true)];
    let expired = server(Certificate::Expired);
    check(&expired.endpoint(), &strict).await;
    let foreign = server(Certificate::Foreign);
    check(&foreign.endpoint(), &strict).await;
    let wrong_host = server(Certificate::WrongHost);
    check(&wrong_host.endpoint(), &strict).await;
}

#[tokio::test]
async fn a_server_without_tls_is_accepted_only_where_it_is_preferred() {
    let plain = server(Certificate::None);
    let cases = [
        (Require, None, false),
        (VerifyFull, None, false),
        (Prefer, None, true),
    ];
    check(&plain.endpoint(), &cases).await;
}

#[tokio::test]
async fn tls_encrypts_and_identifies() {
    let certificates = Servers::from_environment().certificates;
    let encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let mut session_tls = session(tls(
        target(TLS_ONLY),
        VerifyFull,
        Some(certificates.ca.clone()),
    ));
    assert_eq!(
        value(&mut session_tls, encrypted).await,
        Value::Boolean(true)
    );
    assert_eq!(
        failure(target(TLS_ONLY)).await.class,
        ConnectionClass::Authentication
    );

    let mut certified = tls(target(CERTIFIED), VerifyFull, Some(certificates.ca));
    address(&mut certified).password = None;
    address(&mut certified).tls.client = Some(ClientCertificate {
        certificate: certificates.client.certificate,
        key: certificates.client.key,
    });
    assert_eq!(
        value(&mut session(certified.clone()), encrypted).await,
        Value::Boolean(true)
    );

    let missing = PathBuf::from("/nonexistent/ca.pem");
    let error = failure(tls(target(MONITOR), VerifyFull, Some(missing))).await;
    assert_eq!(error.class, ConnectionClass::Tls);
    assert!(
        error.message.contains("/nonexistent/ca.pem"),
        "{}",
        error.message
    );
}
