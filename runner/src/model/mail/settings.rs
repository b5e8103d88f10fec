//! [`MailSettings`]: how mail is sent, `[email]` with its secret looked up.

use std::path::PathBuf;
use std::time::Duration;

use super::Mailbox;
use crate::model::secret::Secret;

/// How mail is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailSettings {
    /// The sender of every mail.
    pub from: Mailbox,
    /// Where mail is handed over.
    pub way: MailWay,
    /// What every subject begins with.
    pub prefix: Option<String>,
    /// Templates in place of the built-in ones: name of the file, and its text.
    pub templates: Vec<(String, String)>,
}

/// Where mail is handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailWay {
    /// A server that speaks SMTP.
    Smtp(MailServer),
    /// A program that reads the mail from its standard input, as `sendmail` does.
    Sendmail(PathBuf),
    /// A folder, in which each mail becomes a file.
    Folder(PathBuf),
}

/// A server that speaks SMTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailServer {
    /// A name, an IPv4 address, or an IPv6 address without brackets.
    pub host: String,
    /// 465 for `smtps`, 587 for `smtp` by default.
    pub port: u16,
    /// How the connection is protected.
    pub protection: Protection,
    /// Account and password; absent where the server knows us by our address.
    pub login: Option<Login>,
    /// PEM file with the authorities to trust instead of the system's.
    pub ca: Option<PathBuf>,
    /// How long each step before the mail itself may take: connecting, TLS, greeting, login.
    pub timeout: Duration,
}

/// An account on a mail server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The account's name.
    pub user: String,
    /// Its password.
    pub password: Secret,
}

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// TLS from the first byte, verified.
    Tls,
    /// STARTTLS before anything else, verified; a server without it gets nothing.
    StartTls,
    /// None: on this machine, or by an explicit word.
    None,
}

impl MailWay {
    /// For people: `smtps://mail.example:465`, `sendmail:/usr/sbin/sendmail`, `file:/var/outbox`.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Smtp(server) => {
                let scheme = match server.protection {
                    Protection::Tls => "smtps",
                    Protection::StartTls | Protection::None => "smtp",
                };
                let host = match server.host.contains(':') {
                    true => format!("[{}]", server.host),
                    false => server.host.clone(),
                };
                format!("{scheme}://{host}:{}", server.port)
            }
            Self::Sendmail(path) => format!("sendmail:{}", path.display()),
            Self::Folder(path) => format!("file:{}", path.display()),
        }
    }
}
