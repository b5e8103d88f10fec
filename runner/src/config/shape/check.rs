//! The second pass: is every key known, there where it must be, and of the right type?

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::fields::integer;
use super::keys::ROOT;
use super::{Effect, Key, Presence, Table, Takes};
use crate::config::collector::{Collector, Remark};
use crate::config::source::Span;
use crate::config::suggest;
use crate::model::unit::parse_duration;

/// Holds the whole tree against the declaration and notes every difference.
pub(in crate::config) fn check(tree: &DeTable<'_>, problems: &mut Collector<'_>) {
    let mut pass = Pass {
        problems,
        without_effect: Vec::new(),
    };
    pass.table(tree, &(0..0), &ROOT);
}

/// Longest unknown key that is repeated, characters.
const KEY_CHARS_MAX: usize = 40;

/// Tables beside whose keys a secret may stand by mistake.
const HOLDS_A_SECRET: [&str; 3] = ["password", "the reference", "webhook"];

struct Pass<'p, 's> {
    problems: &'p mut Collector<'s>,
    /// Keys that were warned about: one warning each, not one for every use.
    without_effect: Vec<&'static Key>,
}

impl Pass<'_, '_> {
    fn table(&mut self, table: &DeTable<'_>, at: &Span, declared: &'static Table) {
        for (name, value) in table {
            match declared.key(name.get_ref()) {
                Some(key) => self.known(name, value, key),
                None => self
                    .problems
                    .error(&name.span(), unknown_key(name.get_ref(), declared)),
            }
        }
        for key in declared.keys {
            if key.presence == Presence::Required && !table.contains_key(key.name) {
                let message = format!("`{}` is missing in {}", key.name, declared.name);
                let remark = Remark::new(message)
                    .with_hint(format!("add for example `{} = {}`", key.name, key.example));
                self.problems.error(at, remark);
            }
        }
    }

    fn known(
        &mut self,
        name: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
        key: &'static Key,
    ) {
        self.value(value, key);
        if let Effect::Later(missing) = key.effect
            && !self
                .without_effect
                .iter()
                .any(|seen| std::ptr::eq(*seen, key))
        {
            self.without_effect.push(key);
            let remark = Remark::new(format!("`{}` has no effect in this version", key.name));
            self.problems
                .warning(&name.span(), remark.with_hint(missing));
        }
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, key: &'static Key) {
        let at = value.span();
        let fits = match (&key.takes, value.get_ref()) {
            (Takes::Text | Takes::TextOrTable(_), DeValue::String(text)) => {
                self.text(text, &at, key);
                true
            }
            (Takes::OneOf(words), DeValue::String(text)) => {
                self.one_of(text, &at, key, words);
                true
            }
            (Takes::Duration { .. } | Takes::Age, DeValue::String(text)) => {
                self.duration(text, &at, key);
                true
            }
            (Takes::Boolean, DeValue::Boolean(_)) => true,
            (Takes::Count { min, max }, DeValue::Integer(number)) => {
                if !integer(number).is_some_and(|number| (*min..=*max).contains(&number)) {
                    let message = format!("`{}` must be from {min} to {max}", key.name);
                    self.problems.error(&at, Remark::new(message));
                }
                true
            }
            (Takes::TextList, DeValue::Array(list)) => {
                self.text_list(list, &at, key);
                true
            }
            (Takes::TextMap, DeValue::Table(table)) => {
                self.text_map(table, key);
                true
            }
            (Takes::Parameters, DeValue::Table(_)) => true,
            (Takes::Table(declared) | Takes::TextOrTable(declared), DeValue::Table(table)) => {
                self.table(table, &at, declared);
                true
            }
            (Takes::TextOrTableMap(declared), DeValue::Table(table)) => {
                self.text_or_table_map(table, key, declared);
                true
            }
            (Takes::TableList(declared), DeValue::Array(list)) => self.tables(list, declared),
            (Takes::TableMap(declared), DeValue::Table(table)) => {
                self.table_map(table, key, declared);
                true
            }
            _ => false,
        };
        if !fits {
            self.problems
                .error(&at, wrong_type(key, value.get_ref().type_str()));
        }
    }

    fn text(&mut self, text: &str, at: &Span, key: &Key) {
        if text.trim().is_empty() {
            let remark = Remark::new(format!("`{}` is empty", key.name));
            let hint = format!("write for example `{} = {}`", key.name, key.example);
            self.problems.error(at, remark.with_hint(hint));
        } else if text.contains('\0') {
            let message = format!("`{}` contains a NUL character", key.name);
            self.problems.error(at, Remark::new(message));
        }
    }

