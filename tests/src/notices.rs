//! [`Notices`]: the socket on which a service manager would hear how its service is.

use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};

use crate::Stage;

/// Bytes of one datagram; ours are shorter.
const DATAGRAM_BYTES_MAX: usize = 4096;

/// A socket in the stage's folder; commands that are started on the stage from now on tell it.
#[derive(Debug)]
pub struct Notices {
    socket: UnixDatagram,
}

impl Notices {
    /// Opens it.
    ///
    /// # Panics
    /// When there can be no socket.
    #[must_use]
    pub fn on(stage: &mut Stage) -> Self {
        let path = stage.path("notify");
        let socket = UnixDatagram::bind(&path).expect("a socket");
        stage.set("NOTIFY_SOCKET", path.into_os_string());
        Self { socket }
    }

    /// The next notice, if one comes in time.
    ///
    /// # Panics
    /// When the socket breaks.
    #[must_use]
    pub fn next(&self, limit: Duration) -> Option<String> {
        let limit = limit.max(Duration::from_millis(1));
        self.socket
            .set_read_timeout(Some(limit))
            .expect("a time limit");
        let mut bytes = [0; DATAGRAM_BYTES_MAX];
        let length = self.socket.recv(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes[..length]).into_owned())
    }

    /// Waits for a notice with this line; gives it whole.
    ///
    /// # Panics
    /// When it does not come in time.
    #[track_caller]
    #[must_use]
    pub fn wait_for(&self, line: &str, limit: Duration) -> String {
        let begun = Instant::now();
        while let Some(left) = limit.checked_sub(begun.elapsed()) {
            if let Some(notice) = self.next(left)
                && notice.lines().any(|own| own.starts_with(line))
            {
                return notice;
            }
        }
        panic!("no `{line}` within {limit:?}");
    }
}
