//! `[email]` and `[[route]]`: understood, so that a configuration can be written ahead, but this
//! version tells nobody yet.

use toml::Spanned;

use super::{Context, secret};
use crate::config::collector::Remark;
use crate::config::shape::fields::Fields;

/// The ways to send mail.
const SMTP_SCHEMES: [&str; 4] = ["smtps://", "smtp://", "sendmail:", "file:"];

/// Looks at the values of both tables.
pub(in crate::config) fn check(
    email: Option<Fields<'_>>,
    routes: &[Fields<'_>],
    context: &mut Context<'_, '_>,
) {
    if let Some(fields) = email {
        if let Some(table) = fields.table("password") {
            secret::decode(table, context);
        }
        if let Some(smtp) = fields.text("smtp") {
            check_smtp(&smtp, context);
        }
        if let Some(from) = fields.text("from") {
            check_address(&from, context);
        }
    }
    for route in routes {
        for to in route.texts("to") {
            check_address(&to, context);
        }
    }
}

fn check_smtp(smtp: &Spanned<&str>, context: &mut Context<'_, '_>) {
    let text = *smtp.get_ref();
    let user = text
        .split_once("://")
        .and_then(|(_, rest)| rest.rsplit_once('@'));
    let remark = if user.is_some_and(|(user, _)| user.contains(':')) {
        Remark::new("`smtp` contains a password, where everybody who reads the file sees it")
            .with_hint("take it out and write `password = { env = \"NAME\" }` below")
    } else if !text.is_empty() && !SMTP_SCHEMES.iter().any(|scheme| text.starts_with(scheme)) {
        Remark::new("`smtp` does not say how to send mail").with_hint(
            "write `smtps://user@host:465`, `smtp://host:587`, `sendmail:` or `file:./outbox`",
        )
    } else {
        return;
    };
    context.problems.error(&smtp.span(), remark);
}

fn check_address(address: &Spanned<&str>, context: &mut Context<'_, '_>) {
    let text = *address.get_ref();
    let plain = match text.rsplit_once('<') {
        Some((_, rest)) => rest.strip_suffix('>').unwrap_or_default(),
        None => text,
    };
    let is_address = plain
        .rsplit_once('@')
        .is_some_and(|(user, host)| !user.is_empty() && !host.is_empty());
    let is_plain = !plain.contains(' ') && !text.chars().any(char::is_control);
    if text.is_empty() || (is_address && is_plain) {
        return;
    }
    let remark = Remark::new("this is not a mail address")
        .with_hint("write `name@example.org` or `Name <name@example.org>`");
    context.problems.error(&address.span(), remark);
}
