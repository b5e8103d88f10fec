//! The keys of `[email]` and `[[route]]`.

use super::super::{Key, Table, Takes};
use super::target::SECRET;

/// Why routes have no effect yet.
pub(super) const NO_ALERTS: &str =
    "nobody is told by itself yet; `checkrun alerts test` sends a mail by hand";

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
    about: "Who is told about what.",
    keys: &[
        Key::optional(
            "match",
            Takes::Table(&MATCH),
            "{ severity = \"critical\" }",
            "What it is for; everything when absent.",
        ),
        Key::required(
            "to",
            Takes::TextList,
            "[\"oncall@example.org\"]",
            "Who is told.",
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
    ],
};
