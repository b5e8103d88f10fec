//! A target's whereabouts in sentences: hidden before a check reads them, shown again to the operator.
//!
//! Drivers, TLS libraries and SQLite put the server's name or the file's path into their sentences as
//! they like, and an operator needs to read it there. A check must not, and gets a mark in its place.
//! It may pass the sentence on in its report; the mark is resolved when the report is judged.

use super::target::{Address, Host};

/// Stands for the host's name and port, the socket, or the file.
const ADDRESS_MARK: &str = "<address>";
/// Stands for the host's name alone.
const HOST_MARK: &str = "<host>";

/// Marks that are resolved in one text; a report full of them must not grow without end.
const RESOLVED_MAX: usize = 4;

/// The sentence with marks in place of the address.
#[must_use]
pub fn hide(text: &str, address: &Address) -> String {
    marks(address)
        .into_iter()
        .fold(text.to_owned(), |text, (mark, word)| {
            replace(&text, &word, mark)
        })
}

/// The sentence, opening with the address's mark if it does not say where something failed: "connection
/// refused" alone leaves the operator to look up which port that was.
#[must_use]
pub fn locate(hidden: String) -> String {
    if has_mark(&hidden) {
        hidden
    } else {
        format!("{ADDRESS_MARK}: {hidden}")
    }
}

/// The sentence with the address in place of its marks.
#[must_use]
pub fn show(text: String, address: &Address) -> String {
    if !has_mark(&text) {
        return text;
    }
    marks(address).into_iter().fold(text, |text, (mark, word)| {
        text.replacen(mark, &word, RESOLVED_MAX)
    })
}

fn has_mark(text: &str) -> bool {
    text.contains(ADDRESS_MARK) || text.contains(HOST_MARK)
}

/// Each mark and what it stands for, the longest first.
fn marks(address: &Address) -> Vec<(&'static str, String)> {
    match address {
        Address::Server(server) => match &server.host {
            Host::Tcp { name, port } => vec![
                (ADDRESS_MARK, format!("{name}:{port}")),
                (HOST_MARK, name.clone()),
            ],
            Host::Socket { path, .. } => vec![(ADDRESS_MARK, path.to_string_lossy().into_owned())],
        },
        Address::File(path) => vec![(ADDRESS_MARK, path.to_string_lossy().into_owned())],
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
    use std::path::PathBuf;

    use super::*;
    use crate::model::target::{Protocol, ServerAddress, Tls, TlsMode};

    fn server(host: Host) -> Address {
        Address::Server(ServerAddress {
            protocol: Protocol::Mysql,
            host,
            user: "monitor".into(),
            password: None,
            database: None,
            tls: Tls {
                mode: TlsMode::Prefer,
                ca: None,
                client: None,
            },
        })
    }

    #[test]
    fn the_address_is_hidden_and_shown_again_and_the_rest_stays() {
        let tcp = server(Host::Tcp {
            name: "db".into(),
            port: 3306,
        });
        let socket = server(Host::Socket {
            path: PathBuf::from("/run/mysqld.sock"),
            port: 3306,
        });
        let file = Address::File(PathBuf::from("/srv/shop.db"));
        for (address, sentence, hidden) in [
            (
                &tcp,
                "no answer from db:3306: refused",
                "no answer from <address>: refused",
            ),
            (
                &tcp,
                "the name \"db\" does not resolve",
                "the name \"<host>\" does not resolve",
            ),
            (
                &tcp,
                "for db; mariadb, db_2, db-3",
                "for <host>; mariadb, db_2, db-3",
            ),
            (&tcp, "größe db ü", "größe <host> ü"),
            (&socket, "/run/mysqld.sock is gone", "<address> is gone"),
            (
                &file,
                "cannot open /srv/shop.db: gone",
                "cannot open <address>: gone",
            ),
        ] {
            assert_eq!(hide(sentence, address), hidden);
            assert_eq!(show(hidden.into(), address), sentence);
        }
        assert_eq!(hide("certificate of DB", &tcp), "certificate of <host>");
    }

    #[test]
    fn a_sentence_that_does_not_say_where_opens_with_the_address() {
        for (hidden, located) in [
            ("connection refused", "<address>: connection refused"),
            ("cannot open <address>", "cannot open <address>"),
            ("<host> does not resolve", "<host> does not resolve"),
        ] {
            assert_eq!(locate(hidden.into()), located);
        }
    }

    #[test]
    fn a_report_full_of_marks_hardly_grows() {
        let file = Address::File(PathBuf::from("/srv/shop.db"));
        let shown = show(ADDRESS_MARK.repeat(1000), &file);
        assert_eq!(shown.matches("/srv/shop.db").count(), RESOLVED_MAX);
    }
}
