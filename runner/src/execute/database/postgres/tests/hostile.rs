//! A server that knows the protocol and breaks it: every call ends with an error, nothing panics.

use checkrun_testkit::account::MONITOR;
use checkrun_testkit::listener::GarbageServer;
use proptest::prelude::*;

use super::*;

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
    [&[kind][..], &length, body].concat()
}

/// The login succeeded, and the server waits for a query.
fn login() -> Vec<u8> {
    [message(b'R', &[0, 0, 0, 0]), message(b'Z', b"I")].concat()
}

/// The columns of the first question, all of type `text`.
fn columns() -> Vec<u8> {
    let names = [
        "version",
        "in_recovery",
        "database",
        "account",
        "role",
        "superuser",
        "replication",
        "check_interval",
    ];
    let mut body = vec![0, 8];
    for name in names {
        body.extend(name.as_bytes());
        body.extend([0, 0, 0, 0, 0, 0, 0]);
        body.extend([0, 0, 0, 25, 255, 255, 255, 255, 255, 255, 0, 0]);
    }
    message(b'T', &body)
}

/// A row of the first question: a server of version 15, and a plain account.
fn row() -> Vec<u8> {
    let mut body = vec![0, 8];
    for value in [
        Some("15.1"),
        Some("false"),
        Some("shop"),
        Some("monitor"),
        None,
        None,
        None,
        None,
    ] {
        match value {
            Some(text) => {
                body.extend(u32::try_from(text.len()).unwrap().to_be_bytes());
                body.extend(text.as_bytes());
            }
            None => body.extend([255; 4]),
        }
    }
    message(b'D', &body)
}

fn ready() -> Vec<u8> {
    [message(b'C', b"SELECT 1\0"), message(b'Z', b"I")].concat()
}

/// What a session makes of a server that says `script` and hangs up.
async fn outcome(script: Vec<u8>) -> Result<ResultSet, SqlError> {
    let server = GarbageServer::open(script).unwrap();
    let host = Host::Tcp {
        name: server.address().ip().to_string(),
        port: server.address().port(),
    };
    let mut target = target_of(host, MONITOR);
    target.connect_timeout = Duration::from_secs(1);
    let mut session = session(target);
    let mut short = query("SELECT 1");
    short.timeout = Duration::from_secs(1);
    session.query(&short).await
}

#[tokio::test]
async fn the_script_gets_as_far_as_the_query() {
    let script = [login(), columns(), row(), ready()].concat();
    let server = GarbageServer::open(script).unwrap();
    let host = Host::Tcp {
        name: server.address().ip().to_string(),
        port: server.address().port(),
    };
    let facts = session(target_of(host, MONITOR)).facts().await.unwrap();
    assert_eq!(facts.version_text, "15.1");
}

/// A name for each break, and what the server says until then.
fn breaks() -> Vec<(&'static str, Vec<u8>)> {
    let begun = [
        login(),
        columns(),
        row(),
        ready(),
        message(b'C', b"BEGIN\0"),
        message(b'Z', b"T"),
    ]
    .concat();
    let describing = [begun.clone(), message(b'1', b""), message(b't', &[0, 0])].concat();
    vec![
        ("nothing", Vec::new()),
        ("a login and the end", login()),
        (
            "a row without columns",
            [login(), message(b'D', &[0, 8])].concat(),
        ),
        (
            "a row with too few values",
            [login(), columns(), message(b'D', &[0, 0]), ready()].concat(),
        ),
        ("no row", [login(), columns(), ready()].concat()),
        (
            "a value longer than its row",
            [
                login(),
                columns(),
                message(b'D', &[0, 1, 127, 255, 255, 255]),
            ]
            .concat(),
        ),
        (
            "columns without an end",
            [login(), message(b'T', &[255, 255, b'a'])].concat(),
        ),
        ("an unknown message", [login(), message(b'?', b"")].concat()),
        (
            "a message that ends before it begins",
            [login(), vec![b'D', 0, 0, 0, 0]].concat(),
        ),
        (
            "a message of two gigabytes",
            [login(), vec![b'D', 127, 255, 255, 255]].concat(),
        ),
        (
            "an error without fields",
            [login(), message(b'E', b"")].concat(),
        ),
        (
            "an error that does not end",
            [login(), message(b'E', b"SFATAL")].concat(),
        ),
        ("an unknown way to log in", message(b'R', &[0, 0, 0, 99])),
        (
            "a transaction that did not begin",
            [login(), columns(), row(), ready(), ready()].concat(),
        ),
        ("no description", begun),
        (
            "a description of another kind",
            [describing.clone(), message(b'D', &[0, 0])].concat(),
        ),
        (
            "too many times ready",
            [login(), ready(), ready(), ready(), ready(), ready()].concat(),
        ),
    ]
}

#[tokio::test]
async fn a_broken_protocol_is_an_error_wherever_it_breaks() {
    for (name, script) in breaks() {
        let result = outcome(script).await;
        assert!(
            matches!(result, Err(SqlError::Connection(_))),
            "{name}: {result:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_messages_after_the_login_are_an_error(
        messages in proptest::collection::vec(
            (
                prop_oneof![Just(b'T'), Just(b'D'), Just(b'C'), Just(b'Z'), Just(b'E'), Just(b'S'), any::<u8>()],
                proptest::collection::vec(any::<u8>(), 0..40),
            ),
            0..8,
        )
    ) {
        let script = messages.iter().fold(login(), |mut script, (kind, body)| {
            script.extend(message(*kind, body));
            script
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        prop_assert!(runtime.block_on(outcome(script)).is_err());
    }
}
