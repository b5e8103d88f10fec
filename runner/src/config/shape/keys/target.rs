//! The keys of `[[target]]`.

use super::super::{Key, Table, Takes};
use super::MINUTE;

/// `[[target]]`
pub(super) static TARGET: Table = Table {
    name: "[[target]]",
    about: "A database to look at.",
    keys: &[
        Key::required(
            "name",
            Takes::Text,
            "\"orders\"",
            "Its unique name: ASCII letters, digits, `.`, `_`, `-`.",
        ),
        Key::required(
            "url",
            Takes::Text,
            "\"postgres://monitor@db1.example/orders\"",
            "Where it is, without the password: postgres, mysql, mariadb, pgbouncer or sqlite.",
        ),
        Key::optional(
            "user",
            Takes::Text,
            "\"monitor\"",
            "The account's name, if the URL has none.",
        ),
        Key::optional(
            "password",
            Takes::Table(&SECRET),
            "{ env = \"ORDERS_PASSWORD\" }",
            "Where the password is found.",
        ),
        Key::optional(
            "labels",
            Takes::TextMap,
            "{ env = \"prod\", team = \"shop\" }",
            "For selection, as in `env=prod`.",
        ),
        Key::optional(
            "tls",
            Takes::Table(&TLS),
            "{ mode = \"verify-full\" }",
            "How the connection is protected.",
        ),
        Key::optional(
            "allow_privileged",
            Takes::Boolean,
            "true",
            "Whether the account may be a superuser or the like. Default: false.",
        ),
        Key::optional(
            "connect_timeout",
            Takes::Duration {
                max_seconds: 5 * MINUTE,
            },
            "\"5s\"",
            "How long one attempt to connect may take. Default: 5s.",
        ),
        Key::optional(
            "connect_attempts",
            Takes::Count { min: 1, max: 10 },
            "2",
            "Attempts to connect. Default: 2.",
        ),
        Key::optional(
            "max_parallel",
            Takes::Count { min: 1, max: 64 },
            "2",
            "Runs at the same time on this target. Default: 2.",
        ),
    ],
};

/// A reference to a secret.
pub(super) static SECRET: Table = Table {
    name: "password",
    about: "Where a secret is found; exactly one of these.",
    keys: &[
        Key::optional(
            "env",
            Takes::Text,
            "\"ORDERS_PASSWORD\"",
            "In this environment variable.",
        ),
        Key::optional(
            "file",
            Takes::Text,
            "\"/run/secrets/orders\"",
            "In this file; one newline at its end is not part of it.",
        ),
        Key::optional(
            "credential",
            Takes::Text,
            "\"orders\"",
            "In this systemd credential (`LoadCredential=`).",
        ),
    ],
};

/// Why a mode that other clients have is not taken.
const NO_VERIFY_CA: &str = "without the host's name, any certificate that this machine trusts would \
     do; write `mode = \"verify-full\"`";

static TLS: Table = Table {
    name: "tls",
    about: "How the connection is protected.",
    keys: &[
        Key::optional(
            "mode",
            Takes::OneOf(&["disable", "prefer", "require", "verify-full"]),
            "\"verify-full\"",
            "How much is asked for. Default: `prefer` on this machine, otherwise `verify-full`.",
        )
        .refusing(&[("verify-ca", NO_VERIFY_CA)]),
        Key::optional(
            "ca",
            Takes::Text,
            "\"/etc/ssl/db-ca.pem\"",
            "PEM file with authorities to trust besides the system's.",
        ),
        Key::optional(
            "certificate",
            Takes::Text,
            "\"client.pem\"",
            "PEM file with a client certificate; needs `key`.",
        ),
        Key::optional(
            "key",
            Takes::Text,
            "\"client.key\"",
            "PEM file with the client certificate's key.",
        ),
    ],
};
