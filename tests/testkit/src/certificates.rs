//! The TLS certificates of the test servers: one good, and one for each way of being bad.
//!
//! Validity runs between fixed dates, so that nothing here reads the clock.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyUsagePurpose, date_time_ymd,
};
use serde::{Deserialize, Serialize};

use crate::{StartError, account};

/// Which certificate a server shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Certificate {
    /// For `localhost`, `127.0.0.1` and `::1`, signed by [`Certificates::ca`].
    #[default]
    Good,
    /// Like the good one, but it ended in 2001.
    Expired,
    /// Like the good one, but it begins in 2099.
    NotYetValid,
    /// For this host, signed by nobody but itself.
    SelfSigned,
    /// Signed by the same authority, for `db.elsewhere.example`.
    WrongHost,
    /// For this host, but signed by [`Certificates::other_ca`].
    Foreign,
    /// None: the server does not offer TLS.
    None,
}

/// A certificate and its private key, PEM files.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeyPair {
    /// The certificate.
    pub certificate: PathBuf,
    /// The private key, PKCS #8.
    pub key: PathBuf,
}

/// All certificate files of one [`ServerSet`](crate::ServerSet).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Certificates {
    /// The authority that clients should trust.
    pub ca: PathBuf,
    /// An authority that nobody trusts.
    pub other_ca: PathBuf,
    /// See [`Certificate::Good`].
    pub good: KeyPair,
    /// See [`Certificate::Expired`].
    pub expired: KeyPair,
    /// See [`Certificate::NotYetValid`].
    pub not_yet_valid: KeyPair,
    /// See [`Certificate::SelfSigned`].
    pub self_signed: KeyPair,
    /// See [`Certificate::WrongHost`].
    pub wrong_host: KeyPair,
    /// See [`Certificate::Foreign`].
    pub foreign: KeyPair,
    /// A client certificate for [`account::CERTIFIED`].
    pub client: KeyPair,
}

/// First and last year of validity; both begin on the first of January.
type Years = (i32, i32);

const LONG: Years = (2000, 2100);
const OVER: Years = (2000, 2001);
const LATER: Years = (2099, 2100);
const THIS_HOST: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

impl Certificates {
    /// Makes new keys and writes all files into `folder`.
    pub(crate) fn write(folder: &Path) -> Result<Self, StartError> {
        let authority = Authority::new("checkrun test authority")?;
        let other = Authority::new("somebody else's authority")?;
        let here = THIS_HOST.map(str::to_owned);
        let there = ["db.elsewhere.example".to_owned()];
        Ok(Self {
            ca: write(folder, "ca.pem", &authority.certificate)?,
            other_ca: write(folder, "other-ca.pem", &other.certificate)?,
            good: authority
                .sign("localhost", &here, LONG)?
                .write(folder, "good")?,
            expired: authority
                .sign("localhost", &here, OVER)?
                .write(folder, "expired")?,
            not_yet_valid: authority
                .sign("localhost", &here, LATER)?
                .write(folder, "not-yet-valid")?,
            self_signed: self_signed("localhost", &here)?.write(folder, "self-signed")?,
            wrong_host: authority
                .sign(&there[0], &there, LONG)?
                .write(folder, "wrong-host")?,
            foreign: other
                .sign("localhost", &here, LONG)?
                .write(folder, "foreign")?,
            client: authority
                .sign(account::CERTIFIED.name, &[], LONG)?
                .write(folder, "client")?,
        })
    }

    /// The files of one kind of server certificate; nothing for [`Certificate::None`].
    #[must_use]
    pub fn of(&self, certificate: Certificate) -> Option<&KeyPair> {
        match certificate {
            Certificate::Good => Some(&self.good),
            Certificate::Expired => Some(&self.expired),
            Certificate::NotYetValid => Some(&self.not_yet_valid),
            Certificate::SelfSigned => Some(&self.self_signed),
            Certificate::WrongHost => Some(&self.wrong_host),
            Certificate::Foreign => Some(&self.foreign),
            Certificate::None => None,
        }
    }
}

struct Authority {
    issuer: Issuer<'static, rcgen::KeyPair>,
    certificate: String,
}

impl Authority {
    fn new(name: &str) -> Result<Self, StartError> {
        let mut params = params(name, &[], LONG)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = rcgen::KeyPair::generate().map_err(failed)?;
        let certificate = params.self_signed(&key).map_err(failed)?.pem();
        Ok(Self {
            issuer: Issuer::new(params, key),
            certificate,
        })
    }

    fn sign(&self, name: &str, hosts: &[String], years: Years) -> Result<Signed, StartError> {
        let mut params = params(name, hosts, years)?;
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        let key = rcgen::KeyPair::generate().map_err(failed)?;
        let certificate = params.signed_by(&key, &self.issuer).map_err(failed)?.pem();
        Ok(Signed {
            certificate,
            key: key.serialize_pem(),
        })
    }
}

/// What a server's installation makes for itself.
fn self_signed(name: &str, hosts: &[String]) -> Result<Signed, StartError> {
    let key = rcgen::KeyPair::generate().map_err(failed)?;
    let certificate = params(name, hosts, LONG)?.self_signed(&key);
    Ok(Signed {
        certificate: certificate.map_err(failed)?.pem(),
        key: key.serialize_pem(),
    })
}

struct Signed {
    certificate: String,
    key: String,
}

impl Signed {
    fn write(&self, folder: &Path, name: &str) -> Result<KeyPair, StartError> {
        Ok(KeyPair {
            certificate: write(folder, &format!("{name}.pem"), &self.certificate)?,
            key: write_key(folder, &format!("{name}-key.pem"), &self.key)?,
        })
    }
}

fn params(name: &str, hosts: &[String], years: Years) -> Result<CertificateParams, StartError> {
    let mut params = CertificateParams::new(hosts).map_err(failed)?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(years.0, 1, 1);
    params.not_after = date_time_ymd(years.1, 1, 1);
    Ok(params)
}

fn write(folder: &Path, name: &str, pem: &str) -> Result<PathBuf, StartError> {
    let path = folder.join(name);
    fs::write(&path, pem)
        .map_err(|error| StartError::new(format!("write {}", path.display()), error))?;
    Ok(path)
}

/// Clients refuse keys that others may read.
fn write_key(folder: &Path, name: &str, pem: &str) -> Result<PathBuf, StartError> {
    let path = write(folder, name, pem)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))
        .map_err(|error| StartError::new(format!("protect {}", path.display()), error))?;
    Ok(path)
}

fn failed(error: rcgen::Error) -> StartError {
    StartError::new("make the TLS certificates", error)
}
