//! PostgreSQL's way to an encrypted connection: `SSLRequest`, one byte, TLS.
//!
//! The server logs nothing of a client that leaves before it names an account.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{dial, packet, tls};
use crate::model::probe::{Encryption, Obstacle};
use crate::model::run::Micros;
use crate::model::sql::ConnectionClass;
use crate::model::target::{ServerAddress, TlsMode};

/// Length 8, then the code in place of a protocol version.
pub(in crate::execute::database) const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// Says `SSLRequest`, and goes on with TLS where the target asks for it. It is said in any case: the
/// answer shows whether this is PostgreSQL, and whether it is awake.
pub(super) async fn handshake(
    mut stream: TcpStream,
    address: &ServerAddress,
    now: Micros,
) -> Encryption {
    let preparation = match address.tls.mode {
        TlsMode::Disable => None,
        TlsMode::Prefer | TlsMode::Require | TlsMode::VerifyFull => {
            match tls::prepare(address, now).await {
                Ok(preparation) => Some(preparation),
                Err(refusal) => return refusal.into(),
            }
        }
    };
    let first = match ask(&mut stream).await {
        Ok(first) => first,
        Err(error) => return Encryption::NoServer(broke_off(&error)),
    };
    // One byte and no more is the answer; an SSH server begins with the same letter.
    let mut further = [0; packet::LOOKED_AT];
    let heard = stream.try_read(&mut further).unwrap_or(0);
    match (first, heard, preparation) {
        (b'S' | b'N', 0, None) => Encryption::NotAsked,
        (b'N', 0, Some(_)) => Encryption::NotOffered,
        (b'S', 0, Some(preparation)) => match preparation.establish(stream).await {
            Ok((encrypted, mut stream)) => {
                // The goodbye of the encryption; the server has nothing to answer.
                let _ = stream.shutdown().await;
                Encryption::Established(encrypted)
            }
            Err(refusal) => refusal.into(),
        },
        _ => {
            let heard = [&[first], &further[..heard]].concat();
            Encryption::NoServer(other_protocol(heard, &mut stream).await)
        }
    }
}

async fn ask(stream: &mut TcpStream) -> io::Result<u8> {
    stream.write_all(&SSL_REQUEST).await?;
    stream.read_u8().await
}

/// Something that is no PostgreSQL server has answered; says what it may be.
async fn other_protocol(mut heard: Vec<u8>, stream: &mut TcpStream) -> Obstacle {
    packet::hear_more(stream, &mut heard).await;
    Obstacle {
        class: ConnectionClass::Protocol,
        message: format!(
            "what answers there is {}, not PostgreSQL",
            packet::describe(&heard)
        ),
    }
}

fn broke_off(error: &io::Error) -> Obstacle {
    let obstacle = dial::obstacle(error);
    Obstacle {
        message: format!(
            "the connection was accepted and closed again ({})",
            obstacle.message
        ),
        ..obstacle
    }
}
