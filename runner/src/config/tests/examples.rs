//! Configurations that must work: the default file and one that uses everything.

use std::path::Path;
use std::time::Duration;

use super::packs::core;
use super::{FILE, config, read};
use crate::config::{DEFAULT_FILE, Environment, Need};
use crate::model::target::{Address, Host, TlsMode};

/// Every key of the configuration, as people would write it.
const EVERYTHING: &str = r#"
[history]
path = "checkrun.db"
retention = { raw = "30d", hourly = "2y", daily = "forever" }

[run]
parallel = 8

[[target]]
name = "orders"
url = "postgres://monitor@db1.example/orders"
password = { env = "ORDERS_PASSWORD" }
labels = { env = "prod", team = "shop" }
tls = { mode = "verify-full", ca = "ca.pem", certificate = "/c.pem", key = "/c.key" }
allow_privileged = true
connect_timeout = "3s"
connect_attempts = 3
max_parallel = 4

[[target]]
name = "local"
url = "mysql:///shop?socket=/run/mysqld/mysqld.sock"
user = "monitor"
[target.labels]
env = "test"

[[pack]]
path = "packs/acme.wasm"
sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

[[check]]
use = "core/health"
targets = ["orders", "env=prod", "*"]
every = "1m"
timeout = "20s"
parameters = { slow = "500ms" }
thresholds.response_time = { warning = "> 500ms", critical = "> 2s", clear = "< 400ms" }
thresholds.used_ratio = { warning = "> 80%", critical = "reaches 100% within 7d" }

[[check]]
use = "core/query"
name = "open-orders"
targets = ["orders"]
cron = "0 6 * * *"
timezone = "Europe/Berlin"

[email]
smtp = "smtps://alerts@mail.example:465"
password = { file = "/run/secrets/smtp" }
from = "checkrun <alerts@example>"

[[route]]
match = { severity = "critical", labels = { team = "shop" } }
to = ["shop-oncall@example"]
"#;

#[test]
fn the_default_file_lacks_only_a_target() {
    let loaded = read(DEFAULT_FILE).expect("sound");
    assert!(loaded.warnings.is_empty(), "{}", loaded.warnings);
    assert_eq!(
        loaded.config.history(),
        Path::new("/etc/checkrun/checkrun.db")
    );
    insta::assert_snapshot!(
        loaded
            .config
            .plan(&[core()], Need::Jobs)
            .expect_err("no target")
    );
}

/// A block of the default file without its comment signs: from the line to the next one that is blank.
fn uncommented(first_lines: &str) -> String {
    let at = DEFAULT_FILE.find(first_lines).expect(first_lines);
    DEFAULT_FILE[at..]
        .lines()
        .map_while(|line| line.strip_prefix("# "))
        .map(|line| format!("{line}\n"))
        .collect()
}

#[test]
fn each_target_of_the_default_file_needs_only_its_comment_signs_taken_away() {
    for name in ["orders", "shop", "local"] {
        let target = uncommented(&format!("# [[target]]\n# name = \"{name}\""));
        let loaded = read(&format!("{target}{DEFAULT_FILE}")).expect("sound");
        assert!(loaded.warnings.is_empty(), "{}", loaded.warnings);
        let names: Vec<&str> = loaded.config.targets().map(|t| t.name()).collect();
        assert_eq!(names, [name]);
    }
}

#[test]
fn what_else_the_default_file_has_in_comments_works_too() {
    let target = "[[target]]\nname = 'orders'\nurl = 'postgres://me@db1/orders'\n";
    let check = "[[check]]\nuse = 'core/health'\ntargets = ['*']\n";
    let pack = uncommented("# [[pack]]").replace("sha256 = \"…\"", "");
    for text in [
        target.replace("me@", "") + &uncommented("# user = "),
        target.to_owned() + check + &uncommented("# parameters = "),
        target.to_owned() + &uncommented("# [[check]]"),
        pack,
    ] {
        let loaded = read(&text).expect("sound");
        assert!(loaded.warnings.is_empty(), "{}", loaded.warnings);
    }
}

