//! What was seen on the way to a login: the name, each connection, the encryption.
//!
//! `execute/database/probe` fills these in and judges nothing; `operations/diagnosis` judges.

use std::net::IpAddr;
use std::time::Duration;

use super::sql::ConnectionClass;

/// Why a step on the way failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// From the operating system's error, or from what the server sent; never from a text.
    pub class: ConnectionClass,
    /// What failed, in a sentence.
    pub message: String,
}

/// One look-up of a host's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookUp {
    /// The addresses in the resolver's order, at least one; or why there is none.
    pub addresses: Result<Vec<IpAddr>, Obstacle>,
    /// How long the resolver took.
    pub took: Duration,
}

/// One attempt to open a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dial {
    /// `10.1.2.3:5432`, `[::1]:5432`, or the path of a socket.
    pub to: String,
    /// How long it took.
    pub took: Duration,
    /// Why it failed; none when the connection was accepted.
    pub obstacle: Option<Obstacle>,
}

/// What the server did before any account was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handshake {
    /// What a MySQL or MariaDB server says of its version in its greeting.
    pub server: Option<String>,
    /// How far it got.
    pub encryption: Encryption,
    /// How long it took.
    pub took: Duration,
}

/// How far the encryption got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// The target's mode does not ask for it.
    NotAsked,
    /// The server does not offer it.
    NotOffered,
    /// The server refused the connection before it came to that; the login says why.
    Refused(String),
    /// It stands.
    Established(Box<Encrypted>),
    /// It could not be set up.
    Failed(TlsProblem, String),
    /// What answers does not speak the protocol, broke off, or says nothing.
    NoServer(Obstacle),
}

/// An encrypted connection, verified or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encrypted {
    /// Such as `TLS 1.3`.
    pub version: String,
    /// Such as `TLS13_AES_256_GCM_SHA384`.
    pub cipher: String,
    /// What the server showed, its own certificate first.
    pub chain: Vec<Certificate>,
    /// Everything that verification finds wrong with the server's certificate.
    pub faults: Vec<Fault>,
}

/// One thing that is wrong with a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What kind.
    pub problem: TlsProblem,
    /// In a sentence.
    pub message: String,
}

/// What a certificate says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Whom it is for.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// The host names and addresses that it is for.
    pub names: Vec<String>,
    /// Seconds since 1970.
    pub not_before: i64,
    /// Seconds since 1970.
    pub not_after: i64,
}

/// What can be wrong with an encryption.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TlsProblem {
    /// The target asks for encryption, and the server has none.
    NotOffered,
    /// Nothing is encrypted, on a way that leaves this machine.
    NotEncrypted,
    /// A file that the target names cannot be read.
    UnreadableFile,
    /// The two sides agree on no version or cipher, or one of them broke off.
    HandshakeFailed,
    /// The certificate's time is over.
    Expired,
    /// The certificate's time is over within days.
    ExpiresSoon,
    /// The certificate's time has not begun.
    NotYetValid,
    /// The certificate is for other hosts.
    WrongHostName,
    /// Nobody but the server itself signed the certificate.
    SelfSigned,
    /// No authority that is trusted signed the certificate.
    UnknownIssuer,
    /// Anything else that verification does not accept.
    InvalidCertificate,
}

impl TlsProblem {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::NotOffered,
        Self::NotEncrypted,
        Self::UnreadableFile,
        Self::HandshakeFailed,
        Self::Expired,
        Self::ExpiresSoon,
        Self::NotYetValid,
        Self::WrongHostName,
        Self::SelfSigned,
        Self::UnknownIssuer,
        Self::InvalidCertificate,
    ];

    /// The stable word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotOffered => "tls-not-offered",
            Self::NotEncrypted => "not-encrypted",
            Self::UnreadableFile => "tls-file-unreadable",
            Self::HandshakeFailed => "tls-handshake-failed",
            Self::Expired => "certificate-expired",
            Self::ExpiresSoon => "certificate-expires-soon",
            Self::NotYetValid => "certificate-not-yet-valid",
            Self::WrongHostName => "certificate-wrong-host-name",
            Self::SelfSigned => "certificate-self-signed",
            Self::UnknownIssuer => "certificate-unknown-issuer",
            Self::InvalidCertificate => "certificate-invalid",
        }
    }
}
