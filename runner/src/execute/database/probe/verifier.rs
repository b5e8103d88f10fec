//! [`Recorder`]: verifies a server's certificate as the drivers do, notes everything that is wrong with
//! it, and lets the handshake go on.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::{certificate, shortened};
use crate::model::probe::{Certificate, Fault, TlsProblem};

/// Certificates that are kept; a chain has two or three.
const CHAIN_MAX: usize = 8;

/// What was seen, for whoever made the recorder.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) chain: Vec<Certificate>,
    pub(super) faults: Vec<Fault>,
}

/// A verifier that decides nothing.
#[derive(Debug)]
pub(super) struct Recorder {
    pub(super) provider: Arc<CryptoProvider>,
    pub(super) roots: RootCertStore,
    /// Not the moment of the handshake but of the diagnosis, which its caller decides.
    pub(super) now: UnixTime,
    pub(super) seen: Arc<Mutex<Seen>>,
}

impl Recorder {
    fn faults(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        host: &ServerName<'_>,
        own: Option<&Certificate>,
    ) -> Vec<Fault> {
        let parsed = match ParsedCertificate::try_from(end_entity) {
            Ok(parsed) => parsed,
            Err(error) => return vec![fault(&error, own)],
        };
        let chain = |at: UnixTime| {
            let algorithms = self.provider.signature_verification_algorithms.all;
            verify_server_cert_signed_by_trust_anchor(
                &parsed,
                &self.roots,
                intermediates,
                at,
                algorithms,
            )
        };
        let mut faults: Vec<Fault> = Vec::new();
        if let Err(error) = chain(self.now) {
            let found = fault(&error, own);
            let by_time = matches!(found.problem, TlsProblem::Expired | TlsProblem::NotYetValid);
            faults.push(found);
            // Its time hides whatever else is wrong; so it is asked for a moment when it was valid.
            if let (true, Some(Err(error))) = (by_time, within(own).map(chain)) {
                faults.push(fault(&error, own));
            }
        }
        if let Err(error) = verify_server_name(&parsed, host) {
            faults.push(fault(&error, own));
        }
        faults.dedup_by_key(|fault| fault.problem);
        faults
    }
}

/// A moment within the certificate's time.
fn within(own: Option<&Certificate>) -> Option<UnixTime> {
    let own = own?;
    let middle = own.not_before.checked_add(own.not_after)? / 2;
    let seconds = u64::try_from(middle).ok()?;
    Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
}

/// By the library's typed errors.
fn fault(error: &Error, own: Option<&Certificate>) -> Fault {
    use CertificateError as Cause;
    let problem = match error {
        Error::InvalidCertificate(Cause::Expired | Cause::ExpiredContext { .. }) => {
            TlsProblem::Expired
        }
        Error::InvalidCertificate(Cause::NotValidYet | Cause::NotValidYetContext { .. }) => {
            TlsProblem::NotYetValid
        }
        Error::InvalidCertificate(
            Cause::NotValidForName | Cause::NotValidForNameContext { .. },
        ) => TlsProblem::WrongHostName,
        // Whatever the library minds about a chain of one: that it is one comes first.
        Error::InvalidCertificate(_) if own.is_some_and(|own| own.subject == own.issuer) => {
            TlsProblem::SelfSigned
        }
        Error::InvalidCertificate(Cause::UnknownIssuer) => TlsProblem::UnknownIssuer,
        _ => TlsProblem::InvalidCertificate,
    };
    Fault {
        problem,
        message: shortened(&error.to_string()),
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let own = certificate::read(end_entity);
        let faults = self.faults(end_entity, intermediates, server_name, own.as_ref());
        let others = intermediates.iter().filter_map(certificate::read);
        let chain = own.into_iter().chain(others).take(CHAIN_MAX).collect();
        if let Ok(mut seen) = self.seen.lock() {
            *seen = Seen { chain, faults };
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
