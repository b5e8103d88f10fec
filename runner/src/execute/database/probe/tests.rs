//! Looks at real servers, and at what is none.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use checkrun_testkit::Servers;
use checkrun_testkit::listener::{BlackHole, GarbageServer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::model::target::{Host, Tls, TlsMode};

const LIMIT: Duration = Duration::from_secs(2);

fn address(protocol: Protocol, socket: SocketAddr, mode: TlsMode) -> ServerAddress {
    ServerAddress {
        protocol,
        host: Host::Tcp {
            name: socket.ip().to_string(),
            port: socket.port(),
        },
        user: "monitor".into(),
        password: None,
        database: None,
        tls: Tls {
            mode,
            ca: None,
            client: None,
        },
    }
}

async fn look(protocol: Protocol, socket: SocketAddr, mode: TlsMode) -> Handshake {
    let (_, line) = dial(&[socket], LIMIT).await;
    let now = Micros(1_800_000_000_000_000);
    let address = address(protocol, socket, mode);
    handshake(line.expect("a connection"), &address, now, LIMIT).await
}

#[tokio::test]
async fn names_resolve_or_are_told_as_unknown() {
    let known = look_up("localhost", LIMIT).await;
    let addresses = known.addresses.expect("every machine knows it");
    assert!(addresses.iter().all(|address| address.is_loopback()));
    let unknown = look_up("no-such-host.invalid", Duration::from_secs(10)).await;
    let obstacle = unknown.addresses.expect_err("nobody knows it");
    assert_eq!(obstacle.class, ConnectionClass::Dns);
}

#[tokio::test]
async fn every_address_is_tried_and_one_that_swallows_packets_hides_no_other() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let open = listener.local_addr().expect("an address");
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let closed = free.local_addr().expect("an address");
    drop(free);
    let hole = BlackHole::open().expect("a port");
    let hole = hole.address().expect("an address");
    let (refused, timeout) = (
        Some(ConnectionClass::Refused),
        Some(ConnectionClass::Timeout),
    );
    for (addresses, expected) in [
        (vec![open, closed], vec![None]),
        (vec![closed, open], vec![refused, None]),
        (vec![hole, closed, open], vec![timeout, refused, None]),
        (vec![closed, hole], vec![refused, timeout]),
    ] {
        let start = Clock::System.start();
        let (dials, line) = dial(&addresses, Duration::from_millis(600)).await;
        let classes: Vec<_> = dials
            .iter()
            .map(|dial| dial.obstacle.as_ref().map(|obstacle| obstacle.class))
            .collect();
        assert_eq!(classes, expected);
        assert_eq!(line.is_some(), expected.last() == Some(&None));
        assert!(start.elapsed() < LIMIT);
    }
}

#[tokio::test]
async fn real_servers_encrypt_and_show_their_certificates() {
    let servers = Servers::from_environment();
    for (protocol, port) in [
        (Protocol::Postgresql, servers.postgres.port),
        (Protocol::Mysql, servers.mariadb.port),
    ] {
        let socket = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let seen = look(protocol, socket, TlsMode::Require).await;
        let Encryption::Established(encrypted) = seen.encryption else {
            panic!("{seen:?}");
        };
        assert_eq!(encrypted.chain[0].subject, "CN=localhost");
        assert_eq!(encrypted.chain[0].names, ["localhost", "127.0.0.1", "::1"]);
        let problems: Vec<_> = encrypted.faults.iter().map(|fault| fault.problem).collect();
        assert_eq!(problems.len(), 1, "{problems:?}");
        let plain = look(protocol, socket, TlsMode::Disable).await;
        assert_eq!(plain.encryption, Encryption::NotAsked);
        assert_eq!(plain.server.is_some(), protocol == Protocol::Mysql);
    }
}

#[tokio::test]
async fn nothing_that_a_peer_says_is_taken_for_a_server_or_makes_us_stumble() {
    let greeting = b"\x4a\0\0\0\x0a8.0.36\0\x01\0\0\0aaaaaaaa\0\xff\xff";
    for bytes in [
        &b""[..],
        b"S",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"N and more",
        b"E\0\0\0\x0cSFATAL\0",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\xff\xff\xff\0\x0a",
        b"\0\0\0\0\x0a",
        b"\x01\0\0\0\xff",
        b"\x05\0\0\0\x0a8.0.",
        &greeting[..],
        &[0x16, 0x03, 0x01, 0xff, 0xff],
        &[0; 70_000],
    ] {
        for protocol in [Protocol::Postgresql, Protocol::Mysql] {
            for mode in [TlsMode::Disable, TlsMode::Require] {
                let server = GarbageServer::open(bytes).expect("a port");
                let seen = look(protocol, server.address(), mode).await;
                let refused = matches!(
                    seen.encryption,
                    Encryption::NoServer(_) | Encryption::Failed(..) | Encryption::Refused(_)
                );
                // One letter is all that PostgreSQL says.
                let is_yes = protocol == Protocol::Postgresql && bytes == b"S";
                assert!(
                    refused || is_yes,
                    "{protocol:?} {mode:?} {bytes:?}: {seen:?}"
                );
                assert!(seen.took < LIMIT * 2);
            }
        }
    }
}

#[tokio::test]
async fn a_server_that_never_stops_asking_is_left_after_some_answers() {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let listener = listener.await.expect("a port");
    let socket = listener.local_addr().expect("an address");
    let asking = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let greeting =
            b"\x20\0\0\0\x0a8.0.36\0\x01\0\0\0aaaaaaaa\0\xff\xff\x2d\x02\0\xff\xff\x15\0\0\0";
        stream.write_all(greeting).await.expect("written");
        let mut asked = 0_u32;
        let mut heard = [0; 4096];
        while let Ok(1..) = stream.read(&mut heard).await {
            asked += 1;
            if stream.write_all(b"\x01\0\0\x02\xfe").await.is_err() {
                break;
            }
        }
        asked
    });
    let seen = look(Protocol::Mysql, socket, TlsMode::Disable).await;
    assert_eq!(seen.encryption, Encryption::NotAsked);
    let asked = timeout(LIMIT, asking).await.expect("in time");
    assert!((1..=5).contains(&asked.expect("no panic")));
}
