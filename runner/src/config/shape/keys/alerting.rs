//! The keys of `[email]`, `[[route]]` and `[heartbeat]`.

use super::super::{Key, Table, Takes};
use super::DAY;
use super::target::SECRET;

const MINUTE: u64 = 60;

/// `[email]`
pub(super) static EMAIL: Table = Table {
    name: "[email]",
    about: "How mail is sent.",
    keys: &[
        Key::required(
            "smtp",
            Takes::Text,
            "\"smtps://alerts@mail.example:465\"",
            "Where mail is handed over: smtps://, smtp:// with STARTTLS, `sendmail:` or `file:./outbox`.",
        ),
        Key::optional(
            "password",
            Takes::Table(&SECRET),
            "{ file = \"/run/secrets/smtp\" }",
            "Where the password of the user in `smtp` is found.",
        ),
        Key::required(
            "from",
            Takes::Text,
            "\"checkrun <alerts@example.org>\"",
            "The sender of every mail.",
        ),
        Key::optional(
            "prefix",
            Takes::Text,
            "\"[checkrun]\"",
            "What every subject begins with. Default: nothing.",
        ),
        Key::optional(
            "templates",
            Takes::Text,
            "\"templates\"",
            "A folder with templates in place of the built-in ones; see docs/templates.md.",
        ),
        Key::optional(
            "tls",
            Takes::OneOf(&["required", "off"]),
            "\"required\"",
            "Whether the connection must be secret. Default: required, but off for smtp:// on this machine.",
        ),
        Key::optional(
            "ca",
            Takes::Text,
            "\"/etc/ssl/mail-ca.pem\"",
            "PEM file with the authorities to trust instead of the system's.",
        ),
        Key::optional(
            "timeout",
            Takes::Duration {
                max_seconds: 5 * MINUTE,
            },
            "\"30s\"",
            "How long connecting, TLS, greeting and login may take, each. Default: 30s.",
        ),
    ],
};

/// `[[route]]`
pub(super) static ROUTE: Table = Table {
    name: "[[route]]",
    about: "Who is told about what, by one of `to`, `webhook`, `exec` and `on_incident`.",
    keys: &[
        Key::optional(
            "name",
            Takes::Text,
            "\"shop-oncall\"",
            "By which the history knows it. Default: what its destination is called.",
        ),
        Key::optional(
            "match",
            Takes::Table(&MATCH),
            "{ severity = \"critical\" }",
            "What it is for; everything when absent.",
        ),
        Key::optional(
            "fallback",
            Takes::Boolean,
            "true",
            "Only for what other routes could not deliver for 10 minutes. Default: false.",
        ),
        Key::optional(
            "to",
            Takes::TextList,
            "[\"oncall@example.org\"]",
            "Who is told by mail.",
        ),
        Key::optional(
            "webhook",
            Takes::Table(&WEBHOOK),
            "{ url = { env = \"CHAT_URL\" }, format = \"slack\" }",
            "The web server that is told.",
        ),
        Key::optional(
            "exec",
            Takes::TextList,
            "[\"/usr/local/bin/page\", \"--team\", \"shop\"]",
            "The program that is told: every message as JSON on its standard input.",
        ),
        Key::optional(
            "on_incident",
            Takes::TextList,
            "[\"/usr/local/bin/restart-pooler\"]",
            "The program that is run once for each incident that opens.",
        ),
    ],
};

static MATCH: Table = Table {
    name: "match",
    about: "What a route is for.",
    keys: &[
        Key::optional(
            "severity",
            Takes::OneOf(&["warning", "critical"]),
            "\"critical\"",
            "At least so bad. Default: warning.",
        ),
        Key::optional(
            "labels",
            Takes::TextMap,
            "{ team = \"shop\" }",
            "Targets with all of these labels; a value may be a glob.",
        ),
        Key::optional(
            "checks",
            Takes::TextList,
            "[\"core/*\"]",
            "Jobs whose name fits one of these; globs.",
        ),
        Key::optional(
            "targets",
            Takes::TextList,
            "[\"orders\", \"eu-*\"]",
            "Targets whose name fits one of these; globs.",
        ),
    ],
};

static WEBHOOK: Table = Table {
    name: "webhook",
    about: "A web server that takes messages.",
    keys: &[
        Key::required(
            "url",
            Takes::TextOrTable(&REFERENCE),
            "{ env = \"CHAT_URL\" }",
            "Its address, or where that is found. Path and query are never shown.",
        ),
        Key::optional(
            "format",
            Takes::OneOf(&["json", "slack"]),
            "\"slack\"",
            "All facts as JSON, or a short text as Slack and others take it. Default: json.",
        ),
        Key::optional(
            "headers",
            Takes::TextOrTableMap(&REFERENCE),
            "{ Authorization = { env = \"CHAT_TOKEN\" } }",
            "Further headers; each value as it is, or where it is found.",
        ),
        Key::optional(
            "timeout",
            Takes::Duration {
                max_seconds: MINUTE,
            },
            "\"10s\"",
            "How long one attempt may take in all. Default: 10s.",
        ),
        Key::optional(
            "tls",
            Takes::OneOf(&["required", "off"]),
            "\"required\"",
            "Whether the connection must be secret. Default: required, but off for http:// to this machine.",
        ),
        Key::optional(
            "ca",
            Takes::Text,
            "\"/etc/ssl/hooks-ca.pem\"",
            "PEM file with the authorities to trust instead of the system's.",
        ),
    ],
};

/// `[heartbeat]`
pub(super) static HEARTBEAT: Table = Table {
    name: "[heartbeat]",
    about: "Who outside is told that `checkrun schedule` is alive, and raises the alarm when it is not.",
    keys: &[
        Key::required(
            "url",
            Takes::TextOrTable(&REFERENCE),
            "{ env = \"HEARTBEAT_URL\" }",
            "The address to ask for, or where that is found. Path and query are never shown.",
        ),
        Key::optional(
            "every",
            Takes::Duration { max_seconds: DAY },
            "\"1m\"",
            "How often, at least 1s. Default: 1m.",
        ),
        Key::optional(
            "fail",
            Takes::Boolean,
            "true",
            "Ask for the same address with `/fail` while something is wrong, instead of nothing. Default: false.",
        ),
        Key::optional(
            "timeout",
            Takes::Duration {
                max_seconds: MINUTE,
            },
            "\"10s\"",
            "How long one attempt may take in all. Default: 10s.",
        ),
        Key::optional(
            "tls",
            Takes::OneOf(&["required", "off"]),
            "\"required\"",
            "Whether the connection must be secret. Default: required, but off for http:// to this machine.",
        ),
        Key::optional(
            "ca",
            Takes::Text,
            "\"/etc/ssl/hooks-ca.pem\"",
            "PEM file with the authorities to trust instead of the system's.",
        ),
    ],
};

/// As the one of a password, under another name.
static REFERENCE: Table = Table {
    name: "the reference",
    about: "Where a secret is found; exactly one of the three.",
    keys: SECRET.keys,
};
