//! [`Content`]: a message as it is sent, written down once. Kept as text, it is the same to the last byte
//! at every attempt, however much later and by whichever process.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::alert::email::message::Message;

/// A message as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "means", rename_all = "kebab-case")]
pub enum Content {
    /// By mail.
    Mail(Box<Message>),
    /// To a web server.
    Webhook {
        /// The same for every attempt.
        id: String,
        /// JSON.
        body: String,
    },
    /// To a program.
    Program {
        /// The same for every attempt.
        id: String,
        /// JSON, for its standard input.
        input: String,
        /// Its environment.
        variables: BTreeMap<String, String>,
    },
}

impl Content {
    /// As text, to be kept.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "plain values and structs, whose keys are text"
    )]
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).expect("a document")
    }

    /// From the text that was kept.
    ///
    /// # Errors
    /// It is not one: somebody else wrote it, or another version.
    pub fn from_text(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// By which the other side names it in its log: the Message-ID of a mail.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Mail(message) => message.id.bracketed(),
            Self::Webhook { id, .. } | Self::Program { id, .. } => id.clone(),
        }
    }
}
