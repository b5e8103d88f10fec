//! Sending mail: the only code that knows lettre.
//!
//! [`message`] is what is to be said, [`compose`] writes it down as RFC 5322 has it, [`Transport`] hands
//! it over, and says for every recipient what became of it. When mail is sent, and how often it is
//! tried, is not decided here.

pub mod compose;
pub mod folder;
pub mod message;
mod sendmail;
pub mod smtp;
pub mod trial;

use self::compose::compose;
use self::folder::Folder;
use self::message::Message;
use self::sendmail::Sendmail;
use self::smtp::Smtp;
use self::smtp::limits::Limits;
use super::steps::Watch;
use crate::model::delivery::{Attempt, Cause, End, Fate, Phase};
use crate::model::mail::{Address, MailSettings, MailWay};

/// A way to hand mail over.
#[derive(Clone, Debug)]
pub enum Transport {
    /// To a server.
    Smtp(Box<Smtp>),
    /// To a program on this machine.
    Sendmail(Sendmail),
    /// To a folder.
    Folder(Folder),
}

/// A mail, written down, and to whom it goes this time: those of its recipients that are still open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel<'m> {
    /// The envelope's sender.
    pub from: &'m Address,
    /// The envelope's recipients.
    pub to: &'m [Address],
    /// RFC 5322, lines ending with CR LF.
    pub bytes: Vec<u8>,
    /// A file name for it; the same for the same mail.
    pub name: String,
}

impl Transport {
    /// As configured; `host` is how this machine calls itself.
    #[must_use]
    pub fn new(settings: &MailSettings, host: &str) -> Self {
        match &settings.way {
            MailWay::Smtp(server) => {
                let limits = Limits::with_timeout(server.timeout);
                Self::Smtp(Box::new(Smtp::new(server.clone(), host, limits)))
            }
            MailWay::Sendmail(program) => Self::Sendmail(Sendmail::new(program.clone())),
            MailWay::Folder(folder) => Self::Folder(Folder::new(folder.clone())),
        }
    }

    /// Hands `message` over for these of its recipients. Ends within the limits whatever the other side
    /// does; dropping it half-way may leave a mail that was taken.
    pub async fn send(&self, message: &Message, to: &[Address], watch: Watch<'_>) -> Attempt {
        let bytes = match compose(message) {
            Ok(bytes) => bytes,
            Err(error) => {
                let end = End::Stopped(Phase::Content, Cause::Malformed(error.to_string()));
                return Attempt::of_all(to, Fate::Refused, end);
            }
        };
        let parcel = Parcel {
            from: &message.from.address,
            to,
            bytes,
            name: message.file_name(),
        };
        match self {
            Self::Smtp(smtp) => smtp.send(&parcel, watch).await,
            Self::Sendmail(program) => program.send(&parcel, watch).await,
            Self::Folder(folder) => folder.send(&parcel, watch).await,
        }
    }
}
