//! TLS for the connection to a server: whom to trust, and what an error of the library means.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{CertificateError, ClientConfig, Error, RootCertStore};

use crate::model::delivery::{Cause, CertificateProblem, harmless};

/// A connector that trusts the authorities in `ca`, or else those of the system.
pub(super) fn connector(ca: Option<&Path>) -> Result<TlsConnector, Cause> {
    let mut roots = RootCertStore::empty();
    let certificates = match ca {
        Some(path) => from_file(path)?,
        // A broken file among many is none of our business; having none at all is.
        None => rustls_native_certs::load_native_certs().certs,
    };
    let (usable, _) = roots.add_parsable_certificates(certificates);
    if usable == 0 {
        let place = ca.map_or_else(
            || "the system".to_owned(),
            |path| path.display().to_string(),
        );
        return Err(Cause::NoAuthorities(format!("{place} has none")));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Cause::NoHandshake(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn from_file(path: &Path) -> Result<Vec<CertificateDer<'static>>, Cause> {
    let unreadable = |error: &dyn std::fmt::Display| {
        Cause::NoAuthorities(format!("{}: {error}", path.display()))
    };
    let bytes = std::fs::read(path).map_err(|error| unreadable(&error))?;
    CertificateDer::pem_slice_iter(&bytes)
        .collect::<Result<_, _>>()
        .map_err(|error| unreadable(&error))
}

/// The host as certificates name it.
pub(super) fn server_name(host: &str) -> Result<ServerName<'static>, Cause> {
    ServerName::try_from(host.to_owned())
        .map_err(|error| Cause::NoHandshake(format!("{host}: {error}")))
}

/// What it means if TLS is to blame.
pub(super) fn cause(error: &io::Error) -> Option<Cause> {
    let error = error.get_ref()?.downcast_ref::<Error>()?;
    let Error::InvalidCertificate(certificate) = error else {
        return Some(Cause::NoHandshake(harmless(&error.to_string())));
    };
    let problem = match certificate {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            CertificateProblem::Expired
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            CertificateProblem::NotYetValid
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateProblem::WrongName
        }
        CertificateError::UnknownIssuer => CertificateProblem::UnknownIssuer,
        _ => CertificateProblem::Other,
    };
    Some(Cause::Certificate(
        problem,
        harmless(&certificate.to_string()),
    ))
}
