//! What a check may read of a connection error: the sentence without the target's address.
//!
//! Drivers, TLS libraries and servers put the host's name into their sentences as they like, so it is
//! taken out of the finished sentence, at the one place that all of them pass. Whoever reads a report
//! knows the target by its name.

use crate::model::sql::{ConnectionError, SqlError};
use crate::model::target::{Address, Host};

/// The error without the address.
pub(super) fn redact(error: SqlError, address: &Address) -> SqlError {
    match error {
        SqlError::Connection(error) => SqlError::Connection(ConnectionError {
            message: without(error.message, address),
            ..error
        }),
        other => other,
    }
}

fn without(message: String, address: &Address) -> String {
    match address {
        Address::Server(server) => match &server.host {
            Host::Tcp { name, port } => {
                let message = replace(&message, &format!("{name}:{port}"), "<host>");
                replace(&message, name, "<host>")
            }
            Host::Socket { path, .. } => replace(&message, &path.to_string_lossy(), "<socket>"),
        },
        Address::File(path) => replace(&message, &path.to_string_lossy(), "<file>"),
    }
}

/// Replaces `word` wherever it is not part of a longer one, in whatever case.
fn replace(text: &str, word: &str, by: &str) -> String {
    let (lower_text, lower_word) = (text.to_ascii_lowercase(), word.to_ascii_lowercase());
    let mut replaced = String::with_capacity(text.len());
    let mut done = 0;
    for (start, found) in lower_text.match_indices(&lower_word) {
        let end = start + found.len();
        let alone =
            !text[..start].ends_with(is_part_of_word) && !text[end..].starts_with(is_part_of_word);
        if alone && !word.is_empty() {
            replaced.push_str(&text[done..start]);
            replaced.push_str(by);
            done = end;
        }
    }
    replaced.push_str(&text[done..]);
    replaced
}

fn is_part_of_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '-' | '_')
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::PathBuf;
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::clock::Clock;
    use crate::execute::database::Database;
    use crate::execute::database::session::Session;
    use crate::model::target::{Protocol, ServerAddress, Target, Tls, TlsMode};

    fn tcp(protocol: Protocol, name: &str, port: u16) -> Address {
        server(
            protocol,
            Host::Tcp {
                name: name.into(),
                port,
            },
        )
    }

    fn server(protocol: Protocol, host: Host) -> Address {
        Address::Server(ServerAddress {
            protocol,
            host,
            user: "monitor".into(),
            password: None,
            database: Some("shop".into()),
            tls: Tls {
                mode: TlsMode::Prefer,
                ca: None,
                client: None,
            },
        })
    }

    #[test]
    fn the_address_is_taken_out_and_the_rest_stays() {
        let host = tcp(Protocol::Mysql, "db", 3306);
        let file = Address::File(PathBuf::from("/srv/shop.db"));
        for (address, message, shown) in [
            (
                &host,
                "cannot connect to db:3306: refused",
                "cannot connect to <host>: refused",
            ),
            (
                &host,
                "the name \"db\" does not resolve",
                "the name \"<host>\" does not resolve",
            ),
            (
                &host,
                "not valid for DB; mariadb, db_2, db-3",
                "not valid for <host>; mariadb, db_2, db-3",
            ),
            (&host, "größe db ü", "größe <host> ü"),
            (
                &file,
                "cannot open /srv/shop.db: gone",
                "cannot open <file>: gone",
            ),
        ] {
            assert_eq!(without(message.into(), address), shown);
        }
    }

    #[tokio::test]
    async fn no_error_of_a_session_tells_the_check_where_the_database_is() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("garbage.db"), "no database").expect("room");
        let closed = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a port that is free again");
        let socket = |protocol| {
            let path = folder.path().join("socket");
            server(protocol, Host::Socket { path, port: 5432 })
        };
        let place = folder.path().to_string_lossy().into_owned();
        let port = closed.port().to_string();
        for address in [
            tcp(Protocol::Postgresql, "127.0.0.1", closed.port()),
            tcp(Protocol::Mysql, "127.0.0.1", closed.port()),
            tcp(Protocol::Postgresql, "nowhere.invalid", 5432),
            tcp(Protocol::Mysql, "nowhere.invalid", 3306),
            socket(Protocol::Postgresql),
            socket(Protocol::Mysql),
            Address::File(folder.path().join("missing.db")),
            Address::File(folder.path().join("garbage.db")),
            Address::File(folder.path().to_owned()),
        ] {
            let target = Target {
                name: "shop".into(),
                address: address.clone(),
                labels: BTreeMap::new(),
                allow_privileged: false,
                connect_timeout: Duration::from_secs(5),
                connect_attempts: 1,
                max_parallel: 1,
            };
            let mut session = Session::new(Arc::new(target), "checkrun/test".into(), Clock::System);
            let errors = [
                session.facts().await.err(),
                Database::connect(&mut session).await.err(),
            ];
            for error in errors {
                let Some(SqlError::Connection(error)) = error else {
                    panic!("{address:?} cannot be reached: {error:?}");
                };
                for secret in ["127.0.0.1", "nowhere.invalid", &place, &port] {
                    assert!(
                        !error.message.contains(secret),
                        "{address:?}: {}",
                        error.message
                    );
                }
            }
        }
    }
}
