//! [`Service`]: tells the service manager that this process is ready, reloads, stops, and is alive.
//!
//! The protocol of `sd_notify`: lines of text in one datagram to the socket that the variable
//! `NOTIFY_SOCKET` names. Without the variable, as in a terminal, nobody is told.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use crate::config::Environment;

/// How long a service manager that is busy is waited for, with what it must know.
const HEARD_WITHIN: Duration = Duration::from_secs(1);

/// Where to tell; cheap to copy.
#[derive(Clone, Debug)]
pub(super) struct Service {
    manager: Option<Arc<Manager>>,
    /// How often a sign of life is expected.
    watchdog: Option<Duration>,
}

/// The service manager's socket, and two of our own: it takes only a few notices that it has not read
/// yet, and then a sender waits.
#[derive(Debug)]
struct Manager {
    address: SocketAddr,
    /// For what it must know.
    patient: UnixDatagram,
    /// For what is only nice to know: dropped when it would have to wait.
    impatient: UnixDatagram,
}

impl Manager {
    fn at(address: SocketAddr) -> std::io::Result<Self> {
        let (patient, impatient) = (UnixDatagram::unbound()?, UnixDatagram::unbound()?);
        patient.set_write_timeout(Some(HEARD_WITHIN))?;
        impatient.set_nonblocking(true)?;
        Ok(Self {
            address,
            patient,
            impatient,
        })
    }
}

impl Service {
    /// As the service manager has set it up.
    pub(super) fn from_environment(environment: &Environment) -> Self {
        let manager = environment
            .get("NOTIFY_SOCKET")
            .and_then(|name| address(name.as_bytes()))
            .and_then(|address| Manager::at(address).ok())
            .map(Arc::new);
        let number = |name: &str| environment.get(name)?.to_str()?.parse::<u64>().ok();
        let is_ours =
            number("WATCHDOG_PID").is_none_or(|process| process == u64::from(std::process::id()));
        let watchdog = number("WATCHDOG_USEC")
            .filter(|_| is_ours)
            .map(Duration::from_micros);
        Self { manager, watchdog }
    }

    /// Everything is loaded, and jobs are started from now on, or by another configuration.
    pub(super) fn ready(&self, status: &str) {
        self.send(&format!("READY=1\nSTATUS={status}\n"));
    }

    /// A reload is over that changed nothing.
    pub(super) fn ready_again(&self) {
        self.send("READY=1\n");
    }

    /// The configuration is read again.
    pub(super) fn reloading(&self) {
        let now = clock_gettime(ClockId::Monotonic);
        let microseconds = now.tv_sec * 1_000_000 + now.tv_nsec / 1000;
        self.send(&format!("RELOADING=1\nMONOTONIC_USEC={microseconds}\n"));
    }

    /// One line for people who ask the service manager.
    pub(super) fn status(&self, status: &str) {
        if let Some(manager) = &self.manager {
            let text = format!("STATUS={status}\n");
            // The next one says more.
            let _ = manager
                .impatient
                .send_to_addr(text.as_bytes(), &manager.address);
        }
    }

    /// Nothing is started any more.
    pub(super) fn stopping(&self) {
        self.send("STOPPING=1\n");
    }

    /// For the one who is to show that it is alive.
    pub(super) fn watchdog(&self, now: Instant) -> Watchdog {
        Watchdog {
            service: self.clone(),
            every: self.watchdog.map(|within| within / 2),
            last: now,
        }
    }

    fn send(&self, text: &str) {
        if let Some(manager) = &self.manager {
            // A service manager that does not listen is no reason not to check databases.
            let _ = manager
                .patient
                .send_to_addr(text.as_bytes(), &manager.address);
        }
    }
}

/// Shows signs of life, twice as often as they are expected.
#[derive(Debug)]
pub(super) struct Watchdog {
    service: Service,
    every: Option<Duration>,
    last: Instant,
}

impl Watchdog {
    /// The loop has just done its work.
    pub(super) fn is_alive(&mut self, now: Instant) {
        if self
            .every
            .is_some_and(|every| now.duration_since(self.last) >= every)
        {
            self.last = now;
            self.service.send("WATCHDOG=1\n");
        }
    }
}

/// A path, or a name without a file when it begins with `@`.
fn address(name: &[u8]) -> Option<SocketAddr> {
    match name.strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name).ok(),
        None => SocketAddr::from_pathname(std::ffi::OsStr::from_bytes(name)).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_manager_that_does_not_read_holds_nobody_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("notify");
        let unread = UnixDatagram::bind(&path).expect("a socket");
        let address = address(path.as_os_str().as_bytes()).expect("an address");
        let service = Service {
            manager: Manager::at(address).ok().map(Arc::new),
            watchdog: None,
        };
        let began = Instant::now();
        for _ in 0..10_000 {
            service.status("40 jobs on 2 targets, 20 not ok");
        }
        assert!(began.elapsed() < HEARD_WITHIN, "{:?}", began.elapsed());
        service.stopping();
        assert!(began.elapsed() < HEARD_WITHIN * 3, "{:?}", began.elapsed());
        let mut first = [0; 100];
        let bytes = unread.recv(&mut first).expect("a notice");
        assert!(first[..bytes].starts_with(b"STATUS=40 jobs"));
    }
}
