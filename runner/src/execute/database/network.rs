//! Classes of network errors, from the operating system's error kinds.

use std::io;

use crate::model::sql::ConnectionClass;

/// The class of an I/O error while connecting.
#[must_use]
pub fn classify(error: &io::Error) -> ConnectionClass {
    use io::ErrorKind;
    match error.kind() {
        ErrorKind::ConnectionRefused => ConnectionClass::Refused,
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
