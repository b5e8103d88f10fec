//! [`Relay`]: the TCP connection of a driver that encrypts, with the socket option that it needs.
//!
//! The drivers (sqlx 0.9) leave Nagle's algorithm on and give nobody their socket. A TLS login sends
//! two small packets in a row, twice; the second waits until the server acknowledges the first, which
//! servers put off for 40 ms. So every encrypted login took 80 ms longer, and checks that measure it
//! would report our own delay as the server's.
//!
//! The relay opens the TCP connection itself, without that algorithm, and hands the driver a local
//! socket to it. Bytes pass unread: the driver still does the encryption and verifies the certificate.
//! Unencrypted connections do without it, as they never send twice before they read.
//!
//! It also bounds what a server can make this process take: the drivers buffer a whole message, and
//! believe its length.

use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener as BlockingListener};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, copy};
use tokio::net::{TcpStream, UnixListener, UnixStream};
use tokio::task::JoinHandle;

use super::network::{self, NetworkTiming};

/// What a server may send over one connection, bytes: four times the values that one run may read, for
/// everything around them. A server that sends more is cut off.
const RECEIVED_BYTES_MAX: u64 = 128 * 1024 * 1024;

/// How often another name is tried when one is taken.
const NAMES_TRIED_MAX: u32 = 100;

/// A TCP connection to a server, reachable through a local socket once. Dropping it closes both.
#[derive(Debug)]
pub struct Relay {
    /// Begins with a NUL: the name is abstract, there is no file.
    path: PathBuf,
    timing: NetworkTiming,
    pump: JoinHandle<()>,
}

impl Relay {
    /// Connects to the server; the local socket is called `<folder>/<file>` with a folder of our own
    /// choosing, because that is how PostgreSQL's drivers find sockets.
    ///
    /// # Errors
    /// The name does not resolve, the server cannot be reached, or there is no local socket to be had.
    pub async fn connect(host: &str, port: u16, file: &str) -> io::Result<Self> {
        let (server, timing) = network::dial(host, port).await?;
        Self::over(server, timing, file)
    }

    /// As [`Relay::connect`], over a connection that there is already.
    ///
    /// # Errors
    /// There is no local socket to be had.
    pub fn over(server: TcpStream, timing: NetworkTiming, file: &str) -> io::Result<Self> {
        let (folder, listener) = listen(file)?;
        Ok(Self {
            path: PathBuf::from(format!("\0{folder}")),
            timing,
            pump: tokio::spawn(pass_on(listener, server)),
        })
    }

    /// The folder of the local socket; a path that drivers take for one in the file system.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.path
    }

    /// What the network took of the driver's connection.
    #[must_use]
    pub fn timing(&self) -> NetworkTiming {
        self.timing
    }

    /// Waits until what the driver said last has been sent. The driver's end must be closed.
    pub async fn finish(mut self) {
        // It ends without a result; only a defect of ours could make it fail.
        let _ = (&mut self.pump).await;
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.pump.abort();
    }
}

