//! The `url` of a target: `postgres://monitor@db1.example:5432/orders`, `sqlite:./orders.db`.
//!
//! Strict, because a URL that is understood differently from how it was meant connects to the wrong
//! database. No message repeats any part of the URL: it may contain a password.

use crate::config::collector::Remark;
use crate::config::suggest;
use crate::model::target::Protocol;

/// What a URL says.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::config) enum Url {
    /// A SQLite file, as written; relative to the configuration's folder.
    File(String),
    /// A server.
    Server(ServerUrl),
}

/// What the URL of a server says, decoded.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::config) struct ServerUrl {
    /// By the scheme.
    pub protocol: Protocol,
    /// The account.
    pub user: Option<String>,
    /// Host name or address; absent with a socket.
    pub host: Option<String>,
    /// Absent: the protocol's own.
    pub port: Option<u16>,
    /// The database.
    pub database: Option<String>,
    /// PostgreSQL, PgBouncer: the folder of the socket; MySQL: the socket.
    pub socket: Option<String>,
}

const SCHEMES: [&str; 6] = [
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "sqlite",
    "pgbouncer",
];

const SCHEME_HINT: &str =
    "write `postgres://…`, `mysql://…`, `mariadb://…`, `pgbouncer://…` or `sqlite:…`";

/// The one database of PgBouncer that is not passed on to a server: its admin console.
const PGBOUNCER_CONSOLE: &str = "pgbouncer";

/// Reads a URL.
pub(in crate::config) fn parse(text: &str) -> Result<Url, Remark> {
    let (scheme, rest) = text
        .split_once(':')
        .ok_or_else(|| Remark::new("the URL has no scheme").with_hint(SCHEME_HINT))?;
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) && scheme != "sqlite" {
        return Err(
            Remark::new("the URL contains a space or a control character")
                .with_hint("write a space as %20"),
        );
    }
    let protocol = match scheme {
        "sqlite" => return file(rest).map(Url::File),
        "postgres" | "postgresql" => Protocol::Postgresql,
        "mysql" | "mariadb" => Protocol::Mysql,
        "pgbouncer" => Protocol::Pgbouncer,
        other => {
            let hint = match suggest::nearest(other, SCHEMES) {
                Some(near) => format!("did you mean `{near}:`?"),
                None => SCHEME_HINT.to_owned(),
            };
            return Err(Remark::new("the URL's scheme is not known").with_hint(hint));
        }
    };
    let rest = rest.strip_prefix("//").ok_or_else(|| {
        Remark::new("the URL of a server begins with two slashes").with_hint(example(scheme))
    })?;
    server(protocol, scheme, rest).map(Url::Server)
}

fn file(rest: &str) -> Result<String, Remark> {
    let path = match rest.strip_prefix("//") {
        None => rest,
        Some(absolute) if absolute.starts_with('/') => absolute,
        Some(_) => {
            return Err(Remark::new("two slashes in a SQLite URL would name a host")
                .with_hint("write `sqlite:./file.db` or `sqlite:///folder/file.db`"));
        }
    };
    if path.contains('?') {
        return Err(Remark::new("the URL of a SQLite file takes no options")
            .with_hint("leave out what follows the `?`; the file is always opened read-only"));
    }
    if path == ":memory:" {
        return Err(Remark::new("a SQLite database in memory is always empty")
            .with_hint("name a file: `sqlite:./file.db`"));
    }
    let path = decode(path)?;
    if path.is_empty() || path.ends_with('/') {
        return Err(Remark::new("the URL names no SQLite file")
            .with_hint("write `sqlite:./file.db` or `sqlite:///folder/file.db`"));
    }
    Ok(path)
}

fn server(protocol: Protocol, scheme: &str, rest: &str) -> Result<ServerUrl, Remark> {
    refuse_password(rest)?;
    if rest.contains('#') {
        return Err(Remark::new("the URL contains a `#`").with_hint("write it as %23"));
    }
    let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = address.split_once('/').unwrap_or((address, ""));
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(decode(user)?).filter(|user| !user.is_empty()), host),
        None => (None, authority),
    };
    let (host, port) = host_and_port(host)?;
    let mut url = ServerUrl {
        protocol,
        user,
        host,
        port,
        database: Some(decode(path)?).filter(|name| !name.is_empty()),
        socket: None,
    };
    if path.contains('/') {
        return Err(Remark::new("the URL names more than one database")
            .with_hint("write a `/` in a database's name as %2F"));
    }
    // The way libpq writes a socket's folder as a host.
    if url.host.as_ref().is_some_and(|host| host.starts_with('/')) {
        url.socket = url.host.take();
    }
    for option in query.split('&').filter(|option| !option.is_empty()) {
        take_option(&mut url, option)?;
    }
    if url.host.is_none() && url.socket.is_none() {
        return Err(Remark::new("the URL names no host").with_hint(example(scheme)));
    }
    if protocol == Protocol::Pgbouncer {
        url.database = Some(console(url.database)?);
    }
    Ok(url)
}

/// What the URL of a server looks like.
fn example(scheme: &str) -> String {
    match scheme {
        "pgbouncer" => "write `pgbouncer://user@host`".to_owned(),
        scheme => format!("write `{scheme}://user@host/database`"),
    }
}

