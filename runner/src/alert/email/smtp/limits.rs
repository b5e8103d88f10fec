//! [`Limits`]: how long each part of the dialogue may take, and how much a server may say.

use std::time::Duration;

/// Longest answer, bytes; sound ones have a few hundred.
pub const REPLY_BYTES_MAX: usize = 64 * 1024;

/// How long each part of handing over one mail may take. Before the mail itself, being impatient costs
/// nothing but another attempt; from then on the values are those of RFC 5321, 4.5.3.2, because a
/// time-out at the wrong moment makes duplicates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Finding the address; and connecting, over all addresses.
    pub connect: Duration,
    /// The server's first words.
    pub greeting: Duration,
    /// Agreeing on TLS.
    pub tls: Duration,
    /// Who we are, STARTTLS, account and password, each command.
    pub hello: Duration,
    /// Naming the sender.
    pub sender: Duration,
    /// Naming one recipient.
    pub recipient: Duration,
    /// Announcing the mail.
    pub data: Duration,
    /// Sending a piece of [`PIECE_BYTES`].
    pub piece: Duration,
    /// The server's word that it takes the mail.
    pub acceptance: Duration,
    /// Saying goodbye, when everything is decided.
    pub goodbye: Duration,
}

/// What is sent under one limit, bytes.
pub const PIECE_BYTES: usize = 16 * 1024;

const MINUTE: Duration = Duration::from_secs(60);

impl Limits {
    /// Those of the RFC, and `timeout` for each part before the mail.
    #[must_use]
    pub fn with_timeout(timeout: Duration) -> Self {
        Self {
            connect: timeout,
            greeting: timeout,
            tls: timeout,
            hello: timeout,
            sender: 5 * MINUTE,
            recipient: 5 * MINUTE,
            data: 2 * MINUTE,
            piece: 3 * MINUTE,
            acceptance: 10 * MINUTE,
            goodbye: Duration::from_secs(5),
        }
    }
}
