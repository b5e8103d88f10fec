//! `[email]`: how mail is sent.

mod server;
mod templates;

use std::path::PathBuf;
use std::time::Duration;

use toml::Spanned;

use super::{Context, secret};
use crate::config::collector::{Collector, Remark};
use crate::config::environment::Environment;
use crate::config::problem::Problems;
use crate::config::shape::fields::Fields;
use crate::config::{Config, Problem};
use crate::model::mail::settings::Login;
use crate::model::mail::{MailServer, MailSettings, MailWay, Mailbox, Protection};
use crate::model::target::Host;
use secret::SecretReference;

/// The program that takes mail on most systems.
const SENDMAIL: &str = "/usr/sbin/sendmail";

/// How long each step before the mail itself may take when nothing is said.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Longest beginning of a subject, characters; the rest of it is what people need.
const PREFIX_CHARS_MAX: usize = 30;

/// `[email]`, without its secret.
#[derive(Clone, Debug)]
pub struct EmailEntry {
    from: Mailbox,
    way: Way,
    prefix: Option<String>,
    templates: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
enum Way {
    Smtp(Server),
    Sendmail(PathBuf),
    Folder(PathBuf),
}

#[derive(Clone, Debug)]
struct Server {
    host: String,
    port: u16,
    protection: Protection,
    login: Option<(String, SecretReference)>,
    ca: Option<PathBuf>,
    timeout: Duration,
}

/// Reads `[email]`.
pub(in crate::config) fn decode_email(
    fields: Option<Fields<'_>>,
    context: &mut Context<'_, '_>,
) -> Option<EmailEntry> {
    let fields = fields?;
    let from = fields.text("from").and_then(|from| mailbox(&from, context));
    let password = fields
        .table("password")
        .and_then(|table| secret::decode(table, context));
    let way = way(fields, password, context);
    let prefix = fields
        .text("prefix")
        .and_then(|text| prefix(&text, context));
    let templates = fields
        .text("templates")
        .map(|folder| templates::read(&folder, context));
    Some(EmailEntry {
        from: from?,
        way: way?,
        prefix,
        templates: templates.unwrap_or_default(),
    })
}

/// Part of a header, and of what people search for.
fn prefix(text: &Spanned<&str>, context: &mut Context<'_, '_>) -> Option<String> {
    let given = text.get_ref().trim();
    if given.chars().count() <= PREFIX_CHARS_MAX && !given.contains(char::is_control) {
        return Some(given.to_owned()).filter(|given| !given.is_empty());
    }
    let remark = Remark::new(format!(
        "`prefix` is one line of at most {PREFIX_CHARS_MAX} characters"
    ));
    context.problems.error(&text.span(), remark);
    None
}

fn way(
    fields: Fields<'_>,
    password: Option<SecretReference>,
    context: &mut Context<'_, '_>,
) -> Option<Way> {
    let smtp = fields.text("smtp")?;
    let text = *smtp.get_ref();
    if let Some(path) = text.strip_prefix("sendmail:") {
        refuse_server_keys(fields, context);
        let path = if path.is_empty() { SENDMAIL } else { path };
        if path.starts_with('/') {
            return Some(Way::Sendmail(PathBuf::from(path)));
        }
        let remark = Remark::new("the path of a program begins with `/`").with_hint(
            "write `sendmail:/usr/sbin/sendmail`; arguments are not taken, checkrun passes its own",
        );
        context.problems.error(&smtp.span(), remark);
        return None;
    }
    if let Some(path) = text.strip_prefix("file:") {
        refuse_server_keys(fields, context);
        if !path.is_empty() && !path.starts_with("//") && !path.starts_with("~/") {
            return Some(Way::Folder(context.source.resolve(path)));
        }
        let remark = Remark::new("`file:` names no folder")
            .with_hint("write `file:./outbox`, relative to this file, or `file:/folder/outbox`");
        context.problems.error(&smtp.span(), remark);
        return None;
    }
    server::decode(&smtp, fields, password, context).map(Way::Smtp)
}

/// Keys that say something about a connection that is not made.
fn refuse_server_keys(fields: Fields<'_>, context: &mut Context<'_, '_>) {
    for key in ["password", "tls", "ca", "timeout"] {
        if fields.has(key) {
            let remark = Remark::new(format!("`{key}` is for a mail server, and there is none"))
                .with_hint("leave it out, or write `smtp = \"smtps://user@host:465\"`");
            context.problems.error(&fields.key_span(key), remark);
        }
    }
}

/// An empty text has been reported already.
pub(super) fn mailbox(text: &Spanned<&str>, context: &mut Context<'_, '_>) -> Option<Mailbox> {
    match Mailbox::parse(text.get_ref()) {
        Ok(mailbox) => Some(mailbox),
        Err(_) if text.get_ref().is_empty() => None,
        Err(error) => {
            let remark = Remark::new(error.to_string()).with_hint(error.hint());
            context.problems.error(&text.span(), remark);
            None
        }
    }
}

impl Config {
    /// The mail server on another machine to which everything goes unprotected, if it does.
    #[must_use]
    pub fn unprotected_mail_server(&self) -> Option<&str> {
        let Way::Smtp(server) = &self.email.as_ref()?.way else {
            return None;
        };
        let host = Host::Tcp {
            name: server.host.clone(),
            port: server.port,
        };
        (server.protection == Protection::None && !host.is_local()).then_some(&server.host)
    }

    /// How mail is sent, with its secret, and what is doubtful about that.
    ///
    /// # Errors
    /// There is no `[email]`, or its secret is missing or cannot be read.
    pub fn resolve_email(
        &self,
        environment: &Environment,
    ) -> Result<(MailSettings, Problems), Problems> {
        let Some(entry) = &self.email else {
            let problem =
                Problem::of_file(self.file(), "there is no [email], so no way to send mail");
            return Err(problem
                .with_hint("write `[email]` with `smtp = \"smtps://user@host:465\"`, `password = { file = \"/path\" }` and `from = \"checkrun <name@host>\"`")
                .into());
        };
        let mut problems = Collector::new(&self.source);
        let settings = entry.complete(environment, &mut problems);
        let problems = problems.finish()?;
        match settings {
            Some(settings) => Ok((settings, problems)),
            None => Err(problems),
        }
    }
}

impl EmailEntry {
    /// With its secret; `None` after an error that was noted.
    pub(in crate::config) fn complete(
        &self,
        environment: &Environment,
        problems: &mut Collector<'_>,
    ) -> Option<MailSettings> {
        let way = match &self.way {
            Way::Sendmail(path) => MailWay::Sendmail(path.clone()),
            Way::Folder(path) => MailWay::Folder(path.clone()),
            Way::Smtp(server) => {
                let login = match &server.login {
                    Some((user, reference)) => Some(Login {
                        user: user.clone(),
                        password: reference.look_up(environment, problems)?,
                    }),
                    None => None,
                };
                MailWay::Smtp(MailServer {
                    host: server.host.clone(),
                    port: server.port,
                    protection: server.protection,
                    login,
                    ca: server.ca.clone(),
                    timeout: server.timeout,
                })
            }
        };
        Some(MailSettings {
            from: self.from.clone(),
            way,
            prefix: self.prefix.clone(),
            templates: self.templates.clone(),
        })
    }
}
