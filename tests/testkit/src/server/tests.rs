//! Servers of one's own: started, stopped, paused, broken.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::*;

/// Whether a PostgreSQL server says yes when asked for TLS.
fn offers_tls(endpoint: &Endpoint) -> bool {
    let mut stream = TcpStream::connect((endpoint.host.as_str(), endpoint.port)).unwrap();
    stream.write_all(&[0, 0, 0, 8, 4, 210, 22, 47]).unwrap();
    let mut answer = [0];
    stream.read_exact(&mut answer).unwrap();
    answer == *b"S"
}

#[test]
fn the_shared_servers_run_and_have_sockets() {
    let servers = Servers::from_environment();
    for endpoint in [&servers.postgres, &servers.mariadb] {
        assert!(TcpStream::connect((endpoint.host.as_str(), endpoint.port)).is_ok());
        assert!(endpoint.socket.exists(), "{}", endpoint.socket.display());
        assert!(Path::new(&format!("/proc/{}", endpoint.pid)).exists());
    }
    assert!(offers_tls(&servers.postgres));
}

#[test]
fn an_own_server_survives_a_stop_and_leaves_nothing_behind() {
    for engine in [Engine::Postgres, Engine::Mariadb] {
        let mut server = Server::start(engine, &Options::default()).unwrap();
        let first = server.endpoint();
        assert!(first.log.exists());
        server.stop();
        assert!(TcpStream::connect((first.host.as_str(), first.port)).is_err());
        server.start_again().unwrap();
        let second = server.endpoint();
        assert_eq!(second.port, first.port);
        assert_ne!(second.pid, first.pid);
        drop(server);
        assert!(!Path::new(&format!("/proc/{}", second.pid)).exists());
        assert!(!first.log.exists());
    }
}

#[test]
fn a_server_without_certificate_offers_no_tls() {
    let options = Options {
        certificate: Certificate::None,
        ..Options::default()
    };
    let server = Server::start(Engine::Postgres, &options).unwrap();
    assert!(!offers_tls(&server.endpoint()));
}

#[test]
fn a_server_that_does_not_start_shows_its_log() {
    let settings = vec![("max_connections".to_owned(), "many".to_owned())];
    let options = Options {
        settings,
        ..Options::default()
    };
    let error = Server::start(Engine::Postgres, &options)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("could not start the postgres test server"),
        "{error}"
    );
    assert!(
        error.contains("invalid value for parameter \"max_connections\""),
        "{error}"
    );
}

#[test]
fn a_paused_server_answers_again_after_the_pause() {
    let server = Server::start(Engine::Postgres, &Options::default()).unwrap();
    let pause = server.pause().unwrap();
    let endpoint = server.endpoint();
    let mut stream = TcpStream::connect((endpoint.host.as_str(), endpoint.port)).unwrap();
    stream.write_all(&[0, 0, 0, 8, 4, 210, 22, 47]).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_millis(200)))
        .unwrap();
    assert!(stream.read(&mut [0]).is_err());
    drop(pause);
    stream.set_read_timeout(Some(START_LIMIT)).unwrap();
    assert_eq!(stream.read(&mut [0]).unwrap(), 1);
}

#[test]
fn a_server_that_is_dropped_while_paused_ends() {
    let server = Server::start(Engine::Mariadb, &Options::default()).unwrap();
    let endpoint = server.endpoint();
    let pause = server.pause().unwrap();
    drop(server);
    assert!(!Path::new(&format!("/proc/{}", endpoint.pid)).exists());
    drop(pause);
}
