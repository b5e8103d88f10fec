//! The keys of `[alerts]` and `[[maintenance]]`.

use super::super::{Key, Table, Takes};
use super::{DAY, HOUR};

/// The most messages that may be allowed within a time; more is no bound.
const MESSAGES_MAX: i64 = 1000;

/// `[alerts]`
pub(super) static ALERTS: Table = Table {
    name: "[alerts]",
    about: "When people are told.",
    keys: &[
        Key::optional(
            "group_wait",
            Takes::Duration { max_seconds: HOUR },
            "\"30s\"",
            "From the first trouble of a target to the message about it. Default: 30s.",
        ),
        Key::optional(
            "group_interval",
            Takes::Duration { max_seconds: DAY },
            "\"5m\"",
            "Between two messages about a target, unless it gets worse. Default: 5m.",
        ),
        Key::optional(
            "remind",
            Takes::Table(&REMIND),
            "{ critical = \"4h\", warning = \"24h\" }",
            "How often it is said again that something is wrong.",
        ),
        Key::optional(
            "limit",
            Takes::Table(&LIMIT),
            "{ messages = 10, within = \"10m\" }",
            "Messages to one route; what is more becomes one message.",
        ),
    ],
};

static REMIND: Table = Table {
    name: "remind",
    about: "How often it is said again that something is wrong.",
    keys: &[
        Key::optional(
            "critical",
            Takes::Age,
            "\"4h\"",
            "What is critical; `forever` for never. Default: 4h.",
        ),
        Key::optional(
            "warning",
            Takes::Age,
            "\"24h\"",
            "What is a warning; `forever` for never. Default: 24h.",
        ),
    ],
};

static LIMIT: Table = Table {
    name: "limit",
    about: "Messages to one route.",
    keys: &[
        Key::optional(
            "messages",
            Takes::Count {
                min: 1,
                max: MESSAGES_MAX,
            },
            "10",
            "So many, each by itself. Default: 10.",
        ),
        Key::optional(
            "within",
            Takes::Duration { max_seconds: DAY },
            "\"10m\"",
            "Within this time. Default: 10m.",
        ),
    ],
};

/// `[[maintenance]]`
pub(super) static MAINTENANCE: Table = Table {
    name: "[[maintenance]]",
    about: "A recurring time at which nobody is told of anything new. Checks go on.",
    keys: &[
        Key::required(
            "cron",
            Takes::Text,
            "\"0 2 * * SUN\"",
            "When it begins: minute, hour, day, month, weekday.",
        ),
        Key::optional(
            "timezone",
            Takes::Text,
            "\"Europe/Berlin\"",
            "The time zone of `cron`. Default: UTC.",
        ),
        Key::required(
            "for",
            Takes::Duration {
                max_seconds: 7 * DAY,
            },
            "\"2h\"",
            "How long it takes; elapsed time, whatever clocks do.",
        ),
        Key::optional(
            "targets",
            Takes::TextList,
            "[\"orders\", \"staging-*\"]",
            "Targets with one of these names; globs. Default: all.",
        ),
        Key::optional(
            "checks",
            Takes::TextList,
            "[\"core/*\"]",
            "Jobs whose name fits one of these; globs. Default: all.",
        ),
        Key::optional(
            "labels",
            Takes::TextMap,
            "{ env = \"staging\" }",
            "Targets with all of these labels; a value may be a glob.",
        ),
    ],
};
