//! Waits for the server's greeting, and finds out who keeps silent instead.
//!
//! A MySQL or MariaDB server speaks first, PostgreSQL waits for its client to. So a target with the wrong
//! scheme, or the wrong port, would be two programs that wait for each other, and the timeout that comes of
//! it points to firewalls and overload. Shortly before the time is over, PostgreSQL's own question tells the
//! two apart, on the same connection. A good server has greeted by then and notices nothing.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::execute::database::probe::SSL_REQUEST;

/// Who is at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Greeter {
    /// It has spoken; not a byte of that is read yet.
    Unread,
    /// It answers as only PostgreSQL does.
    Postgresql,
    /// It greeted after it had been asked something that it does not understand.
    Late,
}

/// Waits for the first byte, and asks after `patience`. Without an answer to that, it waits on.
///
/// # Errors
/// The connection broke.
pub(super) async fn awaited(server: &mut TcpStream, patience: Duration) -> io::Result<Greeter> {
    if let Ok(readable) = timeout(patience, server.readable()).await {
        return readable.map(|()| Greeter::Unread);
    }
    server.write_all(&SSL_REQUEST).await?;
    // One byte and no more is PostgreSQL's answer; a greeting's length may begin with the same one.
    let mut heard = [0; 2];
    match server.read(&mut heard).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        1 if matches!(heard[0], b'S' | b'N') => Ok(Greeter::Postgresql),
        _ => Ok(Greeter::Late),
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    const SOON: Duration = Duration::from_secs(5);

    /// Both ends of a connection.
    async fn connection() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let client = TcpStream::connect(address).await.expect("connected");
        let (server, _) = listener.accept().await.expect("a connection");
        (client, server)
    }

    #[tokio::test]
    async fn a_greeting_is_left_unread_and_nothing_is_said() {
        let (mut client, mut server) = connection().await;
        server.write_all(b"N greets").await.expect("written");
        let greeter = awaited(&mut client, SOON).await.expect("a greeting");
        assert_eq!(greeter, Greeter::Unread);
        let mut heard = [0; 8];
        client.read_exact(&mut heard).await.expect("read");
        assert_eq!(&heard, b"N greets");
        drop(client);
        let mut said = Vec::new();
        server.read_to_end(&mut said).await.expect("read");
        assert_eq!(said, b"");
    }

    #[tokio::test]
    async fn whoever_keeps_silent_is_asked_and_only_postgresql_answers_with_one_byte() {
        for (answer, expected) in [
            (&b"S"[..], Some(Greeter::Postgresql)),
            (b"N", Some(Greeter::Postgresql)),
            (b"Na greeting of 78 bytes", Some(Greeter::Late)),
            (b"E", Some(Greeter::Late)),
            (b"", None),
        ] {
            let (mut client, mut server) = connection().await;
            let asked = tokio::spawn(async move {
                let mut heard = [0; 8];
                server.read_exact(&mut heard).await.expect("a question");
                assert_eq!(heard, SSL_REQUEST);
                server.write_all(answer).await.expect("written");
            });
            let greeter = timeout(SOON, awaited(&mut client, Duration::ZERO)).await;
            assert_eq!(greeter.expect("in time").ok(), expected, "{answer:?}");
            asked.await.expect("asked");
        }
    }

    #[tokio::test]
    async fn without_any_answer_it_is_waited_on() {
        let (mut client, _server) = connection().await;
        let waiting = timeout(
            Duration::from_millis(50),
            awaited(&mut client, Duration::ZERO),
        );
        assert!(waiting.await.is_err(), "whoever limits it ends it");
    }
}
