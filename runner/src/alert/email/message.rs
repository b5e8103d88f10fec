//! [`Message`]: one mail, before it is written down.
//!
//! Everything in it may come from a database server that lies, save the addresses, which come from the
//! configuration. Cleaning is [`super::compose`]'s work.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::model::mail::Mailbox;
use crate::model::run::Micros;

/// Longest part of a Message-ID before or behind its `@`, bytes.
const ID_PART_BYTES_MAX: usize = 100;

/// One mail. As text it can be kept and read again: the same mail to the last byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The same for every attempt to send it.
    pub id: MessageId,
    /// When it was written; the same for every attempt too.
    pub date: Micros,
    /// Who sends it.
    pub from: Mailbox,
    /// Who gets it, as everybody may see.
    pub to: Vec<Mailbox>,
    /// What it belongs to; need never have been sent.
    pub thread: Option<MessageId>,
    /// By which mail programs sort: `checkrun.example.org`.
    pub list: Option<String>,
    /// One line.
    pub subject: String,
    /// All of it, as text.
    pub text: String,
    /// The same as HTML.
    pub html: Option<String>,
    /// Pictures that the HTML shows.
    pub images: Vec<Image>,
    /// For filters, by [`Mark`].
    pub marks: Vec<(Mark, String)>,
}

/// A Message-ID, without its brackets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageId(String);

/// A picture that goes with the mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// By which the HTML names it, `cid:…`: letters, digits, `.`, `-`.
    pub name: String,
    /// A PNG file.
    #[serde(with = "base64_text")]
    pub png: Vec<u8>,
}

/// A header for filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// `warning`, `critical`
    Severity,
    /// The target's name.
    Target,
    /// The job's name.
    Check,
    /// The incident's id.
    Incident,
    /// What became of it.
    State,
    /// `high`: somebody must look at it now. Not of our own: mail programs show it.
    Importance,
}

impl Mark {
    /// The header's name.
    #[must_use]
    pub fn header(self) -> &'static str {
        match self {
            Self::Severity => "X-Checkrun-Severity",
            Self::Target => "X-Checkrun-Target",
            Self::Check => "X-Checkrun-Check",
            Self::Incident => "X-Checkrun-Incident",
            Self::State => "X-Checkrun-State",
            Self::Importance => "Importance",
        }
    }
}

impl MessageId {
    /// `local@host`; what may not stand there becomes `-`.
    #[must_use]
    pub fn new(local: &str, host: &str) -> Self {
        Self(format!("{}@{}", part(local), part(host)))
    }

    /// With its brackets, as in headers.
    #[must_use]
    pub fn bracketed(&self) -> String {
        format!("<{}>", self.0)
    }
}

fn part(text: &str) -> String {
    let plain = |c: char| match c {
        c if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') => c,
        _ => '-',
    };
    let text: String = text.chars().take(ID_PART_BYTES_MAX).map(plain).collect();
    let atoms: Vec<&str> = text.split('.').filter(|atom| !atom.is_empty()).collect();
    match atoms.is_empty() {
        true => "x".to_owned(),
        false => atoms.join("."),
    }
}

impl Message {
    /// Sorts by the time at which the mail was written; the same mail has the same name.
    #[must_use]
    pub fn file_name(&self) -> String {
        let time = Timestamp::from_microsecond(self.date.0).unwrap_or(Timestamp::UNIX_EPOCH);
        let hash = Sha256::digest(self.id.0.as_bytes());
        let hash: String = hash
            .iter()
            .take(6)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("{}-{hash}.eml", time.strftime("%Y%m%dT%H%M%S.%6fZ"))
    }
}

/// Bytes as text.
mod base64_text {
    use base64::prelude::{BASE64_STANDARD, Engine};
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&BASE64_STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        BASE64_STANDARD.decode(text).map_err(D::Error::custom)
    }
}