/// The database of a PgBouncer target, which is always its admin console.
fn console(named: Option<String>) -> Result<String, Remark> {
    match named {
        Some(other) if other != PGBOUNCER_CONSOLE => Err(Remark::new(
            "the URL of a PgBouncer target names a database",
        )
        .with_hint(
            "leave it out: the target is PgBouncer's own console; for a database behind it, write \
             `postgres://…`",
        )),
        _ => Ok(PGBOUNCER_CONSOLE.to_owned()),
    }
}

/// Looks beyond the authority, because an unencoded `/`, `?` or `#` in a password ends it early.
fn refuse_password(rest: &str) -> Result<(), Remark> {
    let user = rest.rsplit_once('@').map(|(user, _)| user);
    let authority = user.and_then(|user| user.split('/').next());
    let in_query = rest.split_once('?').is_some_and(|(_, query)| {
        query
            .split('&')
            .any(|option| option.to_ascii_lowercase().starts_with("pass"))
    });
    if in_query || authority.is_some_and(|part| part.contains(':') && !part.contains("]:")) {
        return Err(Remark::new("the URL contains a password, where everybody who reads the file sees it")
            .with_hint(
                "take it out and write `password = { env = \"NAME\" }`, `{ file = \"/path\" }` or `{ credential = \"name\" }`",
            ));
    }
    Ok(())
}

/// `host`, `host:port`, `[::1]:port`, each part where it is there.
pub(super) fn host_and_port(text: &str) -> Result<(Option<String>, Option<u16>), Remark> {
    if text.contains(',') {
        return Err(Remark::new("the URL names several hosts")
            .with_hint("make each of them a target of its own"));
    }
    let (host, port) = if let Some(inside) = text.strip_prefix('[') {
        let (address, port) = inside
            .split_once(']')
            .ok_or_else(|| Remark::new("the `[` of the IPv6 address is not closed"))?;
        if address.parse::<std::net::Ipv6Addr>().is_err() {
            return Err(Remark::new("what is in `[…]` is not an IPv6 address"));
        }
        (address.to_owned(), port)
    } else {
        let (host, port) = match text.find(':') {
            Some(at) => text.split_at(at),
            None => (text, ""),
        };
        (host_name(&decode(host)?)?, port)
    };
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => None,
        Some("") => None,
        Some(digits) if digits.contains(':') => {
            return Err(Remark::new("the URL's host has more than one `:`")
                .with_hint("write an IPv6 address in brackets, as in `[::1]:5432`"));
        }
        Some(digits) => Some(port_number(digits)?),
        None => {
            return Err(Remark::new(
                "after the `]` of an IPv6 address comes `:` and a port",
            ));
        }
    };
    Ok((Some(host).filter(|host| !host.is_empty()), port))
}

fn port_number(digits: &str) -> Result<u16, Remark> {
    digits
        .parse()
        .ok()
        .filter(|port| *port > 0 && digits.bytes().all(|b| b.is_ascii_digit()))
        .ok_or_else(|| {
            Remark::new("the URL's port is not a number from 1 to 65535").with_hint(
                "if it is part of a password: leave that out and write `password = { env = \"NAME\" }`",
            )
        })
}

fn host_name(host: &str) -> Result<String, Remark> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if host.starts_with('/') || host.chars().all(plain) {
        return Ok(host.to_owned());
    }
    Err(
        Remark::new("the URL's host contains a character that no host name has").with_hint(
            "a host has letters, digits, `.`, `-` and `_`; write an international name as `xn--…`",
        ),
    )
}

fn take_option(url: &mut ServerUrl, option: &str) -> Result<(), Remark> {
    let (name, value) = option.split_once('=').unwrap_or((option, ""));
    let socket = match url.protocol {
        Protocol::Postgresql | Protocol::Pgbouncer => "host",
        Protocol::Mysql => "socket",
    };
    if name.starts_with("ssl") {
        return Err(Remark::new("TLS is not set in the URL")
            .with_hint("write `tls = { mode = \"verify-full\" }`"));
    }
    if name != socket {
        return Err(
            Remark::new("the URL has an option that is not known").with_hint(format!(
                "after the `?` stands only `{socket}=…`, for a Unix socket"
            )),
        );
    }
    let path = decode(value)?;
    if !path.starts_with('/') {
        return Err(
            Remark::new(format!("`{socket}=` in the URL is not an absolute path")).with_hint(
                match url.protocol {
                    Protocol::Postgresql | Protocol::Pgbouncer => {
                        "name the socket's folder: `?host=/run/postgresql`"
                    }
                    Protocol::Mysql => "name the socket: `?socket=/run/mysqld/mysqld.sock`",
                },
            ),
        );
    }
    if url.host.is_some() || url.socket.is_some() {
        return Err(Remark::new("the URL names both a host and a socket")
            .with_hint("leave one of them out"));
    }
    url.socket = Some(path);
    Ok(())
}

/// Percent-decodes; `+` stays what it is.
pub(super) fn decode(text: &str) -> Result<String, Remark> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16));
        let (high, low) = (digit(rest.next()), digit(rest.next()));
        match (high, low) {
            (Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or_default())
            }
            _ => {
                return Err(Remark::new(
                    "a `%` in the URL is not followed by two hexadecimal digits",
                )
                .with_hint("write a `%` as %25"));
            }
        }
    }
    if bytes.contains(&0) {
        return Err(Remark::new("the URL contains a NUL character"));
    }
    String::from_utf8(bytes).map_err(|_| Remark::new("the URL is not UTF-8 after percent-decoding"))
}

#[cfg(test)]
mod tests;
