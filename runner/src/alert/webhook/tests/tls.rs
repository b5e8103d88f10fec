//! Certificates, good and bad.

use std::sync::Arc;

use checkrun_testkit::{Certificate, Servers};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::*;

/// Serves one connection with this certificate, and answers that it takes the message.
async fn serve(certificate: Certificate) -> u16 {
    let certificates = Servers::from_environment().certificates;
    let pair = certificates.of(certificate).expect("a certificate");
    let chain = CertificateDer::pem_file_iter(&pair.certificate).expect("a file");
    let chain = chain.collect::<Result<Vec<_>, _>>().expect("certificates");
    let key = PrivateKeyDer::from_pem_file(&pair.key).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a sound pair");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("its address").port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a connection");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        // A client that does not trust us leaves.
        if let Ok(mut stream) = acceptor.accept(stream).await {
            let _ = stream.read(&mut [0; 16 * 1024]).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nok").await;
            let _ = stream.shutdown().await;
        }
    });
    port
}

fn protected(port: u16) -> Webhook {
    Webhook {
        is_tls: true,
        ca: Some(Servers::from_environment().certificates.ca),
        ..webhook(port, PATIENT)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_good_certificate_gets_the_message() {
    for (certificate, expected) in [
        (Certificate::Good, "handed over"),
        (Certificate::Expired, "tls: certificate-expired"),
        (Certificate::NotYetValid, "tls: certificate-not-yet-valid"),
        (Certificate::SelfSigned, "tls: certificate-unknown-issuer"),
        (Certificate::WrongHost, "tls: certificate-wrong-name"),
        (Certificate::Foreign, "tls: certificate-unknown-issuer"),
    ] {
        let (attempt, steps) = send(protected(serve(certificate).await), BODY).await;
        assert_eq!(ending(&attempt), expected, "{certificate:?}: {attempt:?}");
        let asked = steps.iter().any(|step| step.phase == Phase::Request);
        assert_eq!(asked, certificate == Certificate::Good, "{certificate:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_without_tls_and_authorities_that_are_not_there() {
    let server = ScriptedWeb::open(WebAct::SpeakFirst(b"HTTP/1.1 400 X\r\n\r\n")).expect("a port");
    let (attempt, _) = send(protected(server.address().port()), BODY).await;
    assert_eq!(ending(&attempt), "tls: no-handshake");
    assert_eq!(attempt.deliveries[0].fate, Fate::Deferred);
    let without = Webhook {
        ca: Some("/nonexistent/ca.pem".into()),
        ..protected(serve(Certificate::Good).await)
    };
    let (attempt, _) = send(without, BODY).await;
    assert_eq!(ending(&attempt), "tls: no-authorities");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_never_agrees_on_tls() {
    let server = ScriptedWeb::open(WebAct::AnswerAndStare(b"")).expect("a port");
    let short = Webhook {
        timeout: Duration::from_millis(400),
        ..protected(server.address().port())
    };
    let (attempt, steps) = send(short, BODY).await;
    assert_eq!(ending(&attempt), "tls: silent");
    let cause = steps.last().and_then(|step| step.cause.clone());
    assert_eq!(
        cause,
        Some(Cause::Silent(Duration::from_millis(400))),
        "all of its time"
    );
}
