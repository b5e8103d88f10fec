//! Every table and key of the configuration, declared once.

mod alerting;
mod alerts;
mod target;

use self::alerting::{EMAIL, HEARTBEAT, ROUTE};
use self::alerts::{ALERTS, MAINTENANCE};
use self::target::TARGET;
use super::{Key, Table, Takes};
use crate::model::run::RUNS_AT_ONCE_MAX;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Runs in a row that may be asked for before something counts.
const RUNS_IN_A_ROW_MAX: i64 = 100;

const NO_RETENTION: &str = "the history keeps everything for now";

/// The whole file.
pub(in crate::config) static ROOT: Table = Table {
    name: "the configuration",
    about: "What checkrun looks at, and how.",
    keys: &[
        Key::optional(
            "history",
            Takes::Table(&HISTORY),
            "",
            "Where results are kept.",
        ),
        Key::optional("run", Takes::Table(&RUN), "", "How jobs are run."),
        Key::optional(
            "target",
            Takes::TableList(&TARGET),
            "",
            "A database to look at.",
        ),
        Key::optional(
            "pack",
            Takes::TableList(&PACK),
            "",
            "A pack of your own; bundled ones need no entry.",
        ),
        Key::optional(
            "check",
            Takes::TableList(&CHECK),
            "",
            "A check and the targets it runs on.",
        ),
        Key::optional("email", Takes::Table(&EMAIL), "", "How mail is sent."),
        Key::optional(
            "route",
            Takes::TableList(&ROUTE),
            "",
            "Who is told about what.",
        ),
        Key::optional("alerts", Takes::Table(&ALERTS), "", "When people are told."),
        Key::optional(
            "maintenance",
            Takes::TableList(&MAINTENANCE),
            "",
            "A recurring time at which nobody is told of anything new.",
        ),
        Key::optional(
            "heartbeat",
            Takes::Table(&HEARTBEAT),
            "",
            "Who outside is told that `checkrun schedule` is alive.",
        ),
    ],
};

static HISTORY: Table = Table {
    name: "[history]",
    about: "Where results are kept.",
    keys: &[
        Key::optional(
            "path",
            Takes::Text,
            "\"checkrun.db\"",
            "The SQLite file with every result. Relative to this file. Default: `checkrun.db`.",
        ),
        Key::optional(
            "retention",
            Takes::Table(&RETENTION),
            "{ raw = \"30d\" }",
            "How long results are kept.",
        )
        .later(NO_RETENTION),
    ],
};

static RETENTION: Table = Table {
    name: "retention",
    about: "How long results are kept.",
    keys: &[
        Key::optional("raw", Takes::Age, "\"30d\"", "Every sample."),
        Key::optional("hourly", Takes::Age, "\"2y\"", "Hourly rollups."),
        Key::optional("daily", Takes::Age, "\"forever\"", "Daily rollups."),
    ],
};

static RUN: Table = Table {
    name: "[run]",
    about: "How jobs are run.",
    keys: &[Key::optional(
        "parallel",
        Takes::Count {
            min: 1,
            max: RUNS_AT_ONCE_MAX as i64,
        },
        "16",
        "Runs at the same time over all targets. Default: 16.",
    )],
};

static PACK: Table = Table {
    name: "[[pack]]",
    about: "A pack of your own; bundled ones need no entry.",
    keys: &[
        Key::required(
            "path",
            Takes::Text,
            "\"packs/acme.wasm\"",
            "The `.wasm` file, relative to this file.",
        ),
        Key::optional(
            "sha256",
            Takes::Text,
            "\"9f86d0…\"",
            "64 hexadecimal digits that the file must hash to.",
        ),
    ],
};

static CHECK: Table = Table {
    name: "[[check]]",
    about: "A check and the targets it runs on.",
    keys: &[
        Key::required(
            "use",
            Takes::Text,
            "\"core/health\"",
            "Which check, as `pack/check`.",
        ),
        Key::optional(
            "name",
            Takes::Text,
            "\"health-strict\"",
            "Needed to configure one check twice for a target. Default: the value of `use`.",
        ),
        Key::required(
            "targets",
            Takes::TextList,
            "[\"orders\", \"env=prod\", \"*\"]",
            "Names, globs and label selectors.",
        ),
        Key::optional(
            "every",
            Takes::Duration {
                max_seconds: 366 * DAY,
            },
            "\"1m\"",
            "How often `checkrun schedule` runs it, at least 1s. Default: what the check suggests.",
        ),
        Key::optional(
            "cron",
            Takes::Text,
            "\"0 6 * * *\"",
            "When `checkrun schedule` runs it: minute, hour, day, month, weekday, or `@daily` and the like.",
        ),
        Key::optional(
            "timezone",
            Takes::Text,
            "\"Europe/Berlin\"",
            "The time zone of `cron`. Default: UTC.",
        ),
        Key::optional(
            "timeout",
            Takes::Duration { max_seconds: HOUR },
            "\"10s\"",
            "Wall time of one run. Default: 10s.",
        ),
        Key::optional(
            "confirm",
            Takes::Count {
                min: 1,
                max: RUNS_IN_A_ROW_MAX,
            },
            "3",
            "So many bad runs in a row are an incident. Default: 3.",
        ),
        Key::optional(
            "recover_after",
            Takes::Count {
                min: 1,
                max: RUNS_IN_A_ROW_MAX,
            },
            "2",
            "So many good runs in a row end it. Default: 2.",
        ),
        Key::optional(
            "parameters",
            Takes::Parameters,
            "{ slow = \"500ms\" }",
            "What the check is given.",
        ),
        Key::optional(
            "thresholds",
            Takes::TableMap(&THRESHOLDS),
            "{ response_time = { warning = \"> 500ms\" } }",
            "By metric: when it is a warning or critical.",
        ),
    ],
};

static THRESHOLDS: Table = Table {
    name: "thresholds",
    about: "When a metric is a warning or critical; what is left out keeps the check's default.",
    keys: &[
        Key::optional("warning", Takes::Text, "\"> 80%\"", "Breached: a warning."),
        Key::optional("critical", Takes::Text, "\"> 95%\"", "Breached: critical."),
        Key::optional(
            "clear",
            Takes::Text,
            "\"< 75%\"",
            "Back under this, the problem is over.",
        ),
    ],
};
