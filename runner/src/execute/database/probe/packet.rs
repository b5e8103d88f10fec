//! What somebody on the other end says first: a packet of MySQL's protocol, or something else.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::timeout;

use super::shortened;

/// Longest packet that is taken from a server before the login, bytes; a greeting has about a hundred.
pub(super) const PACKET_BYTES_MAX: usize = 16 * 1024;

/// Bytes that are looked at to find out what speaks there.
pub(super) const LOOKED_AT: usize = 64;

/// How long more of them are waited for; whoever has begun to speak has said these already.
const MORE: Duration = Duration::from_millis(200);

/// A greeting of MySQL's protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Greeting {
    /// Such as `10.11.6-MariaDB`.
    pub(super) version: String,
    /// Whether it can encrypt.
    pub(super) offers_tls: bool,
}

/// The first packet of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum First {
    /// It takes logins.
    Greeting(Greeting),
    /// It does not, and says why: number and message.
    Refusal(u16, String),
}

const CLIENT_SSL: u16 = 0x0800;

/// Takes the first packet apart; nothing where it is none of MySQL's protocol.
pub(super) fn first(payload: &[u8]) -> Option<First> {
    match payload.split_first()? {
        (0xff, rest) => {
            let (number, text) = rest.split_at_checked(2)?;
            // Before the login there is no SQLSTATE in it, unless a server puts one there.
            let text = text
                .strip_prefix(b"#")
                .map_or(text, |text| text.get(5..).unwrap_or_default());
            let number = u16::from_le_bytes([number[0], number[1]]);
            let message = shortened(&String::from_utf8_lossy(text));
            Some(First::Refusal(number, message))
        }
        (10, rest) => {
            let end = rest.iter().position(|byte| *byte == 0)?;
            let version = String::from_utf8_lossy(&rest[..end]);
            // Thread, 8 bytes of the scramble, a zero.
            let flags = rest.get(end + 1 + 4 + 8 + 1..)?.get(..2)?;
            let flags = u16::from_le_bytes([flags[0], flags[1]]);
            Some(First::Greeting(Greeting {
                // MariaDB says 5.5.5 first, for old clients.
                version: shortened(version.trim_start_matches("5.5.5-")),
                offers_tls: flags & CLIENT_SSL != 0,
            }))
        }
        _ => None,
    }
}

/// Takes what is already on its way, up to a limit.
pub(super) async fn hear_more(stream: &mut (impl AsyncRead + Unpin), heard: &mut Vec<u8>) {
    let mut bytes = [0; LOOKED_AT];
    while heard.len() < LOOKED_AT {
        match timeout(MORE, stream.read(&mut bytes)).await {
            Ok(Ok(n @ 1..)) => heard.extend(&bytes[..n]),
            _ => return,
        }
    }
}

/// What a server that begins like this may be, with an article.
pub(super) fn describe(heard: &[u8]) -> String {
    if let Some(first) = heard.get(4..).and_then(first) {
        return match first {
            First::Greeting(greeting) => {
                format!("a MySQL or MariaDB server ({})", greeting.version)
            }
            First::Refusal(number, message) => {
                format!("a MySQL or MariaDB server that says {message:?} ({number})")
            }
        };
    }
    for (beginning, what) in [
        (&b"HTTP/"[..], "a web server"),
        (b"SSH-", "an SSH server"),
        (b"220 ", "a mail or FTP server"),
        (b"-ERR", "a Redis or POP3 server"),
        (b"\x15\x03", "a TLS server of another protocol"),
    ] {
        if heard.starts_with(beginning) {
            return what.to_owned();
        }
    }
    let shown: String = heard
        .iter()
        .take(20)
        .flat_map(|byte| byte.escape_ascii())
        .map(char::from)
        .collect();
    format!("something that says \"{shown}\"")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn greeting(version: &str, flags: [u8; 2]) -> Vec<u8> {
        [&b"\x0a"[..], version.as_bytes(), &[0; 14], &flags, b"rest"].concat()
    }

    #[test]
    fn a_greeting_says_the_version_and_whether_it_encrypts() {
        for (version, flags, shown, offers_tls) in [
            (
                "5.5.5-10.11.6-MariaDB",
                [0x00, 0x08],
                "10.11.6-MariaDB",
                true,
            ),
            ("8.4.0", [0xff, 0xf7], "8.4.0", false),
        ] {
            let expected = First::Greeting(Greeting {
                version: shown.to_owned(),
                offers_tls,
            });
            assert_eq!(first(&greeting(version, flags)), Some(expected));
        }
    }

    #[test]
    fn a_refusal_says_its_number_with_and_without_a_sqlstate() {
        let expected = Some(First::Refusal(1040, "Too many connections".into()));
        assert_eq!(first(b"\xff\x10\x04Too many connections"), expected);
        assert_eq!(first(b"\xff\x10\x04#08004Too many connections"), expected);
    }

    #[test]
    fn other_protocols_are_told_by_how_they_begin() {
        let greeted = [&[50, 0, 0, 0], &*greeting("8.0.36", [0, 8])].concat();
        for (heard, said) in [
            (&greeted[..], "a MySQL or MariaDB server (8.0.36)"),
            (b"HTTP/1.1 400 Bad Request\r\n", "a web server"),
            (b"SSH-2.0-OpenSSH_9.2", "an SSH server"),
            (
                b"\0\x01hello\x1b[2J",
                "something that says \"\\x00\\x01hello\\x1b[2J\"",
            ),
            (b"", "something that says \"\""),
        ] {
            assert_eq!(describe(heard), said);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_stumble(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = first(&bytes);
            prop_assert!(!describe(&bytes).chars().any(char::is_control) || bytes.len() > 4);
        }
    }
}
