//! `[[target]]`: one database to look at.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::time::Duration;

use toml::Spanned;

use super::secret::SecretReference;
use super::{Context, address, secret};
use crate::config::collector::Remark;
use crate::config::pattern::Pattern;
use crate::config::shape::fields::Fields;
use crate::config::source::Span;
use crate::model::engine::Engine;
use crate::model::pack::CheckInfo;
use crate::model::self_watch::RUNNER_TARGET;
use crate::model::target::{Address, Protocol, Target};

const EVERY_ENGINE: [Engine; 5] = [
    Engine::Postgresql,
    Engine::Mysql,
    Engine::Mariadb,
    Engine::Sqlite,
    Engine::Pgbouncer,
];

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_ATTEMPTS: u32 = 2;
const MAX_PARALLEL: u32 = 2;

/// Longest name of a target, characters.
const NAME_CHARS_MAX: usize = 100;

/// A target as configured: everything but the password, which is found when it is needed.
#[derive(Clone, Debug)]
pub struct TargetEntry {
    target: Target,
    password: Option<SecretReference>,
    unread: Unread,
}

/// What could not be read of a target. Nothing, once the configuration is without problems; until
/// then the others are looked at as if this could be anything.
#[derive(Clone, Copy, Debug, Default)]
struct Unread {
    name: bool,
    labels: bool,
    address: bool,
}

impl TargetEntry {
    /// Its unique name; whatever is written there, until the configuration is without problems.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.target.name
    }

    /// Its labels, ordered by key.
    #[must_use]
    pub fn labels(&self) -> &BTreeMap<String, String> {
        &self.target.labels
    }

    /// The engine as the URL says it; none where the URL is not known yet.
    #[must_use]
    pub fn engine_word(&self) -> Option<&'static str> {
        (!self.unread.address).then(|| self.target.address.engine_word())
    }

    /// The engines that it may be: of a `mysql://` or `mariadb://` URL only the server knows which.
    #[must_use]
    pub fn engines(&self) -> &'static [Engine] {
        match &self.target.address {
            _ if self.unread.address => &EVERY_ENGINE,
            Address::File(_) => &[Engine::Sqlite],
            Address::Server(server) => match server.protocol {
                Protocol::Postgresql => &[Engine::Postgresql],
                Protocol::Mysql => &[Engine::Mysql, Engine::Mariadb],
                Protocol::Pgbouncer => &[Engine::Pgbouncer],
            },
        }
    }

    /// Whether a check may work on it, by the engines that the URL leaves possible.
    #[must_use]
    pub fn suits(&self, check: &CheckInfo) -> bool {
        check.engines.is_empty()
            || check
                .engines
                .iter()
                .any(|needed| self.engines().contains(&needed.engine))
    }

    /// The target without its password.
    #[must_use]
    pub fn without_password(&self) -> &Target {
        &self.target
    }

    /// Where its password is found, in words that are no secret, such as `env ORDERS_PASSWORD`; none
    /// when it has no password.
    #[must_use]
    pub fn password_source(&self) -> Option<String> {
        self.password.as_ref().map(SecretReference::place_in_words)
    }

    /// Whether all of it could be read.
    pub(in crate::config) fn is_whole(&self) -> bool {
        !(self.unread.name || self.unread.labels || self.unread.address)
    }

    /// Whether the pattern selects it.
    pub(in crate::config) fn fits(&self, pattern: &Pattern) -> bool {
        pattern.fits(self.name(), self.labels())
    }

    /// Whether the pattern may select it once it can be read.
    pub(in crate::config) fn may_fit(&self, pattern: &Pattern) -> bool {
        match pattern {
            Pattern::Name(_) | Pattern::Glob(_) => self.unread.name,
            Pattern::Label { .. } => self.unread.labels,
        }
    }

    /// Where its password is found.
    pub(in crate::config) fn password(&self) -> Option<&SecretReference> {
        self.password.as_ref()
    }

    /// The complete target.
    pub(in crate::config) fn with_password(
        &self,
        password: Option<crate::model::secret::Secret>,
    ) -> Target {
        let mut target = self.target.clone();
        if let Address::Server(server) = &mut target.address {
            server.password = password;
        }
        target
    }
}

