//! The way of MySQL and MariaDB to an encrypted connection, ended so that the server counts nothing.
//!
//! These servers count a client that leaves before it has tried to log in, and block a host after
//! `max_connect_errors` of them. So each look ends with an attempt to log in as nobody, which the
//! server refuses in the ordinary way. That is not the account of the target, which therefore cannot be
//! locked by it.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use super::packet::{self, First, Greeting, PACKET_BYTES_MAX};
use super::{dial, postgres, tls};
use crate::model::probe::{Encryption, Obstacle};
use crate::model::run::Micros;
use crate::model::sql::ConnectionClass;
use crate::model::target::{Host, ServerAddress, TlsMode};

/// `LONG_PASSWORD`, `PROTOCOL_41`, `SECURE_CONNECTION`, `PLUGIN_AUTH`.
const CAPABILITIES: u32 = 0x0008_8201;
const CAPABILITY_SSL: u32 = 0x0800;

/// Packets that a server may send before it has refused nobody.
const ANSWERS_MAX: usize = 4;

/// The bytes of a packet, and its number within the exchange.
type Packet = (u8, Vec<u8>);

/// Hears the greeting, encrypts where the target asks for it, and says goodbye.
pub(super) async fn handshake<S>(
    mut stream: S,
    address: &ServerAddress,
    now: Micros,
    limit: Duration,
) -> (Option<String>, Encryption)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    // The last quarter of the time is for finding out who keeps silent.
    let greeting = match timeout(limit * 3 / 4, greeting(&mut stream)).await {
        Ok(Ok(First::Greeting(greeting))) => greeting,
        Ok(Ok(First::Refusal(number, message))) => {
            let said = format!("{message} ({number})");
            return (None, Encryption::Refused(said));
        }
        Ok(Err(obstacle)) => return (None, Encryption::NoServer(obstacle)),
        Err(_) => return (None, Encryption::NoServer(mute(&mut stream, limit).await)),
    };
    let encryption = after(&greeting, stream, address, now).await;
    (Some(greeting.version), encryption)
}

/// The first packet.
async fn greeting(stream: &mut (impl AsyncRead + Unpin)) -> Result<First, Obstacle> {
    let mut heard = [0; 5];
    let begun = stream.read_exact(&mut heard).await;
    begun.map_err(|error| broke_off(&error))?;
    let length = usize::from(heard[0]) | usize::from(heard[1]) << 8 | usize::from(heard[2]) << 16;
    // A greeting is packet 0, of protocol 10; a refusal begins with 255.
    if heard[3] != 0 || !matches!(heard[4], 10 | 0xff) || length > PACKET_BYTES_MAX {
        let mut heard = heard.to_vec();
        packet::hear_more(stream, &mut heard).await;
        return Err(other_protocol(&packet::describe(&heard)));
    }
    let mut payload = vec![heard[4]; length.max(1)];
    let rest = stream.read_exact(&mut payload[1..]).await;
    rest.map_err(|error| broke_off(&error))?;
    packet::first(&payload).ok_or_else(|| other_protocol("something that greets like one"))
}

async fn after<S>(
    greeting: &Greeting,
    mut stream: S,
    address: &ServerAddress,
    now: Micros,
) -> Encryption
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let plain = match (&address.host, address.tls.mode) {
        (Host::Socket { .. }, _) | (_, TlsMode::Disable) => Some(Encryption::NotAsked),
        _ if !greeting.offers_tls => Some(Encryption::NotOffered),
        _ => None,
    };
    if let Some(seen) = plain {
        leave(&mut stream, 1, CAPABILITIES).await;
        return seen;
    }
    let preparation = match tls::prepare(address, now).await {
        Ok(preparation) => preparation,
        Err(refusal) => {
            leave(&mut stream, 1, CAPABILITIES).await;
            return refusal.into();
        }
    };
    let request = header(CAPABILITIES | CAPABILITY_SSL);
    if let Err(error) = send(&mut stream, (1, request)).await {
        return Encryption::NoServer(broke_off(&error));
    }
    match preparation.establish(stream).await {
        Ok((encrypted, mut stream)) => {
            leave(&mut stream, 2, CAPABILITIES | CAPABILITY_SSL).await;
            Encryption::Established(encrypted)
        }
        Err(refusal) => refusal.into(),
    }
}

/// Tries to log in as nobody, and lets the server refuse it. What goes wrong meanwhile changes nothing
/// in what was seen.
async fn leave(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), number: u8, capabilities: u32) {
    let mut response = header(capabilities);
    // An empty name, an empty answer to the scramble.
    response.extend([0, 0]);
    response.extend(b"mysql_native_password\0");
    let mut next = (number, response);
    for _ in 0..ANSWERS_MAX {
        if send(stream, next).await.is_err() {
            return;
        }
        let Ok((number, answer)) = receive(stream).await else {
            return;
        };
        next = match answer.first() {
            // Another way to log in, or more of this one: still without an answer.
            Some(0xfe | 0x01) => (number.wrapping_add(1), Vec::new()),
            // There is an account without a name and a password. COM_QUIT ends its session.
            Some(0x00) => {
                let _ = send(stream, (0, vec![1])).await;
                return;
            }
            _ => return,
        };
    }
}

/// What `SSLRequest` and the response to the greeting have in common.
fn header(capabilities: u32) -> Vec<u8> {
    let mut header = capabilities.to_le_bytes().to_vec();
    header.extend((PACKET_BYTES_MAX as u32).to_le_bytes());
    // utf8mb4, and 23 bytes for later use.
    header.push(45);
    header.extend([0; 23]);
    header
}

async fn send(stream: &mut (impl AsyncWrite + Unpin), packet: Packet) -> io::Result<()> {
    let (number, payload) = packet;
    let length = u32::try_from(payload.len())
        .unwrap_or(u32::MAX)
        .to_le_bytes();
    let mut bytes = vec![length[0], length[1], length[2], number];
    bytes.extend(payload);
    stream.write_all(&bytes).await?;
    stream.flush().await
}

async fn receive(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Packet> {
    let mut head = [0; 4];
    stream.read_exact(&mut head).await?;
    let length = usize::from(head[0]) | usize::from(head[1]) << 8 | usize::from(head[2]) << 16;
    if length > PACKET_BYTES_MAX {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload).await?;
    Ok((head[3], payload))
}

/// Nobody greets. PostgreSQL waits for its client to speak first, and answers its own question.
async fn mute(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), limit: Duration) -> Obstacle {
    // One byte and no more is its answer; a late greeting's length may begin with the same one.
    let mut heard = [0; 2];
    let ask = async {
        stream.write_all(&postgres::SSL_REQUEST).await?;
        stream.read(&mut heard).await
    };
    match timeout(limit / 4, ask).await {
        Ok(Ok(1)) if matches!(heard[0], b'S' | b'N') => other_protocol("a PostgreSQL server"),
        _ => super::silence(limit),
    }
}

fn other_protocol(what: &str) -> Obstacle {
    Obstacle {
        class: ConnectionClass::Protocol,
        message: format!("what answers there is {what}, not MySQL or MariaDB"),
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
