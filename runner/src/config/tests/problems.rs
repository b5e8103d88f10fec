//! Golden pairs: for every element a configuration with everything wrong, and what is said of it.

use super::{read, refused};

#[test]
fn unknown_keys_are_suggested() {
    insta::assert_snapshot!(refused(
        r#"
tagret = 1
[histroy]
[run]
paralel = 4
concurrency = 8
[[target]]
name = "a"
url = "sqlite:./a.db"
timeout = "5s"
password_file = "/run/secrets/a"
"canary \u001b[2J" = 1
[[check]]
use = "core/health"
targets = ["a"]
threshold.x = { warning = "> 1" }
thresholds.x = { warn = "> 1" }
"#
    ));
}

#[test]
fn wrong_types_show_what_is_accepted() {
    insta::assert_snapshot!(refused(
        r#"
history = "checkrun.db"
run.parallel = "many"
[target]
name = "a"
[[pack]]
path = 5
[[check]]
use = ["core/health"]
targets = "a"
every = 60
timeout = 10
parameters = "slow"
thresholds = { x = "> 1" }
[[check]]
use = "core/health"
targets = ["a", 1]
[[route]]
to = "me@example.org"
match = { severity = 1, labels = { team = 1 } }
"#
    ));
}

#[test]
fn the_name_of_the_job_that_every_target_has_is_taken() {
    insta::assert_snapshot!(refused(
        "[[check]]\nuse = \"core/health\"\nname = \"connection\"\ntargets = [\"*\"]\n"
    ));
}

#[test]
fn missing_keys_are_told_with_an_example() {
    insta::assert_snapshot!(refused(
        "[[target]]\n[[pack]]\n[[check]]\n[email]\n[[route]]\n"
    ));
}

#[test]
fn history_and_run() {
    insta::assert_snapshot!(refused(
        r#"
[history]
path = "~/checkrun.db"
retention = { raw = "30", hourly = "2 years", daily = "forever" }
[run]
parallel = 0
"#
    ));
}

#[test]
fn target() {
    insta::assert_snapshot!(refused(
        r#"
[[target]]
name = "orders eu"
url = "postgres://monitor@db1/orders"
connect_timeout = "0s"
connect_attempts = 0
max_parallel = 1000
labels = { "en v" = "x", team = 5 }
[[target]]
name = "orders"
url = "postgres://db1/orders"
[[target]]
name = "orders"
url = "postgres://monitor@db1/orders"
user = "monitor"
connect_timeout = "1h"
[[target]]
name = "file"
url = "sqlite:./a.db"
user = "monitor"
password = { env = "X" }
[[target]]
name = "typo"
url = "postgre://monitor@db1/orders"
[[target]]
name = "empty"
url = ""
"#
    ));
}

#[test]
fn password() {
    insta::assert_snapshot!(refused(
        r#"
[[target]]
name = "a"
url = "mysql://monitor:canary@db1/orders"
[[target]]
name = "b"
url = "mysql://monitor@db1/orders"
password = "canary"
[[target]]
name = "c"
url = "mysql://monitor@db1/orders"
password = { env = "A", file = "/b" }
[[target]]
name = "d"
url = "mysql://monitor@db1/orders"
password = {}
[[target]]
name = "e"
url = "mysql://monitor@db1/orders"
password = { env = "MY PASSWORD" }
[[target]]
name = "f"
url = "mysql://monitor@db1/orders"
password = { credential = "../x" }
[[target]]
name = "g"
url = "mysql://monitor@db1/orders"
pasword = "canary"
[[target]]
name = "h"
url = "mysql://monitor@db1/orders"
password = { value = "canary" }
"#
    ));
}

#[test]
fn tls() {
    insta::assert_snapshot!(refused(
        r#"
[[target]]
name = "a"
url = "mysql://m@db1/x"
tls = { mode = "verify_full" }
[[target]]
name = "b"
url = "mysql://m@db1/x"
tls = { mode = "require", ca = "ca.pem" }
[[target]]
name = "c"
url = "mysql://m@db1/x"
tls = { certificate = "c.pem" }
[[target]]
name = "d"
url = "mysql://m@db1/x"
tls = { mode = "disable", certificate = "c.pem", key = "c.pem" }
[[target]]
name = "e"
url = "postgres://m@/x?host=/run/postgresql"
tls = { mode = "verify-full" }
[[target]]
name = "f"
url = "postgres://m@db1/x"
tls = { mode = "verify-ca", ca = "ca.pem" }
"#
    ));
}

#[test]
fn pack() {
    insta::assert_snapshot!(refused(
        r#"
[[pack]]
path = "a.wasm"
sha256 = "abc"
[[pack]]
path = "a.wasm"
"#
    ));
}

#[test]
fn check() {
    insta::assert_snapshot!(refused(
        r#"
[[check]]
use = "health"
targets = []
timeout = "2h"
[[check]]
use = "core/health"
targets = ["env = prod", ""]
name = "my check"
every = "1m"
cron = "0 6 * *"
timezone = "Berlin time"
[[check]]
use = "core/health"
targets = ["*"]
timeout = "10 parsecs"
timezone = "UTC"
"#
    ));
}

#[test]
fn alerting() {
    insta::assert_snapshot!(refused(
        r#"
[email]
smtp = "smtps://alerts:canary@mail.example:465"
password = { evn = "X" }
from = "checkrun"
[[route]]
to = ["a@b", "nobody"]
match = { severity = "bad" }
"#
    ));
}

#[test]
fn what_has_no_effect_yet_is_warned_about_once() {
    let loaded = read(
        r#"
[history]
retention = { raw = "30d", hourly = "2y", daily = "forever" }
[[check]]
use = "core/health"
targets = ["*"]
every = "1m"
thresholds.x = { critical = "reaches 100% within 7d", clear = "< 5" }
[[check]]
use = "core/query"
targets = ["*"]
every = "1m"
"#,
    )
    .expect("only warnings");
    insta::assert_snapshot!(loaded.warnings);
}

#[test]
fn programs_get_every_field() {
    let problems = refused("[run]\nparalel = 4\n");
    insta::assert_snapshot!(serde_json::to_string_pretty(&problems).expect("plain data"));
}
