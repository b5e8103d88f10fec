//! Listeners on loopback that misbehave as servers and firewalls do.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long a connection may take before the queue counts as full; loopback needs microseconds.
const FULL_AFTER: Duration = Duration::from_millis(150);

/// More connections than any kernel queues for the standard library's listeners.
const QUEUE_LIMIT: usize = 5000;

/// Nothing ever answers: connecting hangs as if a firewall swallowed the packets, because the
/// kernel's queue of waiting connections is full.
#[derive(Debug)]
pub struct BlackHole {
    listener: TcpListener,
    _waiting: Vec<TcpStream>,
}

impl BlackHole {
    /// Fills the queue of a new listener.
    ///
    /// # Errors
    /// When no port is free, or the queue did not fill.
    pub fn open() -> std::io::Result<Self> {
        let listener = listen()?;
        let address = listener.local_addr()?;
        let mut waiting = Vec::new();
        while waiting.len() < QUEUE_LIMIT {
            match TcpStream::connect_timeout(&address, FULL_AFTER) {
                Ok(stream) => waiting.push(stream),
                Err(error) if error.kind() == std::io::ErrorKind::TimedOut => {
                    return Ok(Self {
                        listener,
                        _waiting: waiting,
                    });
                }
                Err(error) => return Err(error),
            }
        }
        Err(std::io::Error::other(format!(
            "{QUEUE_LIMIT} connections did not fill the queue"
        )))
    }

    /// Where it listens.
    ///
    /// # Errors
    /// Never for an open socket.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Takes connections, says nothing, and closes nothing.
#[derive(Debug)]
pub struct MuteServer(TcpListener);

impl MuteServer {
    /// Listens; the kernel takes the connections.
    ///
    /// # Errors
    /// When no port is free.
    pub fn open() -> std::io::Result<Self> {
        listen().map(Self)
    }

    /// Where it listens.
    ///
    /// # Errors
    /// Never for an open socket.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// Answers every connection with the same bytes, whatever was asked, and closes it.
#[derive(Debug)]
pub struct GarbageServer {
    address: SocketAddr,
    ending: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl GarbageServer {
    /// Answers with `bytes`, once the client has said something or 100 ms have passed (servers of
    /// MySQL's protocol speak first, those of PostgreSQL's second).
    ///
    /// # Errors
    /// When no port is free.
    pub fn open(bytes: impl Into<Vec<u8>>) -> std::io::Result<Self> {
        let listener = listen()?;
        let address = listener.local_addr()?;
        let bytes = bytes.into();
        let ending = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&ending);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if end.load(Ordering::Acquire) {
                    return;
                }
                // The client may leave at any moment; the next one is served all the same.
                let _ = answer(stream, &bytes);
            }
        });
        Ok(Self {
            address,
            ending,
            thread: Some(thread),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for GarbageServer {
    fn drop(&mut self) {
        self.ending.store(true, Ordering::Release);
        // The connection wakes the thread, which then sees that it should end.
        if TcpStream::connect(self.address).is_ok()
            && let Some(thread) = self.thread.take()
        {
            let _ = thread.join();
        }
    }
}

fn answer(mut stream: TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_millis(100)))?;
    let _ = stream.read(&mut [0; 1024]);
    stream.write_all(bytes)
}

fn listen() -> std::io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_black_hole_lets_nobody_connect() {
        let hole = BlackHole::open().unwrap();
        let limit = Duration::from_millis(300);
        let refused = TcpStream::connect_timeout(&hole.address().unwrap(), limit).unwrap_err();
        assert_eq!(refused.kind(), std::io::ErrorKind::TimedOut);
    }

    #[test]
    fn a_mute_server_takes_the_connection_and_says_nothing() {
        let server = MuteServer::open().unwrap();
        let mut stream = TcpStream::connect(server.address().unwrap()).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_millis(100)))
            .unwrap();
        let silence = stream.read(&mut [0; 16]).unwrap_err();
        assert_eq!(silence.kind(), std::io::ErrorKind::WouldBlock);
    }

    #[test]
    fn a_garbage_server_says_its_bytes_to_everyone() {
        let server = GarbageServer::open("SSH-2.0-nonsense\r\n").unwrap();
        for _ in 0..2 {
            let mut heard = String::new();
            let mut stream = TcpStream::connect(server.address()).unwrap();
            stream.read_to_string(&mut heard).unwrap();
            assert_eq!(heard, "SSH-2.0-nonsense\r\n");
        }
    }
}
