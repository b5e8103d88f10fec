//! What becomes of checks once the packs are known.

use std::path::Path;

use super::packs::core;
use super::{FILE, TARGET, config};
use crate::config::{Draft, Environment, KnownPacks, Need, Plan, Problems};

/// A PostgreSQL, a MariaDB and a SQLite target.
const TARGETS: &str = r#"
[[target]]
name = "orders"
url = "postgres://monitor@db1/orders"
password = { env = "ORDERS_PASSWORD" }
labels = { env = "prod" }
[[target]]
name = "shop"
url = "mariadb://monitor@db2/shop"
labels = { env = "prod" }
[[target]]
name = "cache"
url = "sqlite:./cache.db"
labels = { env = "test" }
"#;

fn plan(checks: &str) -> Result<Plan, Problems> {
    config(&format!("{TARGETS}{checks}")).plan(&[core()], Need::Jobs)
}

fn planned(checks: &str) -> Vec<String> {
    let plan = plan(checks).unwrap_or_else(|problems| panic!("{problems}"));
    let line = |job: &crate::config::PlannedJob| format!("{} on {}", job.name, job.target.name());
    plan.jobs().iter().map(line).collect()
}

fn refused(checks: &str) -> Problems {
    plan(checks).expect_err(checks)
}

#[test]
fn targets_are_selected_by_name_glob_and_label_each_once() {
    for (targets, expected) in [
        (r#"["orders"]"#, vec!["orders"]),
        (r#"["*"]"#, vec!["orders", "shop", "cache"]),
        (r#"["shop", "*", "shop"]"#, vec!["orders", "shop", "cache"]),
        (r#"["env=prod"]"#, vec!["orders", "shop"]),
        (r#"["env=t*", "o*"]"#, vec!["orders", "cache"]),
    ] {
        let checks = format!("[[check]]\nuse = \"core/health\"\ntargets = {targets}\n");
        let expected: Vec<String> = expected
            .into_iter()
            .map(|target| format!("core/health on {target}"))
            .collect();
        assert_eq!(planned(&checks), expected, "{targets}");
    }
}

#[test]
fn a_check_for_one_engine_leaves_others_out_of_globs_and_labels() {
    for targets in [r#"["*"]"#, r#"["env=prod"]"#] {
        let checks = format!("[[check]]\nuse = \"core/vacuum\"\ntargets = {targets}\n");
        assert_eq!(planned(&checks), ["core/vacuum on orders"], "{targets}");
    }
}

#[test]
fn pgbouncer_is_no_postgresql() {
    let target = "[[target]]\nname = \"pool\"\nurl = \"pgbouncer://monitor@db1\"\n";
    let check = |id: &str, targets: &str| {
        format!("{target}[[check]]\nuse = \"core/{id}\"\ntargets = [\"{targets}\"]\n")
    };
    assert_eq!(planned(&check("vacuum", "*")), ["core/vacuum on orders"]);
    assert_eq!(planned(&check("health", "pool")), ["core/health on pool"]);
    let refused = refused(&check("vacuum", "pool")).to_string();
    let expected = "`core/vacuum` works on `postgresql`, and `pool` selects nothing of the kind";
    assert!(refused.contains(expected), "{refused}");
}

#[test]
fn targets_that_do_not_fit() {
    insta::assert_snapshot!(refused(
        r#"
[[check]]
use = "core/health"
targets = ["order", "eu-*", "env=prd", "region=eu"]
[[check]]
use = "core/vacuum"
targets = ["shop", "env=test"]
"#
    ));
}

#[test]
fn checks_that_do_not_exist() {
    insta::assert_snapshot!(refused(
        r#"
[[check]]
use = "core/helth"
targets = ["*"]
[[check]]
use = "core/replication"
targets = ["*"]
[[check]]
use = "acme/stock"
targets = ["ordrs"]
"#
    ));
}

#[test]
fn what_checkrun_looks_at_by_itself_cannot_be_configured() {
    insta::assert_snapshot!(refused(
        r#"
[[check]]
use = "checkrun/connection"
targets = ["*"]
"#
    ));
}

#[test]
fn the_same_check_twice_needs_a_name() {
    insta::assert_snapshot!(refused(
        r#"
[[check]]
use = "core/health"
targets = ["*"]
[[check]]
use = "core/health"
targets = ["orders"]
"#
    ));
    let named = r#"
[[check]]
use = "core/health"
targets = ["cache"]
[[check]]
use = "core/health"
name = "strict"
targets = ["cache"]
[[check]]
use = "core/health"
targets = ["orders"]
"#;
    let expected = [
        "core/health on cache",
        "strict on cache",
        "core/health on orders",
    ];
    assert_eq!(planned(named), expected);
}

#[test]
fn parameters_are_normalised_and_defaults_filled_in() {
    let plan = plan(
        r#"
[[check]]
use = "core/health"
targets = ["cache"]
timeout = "3s"
parameters = { room = "2GiB", deep = true, rounds = 0x10, factor = 2, mode = "full", schemas = ["a", "b"] }
"#,
    )
    .expect("sound");
    insta::assert_debug_snapshot!(plan.jobs()[0].parameters);
}

#[test]
fn parameters_that_do_not_fit() {
    insta::assert_snapshot!(refused(
        r#"
[[check]]
use = "core/health"
targets = ["cache"]
[check.parameters]
slow = 5
solw = "5s"
room = "2 GiBi"
deep = "yes"
rounds = 1.5
factor = nan
schemas = "public"
folder = 5
mode = "ful"
[[check]]
use = "core/health"
name = "b"
targets = ["cache"]
parameters = { slow = "5", rounds = 99999999999999999999, schemas = [1], folder = "./no-such-folder", mode = "x" }
[[check]]
use = "core/query"
targets = ["cache"]
[[check]]
use = "core/vacuum"
targets = ["orders"]
parameters = { x = 1 }
"#
    ));
}

#[test]
fn thresholds_override_the_declared_ones_level_by_level() {
    let plan = plan(
        r#"
[[check]]
use = "core/health"
targets = ["cache"]
thresholds.response_time = { warning = "> 200ms" }
thresholds.used_ratio = { warning = "> 80%", critical = "reaches 100% within 7d", clear = "< 70%" }
[[check]]
use = "core/query"
targets = ["cache"]
parameters = { sql = "select 1 as open" }
thresholds.open = { critical = "> 1000" }
"#,
    )
    .expect("sound");
    let shown: Vec<String> = plan
        .jobs()
        .iter()
        .flat_map(|job| &job.thresholds)
        .map(|t| {
            let level = |level: &Option<_>| level.as_ref().map_or("-".into(), ToString::to_string);
            let (warning, critical) = (level(&t.warning), level(&t.critical));
            format!("{}: {warning}; {critical}; {}", t.metric, level(&t.clear))
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    response_time: > 200ms; > 5s; -
    used_ratio: > 80%; > 95%; < 70%
    open: -; > 1000; -
    ");
}

#[test]
fn thresholds_that_do_not_fit() {
    insta::assert_snapshot!(refused(
        r#"
[[check]]
use = "core/health"
targets = ["cache"]
thresholds.responsetime = { warning = "> 200ms" }
thresholds.response_time = { warning = "> 2GiB", critical = "200ms" }
thresholds.used_ratio = { warning = "reaches 100%", critical = "reaches 5s within 7d" }
thresholds.size = { warning = "outside 5GiB..1GiB" }
"#
    ));
}

#[test]
fn without_targets_or_checks_there_is_nothing_to_do() {
    let none = config("[run]\n")
        .plan(&[core()], Need::Jobs)
        .expect_err("no target");
    let packs = KnownPacks {
        infos: vec![core()],
        ..KnownPacks::default()
    };
    let no_check = Draft::of_text(Path::new(FILE), TARGET)
        .expect("TOML")
        .plan(&packs, Need::Jobs)
        .expect_err("no check");
    insta::assert_snapshot!(format!("{none}\n\n{no_check}"));
}

#[test]
fn only_the_secrets_of_planned_targets_are_looked_up() {
    let environment = Environment::default();
    let cache = plan("[[check]]\nuse = \"core/health\"\ntargets = [\"cache\"]\n").expect("sound");
    assert_eq!(
        cache.resolve(&environment).expect("no secret").jobs.len(),
        1
    );
    let all = plan("[[check]]\nuse = \"core/health\"\ntargets = [\"*\"]\n").expect("sound");
    insta::assert_snapshot!(all.resolve(&environment).expect_err("not set"));
    let environment = Environment::from_iter([("ORDERS_PASSWORD", "canary")]);
    let resolved = all.resolve(&environment).expect("set");
    assert_eq!(resolved.jobs.len(), 3);
    assert!(!format!("{resolved:?}{all:?}").contains("canary"));
}
