//! Which parts of a configuration file must never be shown: secrets that somebody wrote into it.
//!
//! The configuration takes secrets by reference only, but people make mistakes, and a message about
//! the mistake must not publish it. This looks at the bare text, because the text may not even be
//! TOML: values of keys that look like `password` or `webhook`, credentials in URLs, and comments. It hides
//! rather too much than too little.

use super::source::Span;

/// Keys that may be shown beside a secret: those of its reference, and those of a webhook.
const OPEN_KEYS: [&str; 9] = [
    "env",
    "file",
    "credential",
    "url",
    "headers",
    "format",
    "timeout",
    "tls",
    "ca",
];

/// Edits by which a key may differ from `password` and still be taken for it.
const PASSWORD_EDITS_MAX: usize = 3;

/// Longest value of `timeout` that may be shown, bytes.
const TIMEOUT_BYTES_MAX: usize = 8;

/// Edits by which a key may differ from `webhook` and still be taken for it: its address is a secret.
const WEBHOOK_EDITS_MAX: usize = 2;

/// The parts of `text` to hide, in order and without overlap.
pub(super) fn concealed_ranges(text: &str) -> Vec<Span> {
    let mut scan = Scan {
        text,
        at: 0,
        path: Vec::new(),
        header_is_secret: false,
        secret_depth: None,
        depth: 0,
        hidden: Vec::new(),
    };
    while scan.at < text.len() {
        scan.step();
    }
    hide_urls(text, &mut scan.hidden);
    merge(scan.hidden)
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
    /// The words and strings since the last separator: possibly a dotted key.
    path: Vec<Span>,
    /// In a table like `[target.password]`.
    header_is_secret: bool,
    /// In an inline table that is the value of a secret key; the brace depth outside of it.
    secret_depth: Option<usize>,
    depth: usize,
    hidden: Vec<Span>,
}

impl Scan<'_> {
    fn step(&mut self) {
        let rest = &self.text[self.at..];
        let Some(char) = rest.chars().next() else {
            return;
        };
        match char {
            '#' => {
                let end = self.at + line_length(rest);
                self.hidden.push(self.at + 1..end);
                self.at = end;
            }
            '"' | '\'' => {
                let end = self.at + string_length(rest);
                self.word(self.at..end);
            }
            '=' => {
                self.at += 1;
                self.value();
            }
            '{' => self.bracket(self.depth + 1),
            '}' => {
                self.bracket(self.depth.saturating_sub(1));
                if self
                    .secret_depth
                    .is_some_and(|outside| self.depth <= outside)
                {
                    self.secret_depth = None;
                }
            }
            '\n' => {
                self.end_of_line();
                self.at += 1;
            }
            ',' => {
                self.path.clear();
                self.at += 1;
            }
            _ if is_word(char) => {
                let end = self.at + rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                self.word(self.at..end);
            }
            _ => self.at += char.len_utf8(),
        }
    }

    fn bracket(&mut self, depth: usize) {
        self.depth = depth;
        self.path.clear();
        self.at += 1;
    }

    fn word(&mut self, span: Span) {
        let name = self.text[span.clone()].trim_matches(['"', '\'']);
        if self.secret_depth.is_some() && !OPEN_KEYS.contains(&name) {
            self.hidden.push(span.clone());
        }
        self.at = span.end;
        self.path.push(span);
    }

    fn end_of_line(&mut self) {
        let line_start = self.text[..self.at].rfind('\n').map_or(0, |at| at + 1);
        if self.text[line_start..self.at].trim_start().starts_with('[') && self.depth == 0 {
            let secret = self.names().any(is_secret);
            self.header_is_secret = secret;
        }
        self.path.clear();
    }

    fn names(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.path
            .iter()
            .map(|span| self.text[span.clone()].trim_matches(['"', '\'']))
    }

    /// Just behind a `=`.
    fn value(&mut self) {
        let secret =
            self.header_is_secret || self.secret_depth.is_some() || self.names().any(is_secret);
        let key = self.names().next_back().unwrap_or_default().to_owned();
        let by_header = self.header_is_secret || self.secret_depth.is_some() || self.path.len() > 1;
        self.path.clear();
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let rest = &self.text[self.at..];
        if !secret {
            return;
        }
        let length = match rest.chars().next() {
            Some('{') => {
                self.secret_depth.get_or_insert(self.depth);
                return;
            }
            Some('"' | '\'') => string_length(rest),
            Some('[') => rest.find(']').map_or(rest.len(), |at| at + 1),
            _ => line_length(rest),
        };
        let literal = &rest[..length];
        if !(by_header && is_plausible_reference(&key, literal)) {
            self.hidden.push(self.at..self.at + length);
        }
        self.at += length;
    }
}

fn is_word(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '_' | '-')
}

fn is_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    ["pass", "pwd", "secret", "token", "hook", "heart"]
        .iter()
        .any(|part| key.contains(part))
        || strsim::osa_distance(&key, "password") <= PASSWORD_EDITS_MAX
        || strsim::osa_distance(&key, "webhook") <= WEBHOOK_EDITS_MAX
}

