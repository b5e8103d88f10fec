//! `smtp = "smtps://user@host:465"` of `[email]`, and the keys that belong to it.
//!
//! No message repeats any part of the URL: it may contain a password.

use toml::Spanned;

use super::{Server, TIMEOUT};
use crate::config::collector::Remark;
use crate::config::elements::Context;
use crate::config::elements::secret::SecretReference;
use crate::config::elements::url;
use crate::config::shape::fields::Fields;
use crate::config::suggest;
use crate::model::mail::Protection;
use crate::model::target::Host;

/// TLS from the first byte (RFC 8314).
const SMTPS_PORT: u16 = 465;

/// Handing over mail, with STARTTLS (RFC 6409).
const SUBMISSION_PORT: u16 = 587;

/// Reads the URL and the keys beside it; `None` after an error that was noted.
pub(super) fn decode(
    smtp: &Spanned<&str>,
    fields: Fields<'_>,
    password: Option<SecretReference>,
    context: &mut Context<'_, '_>,
) -> Option<Server> {
    let text = *smtp.get_ref();
    if text.is_empty() {
        return None;
    }
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(remark) => {
            context.problems.error(&smtp.span(), remark);
            return None;
        }
    };
    let protection = protection(&url, fields, context);
    let login = match (url.user, password) {
        (Some(user), Some(password)) => Some((user, password)),
        (Some(_), None) if !fields.has("password") => {
            let remark = Remark::new("`smtp` names a user, but there is no `password`")
                .with_hint("write `password = { env = \"NAME\" }`, `{ file = \"/path\" }` or `{ credential = \"name\" }`, or leave the user out");
            context.problems.error(&smtp.span(), remark);
            None
        }
        (None, Some(_)) => {
            let remark = Remark::new("there is a `password`, but `smtp` names no user")
                .with_hint("write the user before the host: `smtps://user@host:465`; an `@` in it is written as %40");
            context.problems.error(&fields.key_span("password"), remark);
            None
        }
        _ => None,
    };
    Some(Server {
        host: url.host,
        port: url.port,
        protection,
        login,
        ca: fields
            .text("ca")
            .map(|ca| context.source.resolve(ca.get_ref())),
        timeout: fields.duration("timeout").unwrap_or(TIMEOUT),
    })
}

/// TLS, unless the connection stays on this machine or the file says so in a word of its own.
fn protection(url: &Url, fields: Fields<'_>, context: &mut Context<'_, '_>) -> Protection {
    let word = fields.text("tls").map(|word| *word.get_ref());
    let is_local = Host::Tcp {
        name: url.host.clone(),
        port: url.port,
    }
    .is_local();
    let is_off = match word {
        Some(word) => word == "off",
        // Whoever names an authority wants it to be asked.
        None => url.scheme == Scheme::Smtp && is_local && !fields.has("ca"),
    };
    if !is_off {
        return match url.scheme {
            Scheme::Smtps => Protection::Tls,
            Scheme::Smtp => Protection::StartTls,
        };
    }
    let at = fields.key_span("tls");
    if url.scheme == Scheme::Smtps {
        let remark = Remark::new("`smtps://` is TLS, and `tls` switches it off")
            .with_hint("write `smtp://`, or leave `tls` out");
        context.problems.error(&at, remark);
    } else if fields.has("ca") {
        let remark =
            Remark::new("`ca` is given, but TLS is off").with_hint("leave one of them out");
        context.problems.error(&fields.key_span("ca"), remark);
    } else if !is_local && url.user.is_some() {
        let remark = Remark::new("without TLS the password would be readable on the network")
            .with_hint("leave `tls` out, or leave the user and `password` out");
        context.problems.error(&at, remark);
    } else if !is_local {
        let remark = Remark::new(
            "without TLS everybody on the network between can read and change the mail",
        )
        .with_hint("leave `tls` out if the server offers STARTTLS");
        context.problems.warning(&at, remark);
    }
    Protection::None
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Smtp,
    Smtps,
}

struct Url {
    scheme: Scheme,
    user: Option<String>,
    host: String,
    port: u16,
}

impl Url {
    fn parse(text: &str) -> Result<Self, Remark> {
        const WAYS: &str =
            "write `smtps://user@host:465`, `smtp://user@host:587`, `sendmail:` or `file:./outbox`";
        let unknown = || Remark::new("`smtp` does not say how to send mail");
        let (scheme, rest) = text
            .split_once("://")
            .ok_or_else(|| unknown().with_hint(WAYS))?;
        let (scheme, port) = match scheme {
            "smtps" => (Scheme::Smtps, SMTPS_PORT),
            "smtp" => (Scheme::Smtp, SUBMISSION_PORT),
            other => {
                let near = suggest::nearest(other, ["smtp", "smtps"]);
                let hint = near.map(|near| format!("did you mean `{near}://`?"));
                return Err(unknown().with_hint(hint.unwrap_or_else(|| WAYS.to_owned())));
            }
        };
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(Remark::new(
                "`smtp` contains a space or a control character",
            ));
        }
        let (user, address) = match rest.rsplit_once('@') {
            Some((user, address)) => (Some(user), address),
            None => (None, rest),
        };
        if user.is_some_and(|user| user.contains(':')) {
            return Err(Remark::new(
                "`smtp` contains a password, where everybody who reads the file sees it",
            )
            .with_hint("take it out and write `password = { env = \"NAME\" }` below"));
        }
        let address = address.strip_suffix('/').unwrap_or(address);
        if address.contains(['/', '?', '#'])
            || user.is_some_and(|user| user.contains(['/', '?', '#']))
        {
            return Err(Remark::new("`smtp` has more than a user, a host and a port")
                .with_hint("write special characters in a user as %2F and so on; TLS has its own key, `tls`"));
        }
        let (host, given) = url::host_and_port(address)?;
        Ok(Self {
            scheme,
            user: user
                .map(url::decode)
                .transpose()?
                .filter(|user| !user.is_empty()),
            host: host.ok_or_else(|| Remark::new("`smtp` names no host").with_hint(WAYS))?,
            port: given.unwrap_or(port),
        })
    }
}
