//! The encryption itself, with the authorities and the client certificate that the driver would use.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, ProtocolVersion, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::verifier::{Recorder, Seen};
use crate::model::probe::{Encrypted, Encryption, TlsProblem};
use crate::model::run::Micros;
use crate::model::target::{ClientCertificate, Host, ServerAddress, Tls};

/// Why there is no encryption.
pub(super) struct Refusal(pub(super) TlsProblem, pub(super) String);

impl From<Refusal> for Encryption {
    fn from(Refusal(problem, why): Refusal) -> Self {
        Self::Failed(problem, why)
    }
}

/// Everything that an encryption needs, found before anything is said to the server.
pub(super) struct Preparation {
    host: ServerName<'static>,
    connector: TlsConnector,
    seen: Arc<Mutex<Seen>>,
}

/// Reads the files that the target names.
pub(super) async fn prepare(address: &ServerAddress, now: Micros) -> Result<Preparation, Refusal> {
    let name = match &address.host {
        Host::Tcp { name, .. } => name.clone(),
        // Nobody encrypts there.
        Host::Socket { .. } => String::new(),
    };
    let host = ServerName::try_from(name).map_err(|error| {
        let why = format!("no certificate can be for the target's host: {error}");
        Refusal(TlsProblem::WrongHostName, why)
    })?;
    let seen = Arc::new(Mutex::new(Seen::default()));
    let config = configured(address.tls.clone(), now, Arc::clone(&seen)).await;
    let config = config.map_err(|why| Refusal(TlsProblem::UnreadableFile, why))?;
    Ok(Preparation {
        host,
        connector: TlsConnector::from(Arc::new(config)),
        seen,
    })
}

impl Preparation {
    /// Encrypts. The server's certificate decides nothing; what is wrong with it is noted.
    pub(super) async fn establish<S>(
        self,
        stream: S,
    ) -> Result<(Box<Encrypted>, TlsStream<S>), Refusal>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        match self.connector.connect(self.host, stream).await {
            Ok(stream) => Ok((Box::new(encrypted(&stream, &self.seen)), stream)),
            Err(error) => Err(Refusal(TlsProblem::HandshakeFailed, error.to_string())),
        }
    }
}

/// Reading authorities takes the disk, so it happens on a thread of its own.
async fn configured(tls: Tls, now: Micros, seen: Arc<Mutex<Seen>>) -> Result<ClientConfig, String> {
    let work = tokio::task::spawn_blocking(move || config(&tls, now, seen));
    work.await
        .unwrap_or_else(|_| Err("reading the authorities ended unexpectedly".into()))
}

fn config(tls: &Tls, now: Micros, seen: Arc<Mutex<Seen>>) -> Result<ClientConfig, String> {
    let provider = Arc::new(ring::default_provider());
    let recorder = Recorder {
        provider: Arc::clone(&provider),
        roots: roots(tls.ca.as_deref())?,
        now: unix_time(now),
        seen,
    };
    let config = ClientConfig::builder_with_provider(provider as Arc<CryptoProvider>)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(recorder));
    match &tls.client {
        None => Ok(config.with_no_client_auth()),
        Some(client) => {
            let (chain, key) = client_certificate(client)?;
            config
                .with_client_auth_cert(chain, key)
                .map_err(|error| format!("the client certificate: {error}"))
        }
    }
}

/// The system's authorities and those of the target, as the drivers trust both.
fn roots(ca: Option<&Path>) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = ca {
        let authorities = certificates(path, "the authorities to trust")?;
        let (added, _) = roots.add_parsable_certificates(authorities);
        if added == 0 {
            return Err(format!("{} has no certificate in it", path.display()));
        }
    }
    Ok(roots)
}

fn client_certificate(
    client: &ClientCertificate,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), String> {
    let chain = certificates(&client.certificate, "the client certificate")?;
    let key = PrivateKeyDer::from_pem_file(&client.key)
        .map_err(|error| unreadable(&client.key, "the client certificate's key", &error))?;
    Ok((chain, key))
}

fn certificates(path: &Path, what: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|error| unreadable(path, what, &error))
}

fn unreadable(path: &Path, what: &str, error: &rustls::pki_types::pem::Error) -> String {
    format!("cannot read {what} from {}: {error}", path.display())
}

fn unix_time(now: Micros) -> UnixTime {
    let micros = u64::try_from(now.0).unwrap_or(0);
    UnixTime::since_unix_epoch(Duration::from_micros(micros))
}

fn encrypted<S>(stream: &TlsStream<S>, seen: &Mutex<Seen>) -> Encrypted {
    let (_, connection) = stream.get_ref();
    let version = match connection.protocol_version() {
        Some(ProtocolVersion::TLSv1_2) => "TLS 1.2".to_owned(),
        Some(ProtocolVersion::TLSv1_3) => "TLS 1.3".to_owned(),
        other => format!("{other:?}"),
    };
    let cipher = connection
        .negotiated_cipher_suite()
        .map_or_else(String::new, |suite| format!("{:?}", suite.suite()));
    let seen = seen.lock().map(|mut seen| std::mem::take(&mut *seen));
    let Seen { chain, faults } = seen.unwrap_or_default();
    Encrypted {
        version,
        cipher,
        chain,
        faults,
    }
}