#[test]
fn everything_is_understood() {
    let loaded = read(EVERYTHING).expect("sound");
    let config = loaded.config;
    assert_eq!(config.file(), Path::new(FILE));
    assert_eq!(config.parallel(), 8);
    assert_eq!(
        config.packs()[0].path,
        Path::new("/etc/checkrun/packs/acme.wasm")
    );
    assert_eq!(config.packs()[0].sha256.map(|hash| hash[0]), Some(0x9f));
    let checks: Vec<(&str, String)> = config
        .checks()
        .iter()
        .map(|c| (c.name(), c.uses()))
        .collect();
    assert_eq!(
        checks,
        [
            ("core/health", "core/health".to_owned()),
            ("open-orders", "core/query".to_owned()),
        ]
    );
    insta::assert_snapshot!(loaded.warnings);
}

#[test]
fn a_target_is_complete_once_its_secret_is_found() {
    let config = config(EVERYTHING);
    let environment = Environment::from_iter([("ORDERS_PASSWORD", "canary")]);
    let target = config
        .resolve_target("orders", &environment)
        .expect("found");
    assert_eq!(target.connect_timeout, Duration::from_secs(3));
    assert!(target.allow_privileged);
    insta::assert_debug_snapshot!(target.address);
    let Address::Server(server) = &target.address else {
        panic!("a server");
    };
    assert_eq!(server.password.as_ref().map(|p| p.reveal()), Some("canary"));
}

#[test]
fn a_secret_that_nobody_needs_may_be_missing() {
    let config = config(EVERYTHING);
    let none = Environment::default();
    assert!(config.resolve_target("local", &none).is_ok());
    let missing = config.resolve_target("orders", &none).expect_err("not set");
    insta::assert_snapshot!(missing);
    let all = config.check_secrets(&none).expect_err("not set");
    assert_eq!(all.0[0], missing.0[0]);
    assert!(all.0[1].message.contains("/run/secrets/smtp"), "{all}");
    assert_eq!(
        config.resolve_email(&none).expect_err("no file").0,
        all.0[1..]
    );
    assert!(config.resolve_target("order", &none).is_err());
}

#[test]
fn tls_is_verified_unless_the_server_is_on_this_machine() {
    for (url, tls, expected) in [
        ("postgres://m@db1/x", "{}", TlsMode::VerifyFull),
        ("postgres://m@10.0.0.1/x", "{}", TlsMode::VerifyFull),
        (
            "postgres://m@localhost.example/x",
            "{}",
            TlsMode::VerifyFull,
        ),
        ("postgres://m@localhost/x", "{}", TlsMode::Prefer),
        ("postgres://m@127.0.0.1/x", "{}", TlsMode::Prefer),
        ("mysql://m@[::1]/x", "{}", TlsMode::Prefer),
        ("mysql://m@/x?socket=/run/m.sock", "{}", TlsMode::Prefer),
        (
            "mysql://m@localhost/x",
            "{ ca = 'ca.pem' }",
            TlsMode::VerifyFull,
        ),
        ("mysql://m@db1/x", "{ mode = 'require' }", TlsMode::Require),
    ] {
        let text = format!("[[target]]\nname = 'a'\nurl = '{url}'\ntls = {tls}\n");
        let target = config(&text)
            .resolve_target("a", &Environment::default())
            .expect("no secret");
        let Address::Server(server) = &target.address else {
            panic!("a server");
        };
        assert_eq!(server.tls.mode, expected, "{url} {tls}");
    }
}

#[test]
fn defaults_of_a_target() {
    let text = "[[target]]\nname = 'a'\nurl = 'postgresql://me@db1'\n[[target]]\nname = 'b'\nurl = 'sqlite:b.db'\n";
    let config = config(text);
    let target = config
        .resolve_target("a", &Environment::default())
        .expect("no secret");
    assert_eq!(target.connect_timeout, Duration::from_secs(5));
    assert_eq!((target.connect_attempts, target.max_parallel), (2, 2));
    assert!(!target.allow_privileged);
    let Address::Server(server) = &target.address else {
        panic!("a server");
    };
    let host = Host::Tcp {
        name: "db1".into(),
        port: 5432,
    };
    assert_eq!(server.host, host);
    assert_eq!(
        server.database.as_deref(),
        Some("me"),
        "the user's name, as libpq has it"
    );
    let file = config
        .resolve_target("b", &Environment::default())
        .expect("no secret");
    assert_eq!(file.address, Address::File("/etc/checkrun/b.db".into()));
}
