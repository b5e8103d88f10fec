//! Where a target is: the `url` of a `[[target]]`, and the keys that complete it.

use std::path::PathBuf;

use super::url::{ServerUrl, Url};
use super::{Context, tls, url};
use crate::config::collector::Remark;
use crate::config::shape::fields::Fields;
use crate::config::source::Span;
use crate::model::target::{Address, Host, Protocol, ServerAddress};

/// The address, without a password; none where it could not be read.
pub(super) fn decode(fields: Fields<'_>, context: &mut Context<'_, '_>) -> Option<Address> {
    let text = fields
        .text("url")
        .filter(|text| !text.get_ref().is_empty())?;
    match url::parse(text.get_ref()) {
        Ok(Url::File(path)) => Some(file(fields, &path, context)),
        Ok(Url::Server(url)) => server(fields, url, &text.span(), context),
        Err(remark) => {
            context.problems.error(&text.span(), remark);
            None
        }
    }
}

fn file(fields: Fields<'_>, path: &str, context: &mut Context<'_, '_>) -> Address {
    for key in ["user", "password", "tls", "allow_privileged"] {
        if fields.has(key) {
            let remark = Remark::new(format!("a SQLite file has no use for `{key}`"))
                .with_hint(format!("leave `{key}` out, or correct the `url`"));
            context.problems.error(&fields.key_span(key), remark);
        }
    }
    let path: PathBuf = context.source.resolve(path);
    Address::File(path)
}

fn server(
    fields: Fields<'_>,
    url: ServerUrl,
    at: &Span,
    context: &mut Context<'_, '_>,
) -> Option<Address> {
    let default_port = match url.protocol {
        Protocol::Postgresql => 5432,
        Protocol::Mysql => 3306,
        Protocol::Pgbouncer => 6432,
    };
    let port = url.port.unwrap_or(default_port);
    let host = match (url.socket, url.host) {
        (Some(path), _) => Host::Socket {
            path: path.into(),
            port,
        },
        (None, Some(name)) => Host::Tcp { name, port },
        (None, None) => return None,
    };
    let tls = tls::decode(fields.table("tls"), &host, context);
    let user = user(fields, url.user, at, context)?;
    let database = match url.protocol {
        Protocol::Postgresql => url.database.or_else(|| Some(user.clone())),
        Protocol::Mysql | Protocol::Pgbouncer => url.database,
    };
    Some(Address::Server(ServerAddress {
        protocol: url.protocol,
        host,
        user,
        password: None,
        database,
        tls,
    }))
}

fn user(
    fields: Fields<'_>,
    in_url: Option<String>,
    url_at: &Span,
    context: &mut Context<'_, '_>,
) -> Option<String> {
    match (fields.text("user"), in_url) {
        (Some(own), Some(_)) => {
            let remark = Remark::new("the user is given twice, here and in the `url`")
                .with_hint("leave one of them out");
            context.problems.error(&own.span(), remark);
            None
        }
        (Some(own), None) => Some((*own.get_ref()).to_owned()),
        (None, Some(user)) => Some(user),
        (None, None) => {
            let remark = Remark::new("the target names no user")
                .with_hint("write `postgres://user@host/database`, or add `user = \"…\"`");
            context.problems.error(url_at, remark);
            None
        }
    }
}