    fn one_of(&mut self, text: &str, at: &Span, key: &Key, words: &'static [&'static str]) {
        if !words.contains(&text) {
            let message = format!("`{}` must be {}", key.name, suggest::list(words, "or"));
            let mut remark = Remark::new(message);
            let refused = key.refused.iter().find(|(word, _)| *word == text);
            remark.hint = match refused {
                Some((_, instead)) => Some((*instead).to_owned()),
                None => suggest::nearest(text, words.iter().copied())
                    .map(|near| format!("did you mean `{near}`?")),
            };
            self.problems.error(at, remark);
        }
    }

    fn duration(&mut self, text: &str, at: &Span, key: &Key) {
        let (max_seconds, forever) = match key.takes {
            Takes::Duration { max_seconds } => (Some(max_seconds), false),
            _ => (None, true),
        };
        if forever && text == "forever" {
            return;
        }
        // Years are for ages only; durations of months or years are never exact.
        let years = text.strip_suffix('y').filter(|_| forever);
        let parsed = match years {
            Some(years) => parse_duration(&format!("{years}d")),
            None => parse_duration(text),
        };
        let remark = match parsed {
            Err(why) => Remark::new(format!("`{}`: {why}", key.name)).with_hint(format!(
                "write for example `{} = {}`",
                key.name, key.example
            )),
            Ok(duration) if duration.is_zero() => {
                Remark::new(format!("`{}` must be longer than nothing", key.name))
            }
            Ok(duration) if max_seconds.is_some_and(|max| duration.as_secs_f64() > max as f64) => {
                let max = max_seconds.unwrap_or_default();
                Remark::new(format!("`{}` may be at most {}", key.name, in_words(max)))
            }
            Ok(_) => return,
        };
        self.problems.error(at, remark);
    }

    fn text_list(&mut self, list: &DeArray<'_>, at: &Span, key: &Key) {
        if list.is_empty() {
            let remark = Remark::new(format!("`{}` is an empty list", key.name));
            let hint = format!("write for example `{} = {}`", key.name, key.example);
            self.problems.error(at, remark.with_hint(hint));
        }
        for item in list.iter() {
            match item.get_ref() {
                DeValue::String(text) => self.text(text, &item.span(), key),
                other => self
                    .problems
                    .error(&item.span(), wrong_type(key, other.type_str())),
            }
        }
    }

    fn text_map(&mut self, table: &DeTable<'_>, key: &Key) {
        for (_, value) in table {
            if value.get_ref().as_str().is_none() {
                self.problems
                    .error(&value.span(), wrong_type(key, value.get_ref().type_str()));
            }
        }
    }

    fn tables(&mut self, list: &DeArray<'_>, declared: &'static Table) -> bool {
        let all_tables = list.iter().all(|item| item.get_ref().is_table());
        for item in list.iter().filter(|_| all_tables) {
            if let Some(table) = item.get_ref().as_table() {
                self.table(table, &item.span(), declared);
            }
        }
        all_tables
    }

    fn table_map(&mut self, table: &DeTable<'_>, key: &'static Key, declared: &'static Table) {
        for (_, value) in table {
            match value.get_ref() {
                DeValue::Table(inner) => self.table(inner, &value.span(), declared),
                other => self
                    .problems
                    .error(&value.span(), wrong_type(key, other.type_str())),
            }
        }
    }

    fn text_or_table_map(
        &mut self,
        table: &DeTable<'_>,
        key: &'static Key,
        declared: &'static Table,
    ) {
        for (_, value) in table {
            match value.get_ref() {
                DeValue::String(_) => {}
                DeValue::Table(inner) => self.table(inner, &value.span(), declared),
                other => self
                    .problems
                    .error(&value.span(), wrong_type(key, other.type_str())),
            }
        }
    }
}

fn unknown_key(name: &str, declared: &Table) -> Remark {
    let names = declared.keys.iter().map(|key| key.name);
    let near = suggest::nearest(name, names.clone());
    // It may be a secret in the wrong place: next to a secret only what is nearly right is
    // repeated, elsewhere only what looks like a key.
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let looks_like_key = name.len() <= KEY_CHARS_MAX && name.chars().all(plain);
    let message = if near.is_some() || (looks_like_key && !HOLDS_A_SECRET.contains(&declared.name))
    {
        format!("unknown key `{name}` in {}", declared.name)
    } else {
        format!("unknown key in {}", declared.name)
    };
    let hint = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let all: Vec<&str> = names.collect();
            format!("{} takes {}", declared.name, suggest::list(&all, "and"))
        }
    };
    Remark::new(message).with_hint(hint)
}

/// The message shows the accepted form, so that nobody has to look it up.
fn wrong_type(key: &Key, found: &str) -> Remark {
    let accepted = match &key.takes {
        Takes::Text => "a text in quotes",
        Takes::OneOf(_) => "one of a few words in quotes",
        Takes::Duration { .. } => "a duration in quotes",
        Takes::Age => "a duration or `forever`, in quotes",
        Takes::Boolean => "`true` or `false`",
        Takes::Count { .. } => "a whole number",
        Takes::TextList => "a list of texts",
        Takes::TextMap => "a table of texts",
        Takes::Parameters | Takes::Table(_) => "a table",
        Takes::TextOrTable(_) => "a text in quotes or a table",
        Takes::TextOrTableMap(_) => "a table of texts or tables",
        Takes::TableMap(_) => "a table of tables",
        Takes::TableList(_) => {
            return Remark::new(format!(
                "`{}` takes a list of tables, not a {found}",
                key.name
            ))
            .with_hint(format!(
                "begin it with `[[{}]]`, with two brackets",
                key.name
            ));
        }
    };
    let hint = if key.example.is_empty() {
        format!("begin it with `[{}]`", key.name)
    } else {
        format!("write for example `{} = {}`", key.name, key.example)
    };
    Remark::new(format!(
        "`{}` takes {accepted}, not {}",
        key.name,
        suggest::with_article(found)
    ))
    .with_hint(hint)
}

fn in_words(seconds: u64) -> String {
    match seconds {
        s if s % 86_400 == 0 => format!("{}d", s / 86_400),
        s if s % 3600 == 0 => format!("{}h", s / 3600),
        s if s % 60 == 0 => format!("{}m", s / 60),
        s => format!("{s}s"),
    }
}