/// Whether a value may be shown because it is where a secret is found, and not the secret itself.
fn is_plausible_reference(key: &str, literal: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let Some(text) = ['"', '\'']
        .iter()
        .find_map(|&quote| literal.strip_prefix(quote)?.strip_suffix(quote))
    else {
        return false;
    };
    match key {
        "format" => matches!(text, "json" | "slack"),
        "tls" => matches!(text, "required" | "off"),
        "env" | "credential" => text.chars().all(is_name),
        "timeout" | "every" => text.len() <= TIMEOUT_BYTES_MAX && text.chars().all(is_name),
        "file" | "ca" => text.contains(['/', '.']) && text.chars().all(|c| is_name(c) || c == '/'),
        _ => false,
    }
}

fn line_length(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

/// The length of the string that `rest` begins with, quotes included. One that is not closed ends
/// with its line or, with three quotes, with the text.
fn string_length(rest: &str) -> usize {
    let quote = &rest[..1];
    let triple = quote.repeat(3);
    let is_triple = rest.starts_with(&triple);
    let delimiter = if is_triple { &triple } else { quote };
    let mut at = delimiter.len();
    while let Some(char) = rest[at..].chars().next() {
        if rest[at..].starts_with(delimiter) {
            return at + delimiter.len();
        }
        if char == '\n' && !is_triple {
            break;
        }
        at += char.len_utf8();
        if char == '\\' && quote == "\"" {
            let escaped = rest[at..].chars().next().filter(|&c| c != '\n');
            at += escaped.map_or(0, char::len_utf8);
        }
    }
    at
}

/// Hides what may be a password in `scheme://user:password@host` and in `…password=…`, and what follows
/// the host of a web address.
fn hide_urls(text: &str, hidden: &mut Vec<Span>) {
    let mut line_start = 0;
    for line in text.split_inclusive('\n') {
        let ranges = url_ranges(line)
            .into_iter()
            .chain(option_ranges(line))
            .chain(web_ranges(line));
        hidden.extend(ranges.map(|range| line_start + range.start..line_start + range.end));
        line_start += line.len();
    }
}

/// What is already hidden is not looked at again, or a hostile line would cost its length squared.
fn url_ranges(line: &str) -> Vec<Span> {
    let last_at = line.rfind('@');
    let mut ranges = Vec::new();
    let mut hidden_until = 0;
    for (at, _) in line.match_indices("://") {
        let from = at + 3;
        if from < hidden_until {
            continue;
        }
        // A quote or a slash may be part of the password, so it ends at the last `@` of the line.
        let at_sign = last_at.filter(|&at_sign| at_sign >= from);
        if let Some(at_sign) = at_sign
            && let Some(length) = line[from..at_sign].find(':')
        {
            ranges.push(from + length + 1..at_sign);
        }
        ranges.extend(no_port(line, at_sign.map_or(from, |at_sign| at_sign + 1)));
        hidden_until = ranges.last().map_or(0, |range: &Span| range.end);
    }
    ranges
}

/// What follows the host of a web address: of many, it is all that one needs to write there.
fn web_ranges(line: &str) -> Vec<Span> {
    let folded = line.to_ascii_lowercase();
    let mut ranges: Vec<Span> = Vec::new();
    for scheme in ["http:/", "https:/"] {
        let mut hidden_until = 0;
        for (at, _) in folded.match_indices(scheme) {
            let from = at + scheme.len();
            let authority = line[from..].trim_start_matches('/');
            let host = line.len() - authority.len();
            if host < hidden_until {
                continue;
            }
            let Some(length) = authority.find(['/', '?', '#', '\\', ' ']) else {
                continue;
            };
            let end = authority
                .find(['"', '\'', '\n', '\r'])
                .unwrap_or(authority.len());
            if length < end {
                ranges.push(host + length..host + end);
                hidden_until = host + end;
            }
        }
    }
    ranges
}

/// What stands where a port should, behind the host that begins at `host`: it may be a password.
fn no_port(line: &str, host: usize) -> Option<Span> {
    if line[host..].starts_with('[') {
        return None;
    }
    // Every search ends at the next colon or quote, and only a find looks at the rest of the line.
    let quotes = ['"', '\'', '\n', '\r'];
    let host_end = host + line[host..].find([':', '"', '\'', '\n', '\r'])?;
    let port = line[host_end..].strip_prefix(':').map(|_| host_end + 1)?;
    let after_digits = line[port..].trim_start_matches(|c: char| c.is_ascii_digit());
    let is_port = after_digits.is_empty()
        || after_digits.starts_with(['/', '?', '#'])
        || after_digits.starts_with(quotes);
    if is_port {
        return None;
    }
    let end = line[port..].find(quotes);
    Some(port..end.map_or(line.len(), |length| port + length))
}

/// The values of options that look like a password, as in connection strings and URLs.
fn option_ranges(line: &str) -> Vec<Span> {
    let folded = line.to_ascii_lowercase();
    let mut ranges = Vec::new();
    for name in ["password=", "passwd=", "pass=", "pwd="] {
        let mut hidden_until = 0;
        for (at, _) in folded.match_indices(name) {
            let from = at + name.len();
            if from < hidden_until {
                continue;
            }
            let length = line[from..].find(['&', ' ', '"', '\n']);
            hidden_until = length.map_or(line.len(), |length| from + length);
            ranges.push(from..hidden_until);
        }
    }
    ranges
}

fn merge(mut ranges: Vec<Span>) -> Vec<Span> {
    ranges.retain(|range| !range.is_empty());
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Span> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests;
