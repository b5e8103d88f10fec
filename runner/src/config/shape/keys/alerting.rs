//! The keys of `[email]` and `[[route]]`.

use super::super::{Key, Table, Takes};
use super::target::SECRET;

/// Why none of this has an effect yet.
pub(super) const NO_ALERTS: &str =
    "nobody is told yet; `checkrun run` shows what it finds and exits with it";

/// `[email]`
pub(super) static EMAIL: Table = Table {
    name: "[email]",
    about: "How mail is sent.",
    keys: &[
        Key::required(
            "smtp",
            Takes::Text,
            "\"smtps://alerts@mail.example:465\"",
            "smtps://, smtp:// with STARTTLS, `sendmail:` or `file:./outbox`.",
        ),
        Key::optional(
            "password",
            Takes::Table(&SECRET),
            "{ file = \"/run/secrets/smtp\" }",
            "Where the password is found.",
        ),
        Key::required(
            "from",
            Takes::Text,
            "\"checkrun <alerts@example.org>\"",
            "The sender.",
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
            Takes::OneOf(&["warning", "unknown", "critical"]),
            "\"critical\"",
            "At least so bad.",
        ),
        Key::optional(
            "labels",
            Takes::TextMap,
            "{ team = \"shop\" }",
            "Targets with all of these labels.",
        ),
    ],
};
