//! MySQL and MariaDB count clients that leave before they have tried to log in, and block a host after
//! too many. A diagnosis must not be counted.

use std::net::TcpStream;
use std::time::Duration;

use checkrun_testkit::{Endpoint, Engine, Options, Server, account, eventually};
use checkrun_tests::{Stage, administer, server_target};

use super::diagnose;

/// Connections that ended before a login, in the server's own count: those that were refused like any
/// wrong password are taken off.
fn broken_off(endpoint: &Endpoint) -> i64 {
    let status = |name: &str| -> i64 {
        let sql = format!(
            "select variable_value from information_schema.global_status where variable_name = '{name}'"
        );
        administer(endpoint, &sql).parse().unwrap()
    };
    status("ABORTED_CONNECTS") - status("ACCESS_DENIED_ERRORS") + status("ABORTED_CONNECTS_PREAUTH")
}

#[test]
fn a_diagnosis_is_not_counted_as_a_connection_that_broke_off() {
    let server = Server::start(Engine::Mariadb, &Options::default()).unwrap();
    let endpoint = server.endpoint();
    let limit = Duration::from_secs(10);
    // What connects and leaves is counted, so that the count means something.
    let before = broken_off(&endpoint);
    drop(TcpStream::connect((&*endpoint.host, endpoint.port)).unwrap());
    let counted = eventually("who leaves is counted", limit, || {
        Some(broken_off(&endpoint)).filter(|count| *count > before)
    });
    let good = server_target("shop", &endpoint, account::MONITOR);
    let socket = good.replace(
        &format!("127.0.0.1:{}", endpoint.port),
        &endpoint.socket.to_string_lossy().replace('/', "%2F"),
    );
    for (what, target) in [
        ("encrypted", good.clone()),
        ("plain", format!("{good}tls = {{ mode = \"disable\" }}\n")),
        (
            "a certificate that is not trusted",
            format!("{good}tls = {{ mode = \"verify-full\", ca = \"other-ca.pem\" }}\n"),
        ),
        (
            "a file that is not there",
            format!("{good}tls = {{ mode = \"verify-full\", ca = \"missing.pem\" }}\n"),
        ),
        ("a socket", socket),
        (
            "a wrong password",
            good.replace("MONITOR_PASSWORD", "PLAIN_PASSWORD"),
        ),
        ("no such database", good.replace("/shop\"", "/shoop\"")),
    ] {
        let diagnosed = diagnose(&Stage::with_authorities(&target), &[]);
        assert_eq!(
            broken_off(&endpoint),
            counted,
            "{what}:\n{}",
            diagnosed.ended.stdout
        );
    }
}