/// A socket under a name that no other process uses.
fn listen(file: &str) -> io::Result<(String, UnixListener)> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let process = std::process::id();
    let mut tried = 0;
    loop {
        let folder = format!(
            "checkrun-{process}-{}",
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let address = SocketAddr::from_abstract_name(format!("{folder}/{file}"))?;
        match BlockingListener::bind_addr(&address) {
            Ok(listener) => {
                listener.set_nonblocking(true)?;
                return Ok((folder, UnixListener::from_std(listener)?));
            }
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && tried < NAMES_TRIED_MAX => {
                tried += 1;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Until one side closes: then both are closed.
async fn pass_on(listener: UnixListener, server: TcpStream) {
    let Ok(driver) = accept_own(&listener).await else {
        return;
    };
    drop(listener);
    let (mut from_driver, mut to_driver) = driver.into_split();
    let (from_server, mut to_server) = server.into_split();
    let mut from_server = from_server.take(RECEIVED_BYTES_MAX);
    // An error on either side is seen by the driver as a closed connection, which it is.
    tokio::select! {
        _ = copy(&mut from_driver, &mut to_server) => {}
        _ = copy(&mut from_server, &mut to_driver) => {}
    }
}

/// Abstract names have no permissions, so whoever is not this process is turned away.
async fn accept_own(listener: &UnixListener) -> io::Result<UnixStream> {
    let own = i32::try_from(std::process::id()).ok();
    loop {
        let (stream, _) = listener.accept().await?;
        if stream.peer_cred()?.pid() == own {
            return Ok(stream);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpListener;
    use tokio::time::timeout;

    use super::*;

    const SOON: Duration = Duration::from_secs(5);

    /// A relay with both of its ends: what a driver has, and what a server has.
    async fn relayed() -> (Relay, UnixStream, TcpStream) {
        let server = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = server.local_addr().expect("an address").port();
        let relay = Relay::connect("127.0.0.1", port, "socket")
            .await
            .expect("a relay");
        let (accepted, _) = server.accept().await.expect("a connection");
        let driver = UnixStream::connect(relay.folder().join("socket"))
            .await
            .expect("a socket");
        (relay, driver, accepted)
    }

    #[tokio::test]
    async fn bytes_pass_in_both_directions_and_the_last_words_arrive() {
        let (relay, mut driver, mut server) = relayed().await;
        driver.write_all(b"ping").await.expect("written");
        let mut heard = [0; 4];
        server.read_exact(&mut heard).await.expect("read");
        assert_eq!(&heard, b"ping");
        server.write_all(b"pong").await.expect("written");
        driver.read_exact(&mut heard).await.expect("read");
        assert_eq!(&heard, b"pong");
        driver.write_all(b"goodbye").await.expect("written");
        drop(driver);
        timeout(SOON, relay.finish()).await.expect("in time");
        let mut rest = Vec::new();
        server.read_to_end(&mut rest).await.expect("read");
        assert_eq!(rest, b"goodbye");
    }

    #[tokio::test]
    async fn what_a_server_says_before_it_closes_is_heard() {
        let (_relay, mut driver, mut server) = relayed().await;
        server
            .write_all(b"too many connections")
            .await
            .expect("written");
        drop(server);
        let mut heard = Vec::new();
        timeout(SOON, driver.read_to_end(&mut heard))
            .await
            .expect("in time")
            .expect("read");
        assert_eq!(heard, b"too many connections");
    }

    #[tokio::test]
    async fn a_server_that_floods_is_cut_off() {
        let (_relay, mut driver, mut server) = relayed().await;
        let flood = tokio::spawn(async move {
            let chunk = vec![0; 1024 * 1024];
            let mut sent = 0_u64;
            while server.write_all(&chunk).await.is_ok() {
                sent += chunk.len() as u64;
                assert!(sent <= 2 * RECEIVED_BYTES_MAX, "nobody stops it");
            }
        });
        let mut received = 0;
        let mut chunk = vec![0; 1024 * 1024];
        while let Ok(n @ 1..) = driver.read(&mut chunk).await {
            received += n as u64;
        }
        assert_eq!(received, RECEIVED_BYTES_MAX);
        timeout(SOON, flood)
            .await
            .expect("in time")
            .expect("stopped");
    }

    #[tokio::test]
    async fn dropping_the_relay_closes_the_connection_at_once() {
        let (relay, _driver, mut server) = relayed().await;
        drop(relay);
        let read = timeout(SOON, server.read(&mut [0; 1]))
            .await
            .expect("in time");
        assert_eq!(read.unwrap_or(0), 0);
    }

    #[tokio::test]
    async fn a_port_where_nothing_listens_is_refused() {
        let free = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let error = Relay::connect("127.0.0.1", port, "socket")
            .await
            .expect_err("nothing there");
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    }
}