/// Reads every target; names must be unique.
pub(in crate::config) fn decode_all(
    tables: &[Fields<'_>],
    context: &mut Context<'_, '_>,
) -> Vec<TargetEntry> {
    let mut seen: HashMap<String, Span> = HashMap::new();
    let mut targets = Vec::new();
    for table in tables {
        let name = table.text("name");
        if let Some(name) = &name {
            if let Some(first) = seen.get(*name.get_ref()) {
                let line = context.source.line(first);
                let message = format!("two targets are called `{}`", name.get_ref());
                let remark = Remark::new(message).with_hint(format!(
                    "the first one is on line {line}; rename one of them"
                ));
                context.problems.error(&name.span(), remark);
            } else {
                seen.insert((*name.get_ref()).to_owned(), name.span());
            }
        }
        targets.push(decode(*table, name, context));
    }
    targets
}

fn decode(
    fields: Fields<'_>,
    name: Option<Spanned<&str>>,
    context: &mut Context<'_, '_>,
) -> TargetEntry {
    let is_named = name.as_ref().is_some_and(|name| is_name(name, context));
    let labels = labels(fields, context);
    let password = fields
        .table("password")
        .and_then(|table| secret::decode(table, context));
    let address = address::decode(fields, context);
    let unread = Unread {
        name: !is_named,
        labels: hides_labels(fields),
        address: address.is_none(),
    };
    TargetEntry {
        target: Target {
            name: name.map_or_else(String::new, |name| (*name.get_ref()).to_owned()),
            address: address.unwrap_or_else(|| Address::File(PathBuf::new())),
            labels,
            allow_privileged: fields.boolean("allow_privileged").unwrap_or(false),
            connect_timeout: fields
                .duration("connect_timeout")
                .unwrap_or(CONNECT_TIMEOUT),
            connect_attempts: fields.count("connect_attempts").unwrap_or(CONNECT_ATTEMPTS),
            max_parallel: fields.count("max_parallel").unwrap_or(MAX_PARALLEL),
        },
        password,
        unread,
    }
}

/// Whether it may be a name; why not is noted.
fn is_name(name: &Spanned<&str>, context: &mut Context<'_, '_>) -> bool {
    let text = *name.get_ref();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let problem = if text.is_empty() {
        return false;
    } else if text == RUNNER_TARGET {
        let remark = Remark::new(format!(
            "`{RUNNER_TARGET}` is the target that the runner is to itself: it watches whether checks run and people are told"
        ));
        let hint = "give this one another `name`, such as `checkrun-db`";
        context.problems.error(&name.span(), remark.with_hint(hint));
        return false;
    } else if !text.chars().all(plain) {
        "a target's name has only ASCII letters, digits, `.`, `_` and `-`".to_owned()
    } else if text.len() > NAME_CHARS_MAX {
        format!("a target's name has at most {NAME_CHARS_MAX} characters")
    } else {
        return true;
    };
    let remark = Remark::new(problem).with_hint("put anything else into `labels`");
    context.problems.error(&name.span(), remark);
    false
}

fn labels(fields: Fields<'_>, context: &mut Context<'_, '_>) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    for (key, value) in fields.table("labels").into_iter().flat_map(Fields::entries) {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
        if key.get_ref().is_empty() || !key.get_ref().chars().all(plain) {
            let remark =
                Remark::new("a label's key has only ASCII letters, digits, `.`, `_`, `-` and `/`")
                    .with_hint("labels are selected as `key=value`; the value may be any text");
            context.problems.error(&key.span(), remark);
        }
        if let Some(text) = value.get_ref().as_str() {
            labels.insert((*key.get_ref()).to_owned(), text.to_owned());
        }
    }
    labels
}

/// Whether there are labels that could not be read.
fn hides_labels(fields: Fields<'_>) -> bool {
    match fields.table("labels") {
        Some(labels) => labels
            .entries()
            .any(|(_, value)| value.get_ref().as_str().is_none()),
        None => fields.attempts("labels"),
    }
}
