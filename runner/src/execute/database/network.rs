//! Classes of network errors, from the operating system's error kinds.

use std::io;

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
