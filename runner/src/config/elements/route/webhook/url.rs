//! `https://hooks.example/path?query`: where a webhook is. Strict, and no message repeats any of it.

use crate::config::collector::Remark;
use crate::config::elements::url::host_and_port;
use crate::model::target::Host;

/// Longest URL, bytes.
const URL_BYTES_MAX: usize = 4096;

/// What a URL says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Url {
    pub is_tls: bool,
    pub host: String,
    pub port: u16,
    /// With the query; begins with `/`.
    pub path: String,
}

impl Url {
    /// Reads a URL.
    pub fn parse(text: &str) -> Result<Self, Remark> {
        let unknown = || {
            Remark::new("the URL begins with `https://`")
                .with_hint("write `url = \"https://hooks.example/…\"`, or `{ env = \"NAME\" }` with the whole of it")
        };
        let (scheme, rest) = text.split_once("://").ok_or_else(unknown)?;
        let (is_tls, port) = match scheme {
            "https" => (true, 443),
            "http" => (false, 80),
            _ => return Err(unknown()),
        };
        if text.len() > URL_BYTES_MAX {
            return Err(Remark::new(format!(
                "the URL has more than {URL_BYTES_MAX} bytes"
            )));
        }
        if rest.contains('#') {
            return Err(Remark::new("the URL contains a `#`").with_hint("write it as %23"));
        }
        if !text
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b))
        {
            return Err(
                Remark::new("the URL contains a character that no URL has")
                    .with_hint("write a space as %20, other characters likewise, and an international host as `xn--…`; what a secret file holds ends with one line break at most"),
            );
        }
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if authority.contains('@') {
            return Err(
                Remark::new("the URL names a user before its host").with_hint(
                    "take it out and write `headers = { Authorization = { env = \"NAME\" } }`",
                ),
            );
        }
        let (host, given) = host_and_port(authority)?;
        Ok(Self {
            is_tls,
            host: host.ok_or_else(|| Remark::new("the URL names no host"))?,
            port: given.unwrap_or(port),
            path: match path.starts_with('/') {
                true => path.to_owned(),
                false => format!("/{path}"),
            },
        })
    }

    /// Whether nothing leaves this machine.
    pub fn is_local(&self) -> bool {
        let host = Host::Tcp {
            name: self.host.clone(),
            port: self.port,
        };
        host.is_local()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_understood() {
        for (text, expected) in [
            ("https://hooks.example", (true, "hooks.example", 443, "/")),
            ("https://hooks.example/", (true, "hooks.example", 443, "/")),
            (
                "https://hooks.example?x=1",
                (true, "hooks.example", 443, "/?x=1"),
            ),
            (
                "https://hooks.example:8443/services/T0/B0/x?y=z@w:1&q='",
                (true, "hooks.example", 8443, "/services/T0/B0/x?y=z@w:1&q='"),
            ),
            ("http://[::1]:8080/a%20b", (false, "::1", 8080, "/a%20b")),
            ("http://127.0.0.1/../..", (false, "127.0.0.1", 80, "/../..")),
        ] {
            let (is_tls, host, port, path) = expected;
            let expected = Url {
                is_tls,
                host: host.to_owned(),
                port,
                path: path.to_owned(),
            };
            assert_eq!(Url::parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_refused_is_not_repeated() {
        for text in [
            "",
            "canary",
            "hooks.example/canary",
            "HTTPS://hooks.example/canary",
            "ftp://hooks.example/canary",
            "https:/hooks.example/canary",
            "https://",
            "https:///canary",
            "https://user:canary@hooks.example/",
            "https://canary@hooks.example/",
            "https://hooks.example:canary/",
            "https://hooks.example:0/canary",
            "https://hooks.example:65536/canary",
            "https://hooks.example/ca nary",
            "https://hooks.example/canary\r\nX: y",
            "https://hooks.example/canary\n",
            "https://hooks.example/canary\0",
            "https://hooks.example/canäry",
            "https://höoks.example/canary",
            "https://hooks.example/canary#x",
            "https://hooks.example\\@canary/",
            "https://::1/canary",
            "https://[::1/canary",
            "https://[canary]/",
            "https://a,canary/",
        ] {
            let remark = Url::parse(text).expect_err(text);
            assert!(!format!("{remark:?}").contains("canary"), "{remark:?}");
        }
        let long = format!("https://hooks.example/{}", "x".repeat(5000));
        assert!(Url::parse(&long).is_err());
    }

    proptest! {
        #[test]
        fn what_is_taken_can_stand_in_a_request(text in "https?://.{0,60}") {
            if let Ok(url) = Url::parse(&text) {
                prop_assert!(url.path.starts_with('/'));
                prop_assert!(url.path.bytes().all(|b| b.is_ascii_graphic()));
                prop_assert!(!url.host.is_empty() && !url.host.contains(['/', '@', '\r', '\n', ' ']));
            }
        }
    }
}
