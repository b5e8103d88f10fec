//! [`Wire`]: a connection to a server, plain or TLS, with limits that hold; under SMTP and HTTP.

mod tls;

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::client::TlsStream;

use super::steps::{Steps, Stop};
use crate::model::delivery::{Cause, Phase};

/// Addresses of one name that are tried.
const ADDRESSES_MAX: usize = 4;

/// A connection to a server.
#[derive(Debug)]
pub(super) enum Wire {
    /// Readable by whoever is in between.
    Plain(TcpStream),
    /// With the server's certificate verified.
    Tls(Box<TlsStream<TcpStream>>),
}

impl Wire {
    /// Connects to the first of these that answers; `limit` is for all of them.
    pub async fn connect(
        addresses: &[SocketAddr],
        limit: Duration,
        steps: &mut Steps<'_>,
    ) -> Result<Self, Stop> {
        let share = limit / u32::try_from(addresses.len().max(1)).unwrap_or(1);
        let mut stop = Stop::new(Phase::Connect, Cause::NoAddress(String::new()));
        for address in addresses {
            let began = Instant::now();
            let connected = within(share, async {
                TcpStream::connect(address)
                    .await
                    .map_err(|error| Cause::NoConnection(error.kind().to_string()))
            })
            .await;
            let about = Some(address.to_string());
            match connected {
                Ok(stream) => {
                    // What is sent is short and waits for its answer.
                    let _ = stream.set_nodelay(true);
                    steps.done(Phase::Connect, about, began, None);
                    return Ok(Self::Plain(stream));
                }
                Err(cause) => stop = steps.failed(Phase::Connect, about, began, cause),
            }
        }
        Err(stop)
    }

    /// Goes on in TLS; `ca` names the authorities to trust instead of the system's.
    pub async fn encrypt(self, host: &str, ca: Option<&Path>) -> Result<Self, Cause> {
        let Self::Plain(stream) = self else {
            return Ok(self);
        };
        let connector = tls::connector(ca)?;
        let stream = connector.connect(tls::server_name(host)?, stream).await;
        match stream {
            Ok(stream) => Ok(Self::Tls(Box::new(stream))),
            Err(error) => Err(broken(&error)),
        }
    }

    /// Sends all of it.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Cause> {
        let written = async {
            match self {
                Self::Plain(stream) => {
                    stream.write_all(bytes).await?;
                    stream.flush().await
                }
                Self::Tls(stream) => {
                    stream.write_all(bytes).await?;
                    stream.flush().await
                }
            }
        };
        written.await.map_err(|error| broken(&error))
    }

    /// Reads what there is; 0 at the end.
    pub async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Cause> {
        let read = match self {
            Self::Plain(stream) => stream.read(buffer).await,
            Self::Tls(stream) => stream.read(buffer).await,
        };
        read.map_err(|error| broken(&error))
    }
}

/// The addresses of a host, as many as are tried.
pub(super) async fn look_up(
    host: &str,
    port: u16,
    limit: Duration,
    steps: &mut Steps<'_>,
) -> Result<Vec<SocketAddr>, Stop> {
    let began = Instant::now();
    let looked_up = within(limit, async {
        tokio::net::lookup_host((host, port))
            .await
            .map_err(|error| Cause::NoAddress(error.to_string()))
    })
    .await;
    let addresses: Vec<SocketAddr> = match looked_up {
        Ok(found) => found.take(ADDRESSES_MAX).collect(),
        Err(cause) => return Err(steps.failed(Phase::LookUp, None, began, cause)),
    };
    let shown: Vec<String> = addresses.iter().map(|a| a.ip().to_string()).collect();
    steps.done(Phase::LookUp, Some(shown.join(", ")), began, None);
    Ok(addresses)
}

/// The result, or that there was none within the limit.
pub(super) async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, Cause>>,
) -> Result<T, Cause> {
    match tokio::time::timeout(limit, work).await {
        Ok(result) => result,
        Err(_) => Err(Cause::Silent(limit)),
    }
}

/// By the kind of error, never by its text.
fn broken(error: &io::Error) -> Cause {
    if let Some(cause) = tls::cause(error) {
        return cause;
    }
    match error.kind() {
        ErrorKind::UnexpectedEof
        | ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe => Cause::Closed,
        kind => Cause::Broken(kind.to_string()),
    }
}
