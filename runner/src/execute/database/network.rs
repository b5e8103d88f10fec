//! Opens TCP connections, and tells network errors apart by the operating system's error kinds.

use std::io;
use std::time::Duration;

use tokio::net::TcpStream;

use crate::clock::Clock;

use crate::model::sql::ConnectionClass;
use crate::model::target::Host;

/// The class of an I/O error while connecting.
#[must_use]
pub fn classify(error: &io::Error) -> ConnectionClass {
    use io::ErrorKind;
    match error.kind() {
        ErrorKind::ConnectionRefused => ConnectionClass::Refused,
        // A Unix socket that is not there: nothing listens.
        ErrorKind::NotFound => ConnectionClass::Refused,
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => {
            ConnectionClass::Unreachable
        }
        ErrorKind::TimedOut => ConnectionClass::Timeout,
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof
        | ErrorKind::NotConnected => ConnectionClass::Lost,
        _ => ConnectionClass::Other,
    }
}

/// Whether `error` may come from resolving a name: a failed look-up carries no error number of the
/// operating system, and no kind of its own.
#[must_use]
pub fn may_be_dns(error: &io::Error) -> bool {
    error.raw_os_error().is_none() && classify(error) == ConnectionClass::Other
}

/// How long the two steps to an open TCP connection took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkTiming {
    /// The look-up of the name.
    pub dns: Duration,
    /// All attempts to connect, up to the one that succeeded.
    pub tcp: Duration,
}

/// Opens a connection to the first of the host's addresses that accepts, without Nagle's algorithm.
///
/// # Errors
/// The name does not resolve, or why the last address did not accept.
pub async fn dial(host: &str, port: u16) -> io::Result<(TcpStream, NetworkTiming)> {
    let start = Clock::System.start();
    let addresses: Vec<_> = tokio::net::lookup_host((host, port)).await?.collect();
    let dns = start.elapsed();
    let stream = TcpStream::connect(&*addresses).await?;
    stream.set_nodelay(true)?;
    let tcp = start.elapsed().saturating_sub(dns);
    Ok((stream, NetworkTiming { dns, tcp }))
}

/// Looks the host's name up. Asked after a failure only: before, it would cost every connection a
/// second look-up, because the driver does its own.
///
/// # Errors
/// A sentence; without the name, because checks get to see it.
pub async fn resolve(host: &Host) -> Result<(), String> {
    let Host::Tcp { name, port } = host else {
        return Ok(());
    };
    let found = tokio::net::lookup_host((name.as_str(), *port)).await;
    match found.map(|mut addresses| addresses.next()) {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err("the host's name has no address".into()),
        Err(error) => Err(format!("the host's name does not resolve: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_the_operating_system_have_classes() {
        let cases = [
            (io::ErrorKind::ConnectionRefused, ConnectionClass::Refused),
            (io::ErrorKind::NotFound, ConnectionClass::Refused),
            (io::ErrorKind::HostUnreachable, ConnectionClass::Unreachable),
            (
                io::ErrorKind::NetworkUnreachable,
                ConnectionClass::Unreachable,
            ),
            (io::ErrorKind::TimedOut, ConnectionClass::Timeout),
            (io::ErrorKind::ConnectionReset, ConnectionClass::Lost),
            (io::ErrorKind::UnexpectedEof, ConnectionClass::Lost),
            (io::ErrorKind::PermissionDenied, ConnectionClass::Other),
        ];
        for (kind, expected) in cases {
            assert_eq!(classify(&kind.into()), expected, "{kind:?}");
        }
    }
}
