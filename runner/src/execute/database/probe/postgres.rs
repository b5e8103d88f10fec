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
pub(super) const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// Says `SSLRequest` and goes on with TLS where the server does.
pub(super) async fn handshake(
    mut stream: TcpStream,
    address: &ServerAddress,
    now: Micros,
) -> Encryption {
    if address.tls.mode == TlsMode::Disable {
        return Encryption::NotAsked;
    }
    let preparation = match tls::prepare(address, now).await {
        Ok(preparation) => preparation,
        Err(refusal) => return refusal.into(),
    };
    match ask(&mut stream).await {
        Ok(b'S') => match preparation.establish(stream).await {
            Ok((encrypted, mut stream)) => {
                // The goodbye of the encryption; the server has nothing to answer.
                let _ = stream.shutdown().await;
                Encryption::Established(encrypted)
            }
            Err(refusal) => refusal.into(),
        },
        Ok(b'N') => Encryption::NotOffered,
        Ok(first) => Encryption::NoServer(other_protocol(first, &mut stream).await),
        Err(error) => Encryption::NoServer(broke_off(&error)),
    }
}

async fn ask(stream: &mut TcpStream) -> io::Result<u8> {
    stream.write_all(&SSL_REQUEST).await?;
    stream.read_u8().await
}

/// Something that is no PostgreSQL server has answered; says what it may be.
async fn other_protocol(first: u8, stream: &mut TcpStream) -> Obstacle {
    let mut heard = vec![first];
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
