//! Which jobs `checkrun run` picks, and what it says when none fits.

use super::config;
use super::packs::core;
use crate::config::{Need, Plan, Selection};

fn plan() -> Plan {
    config(
        r#"
[[target]]
name = "orders"
url = "postgres://monitor@db1/orders"
labels = { env = "prod", team = "shop" }
[[target]]
name = "orders-test"
url = "postgres://monitor@db2/orders"
labels = { env = "test", team = "shop" }
[[target]]
name = "idle"
url = "sqlite:./idle.db"
[[check]]
use = "core/health"
targets = ["team=shop"]
[[check]]
use = "core/query"
name = "open-orders"
targets = ["orders"]
parameters = { sql = "select 1" }
"#,
    )
    .plan(&[core()], Need::Jobs)
    .expect("sound")
}

fn selection(targets: &[&str], checks: &[&str], labels: &[&str]) -> Selection {
    let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
    Selection {
        targets: owned(targets),
        checks: owned(checks),
        labels: owned(labels),
    }
}

#[test]
fn what_is_picked() {
    for (why, targets, checks, labels, expected) in [
        (
            "nothing asked for is everything",
            &[][..],
            &[][..],
            &[][..],
            3,
        ),
        ("a target by name", &["orders"], &[], &[], 2),
        (
            "two targets add up",
            &["orders", "orders-test"],
            &[],
            &[],
            3,
        ),
        ("a glob", &["*-test"], &[], &[], 1),
        ("a label as target", &["env=prod"], &[], &[], 2),
        (
            "a check by its configured name",
            &[],
            &["open-orders"],
            &[],
            1,
        ),
        ("a check by pack and id", &[], &["core/query"], &[], 1),
        ("a check by id alone", &[], &["health"], &[], 2),
        ("checks by a glob", &[], &["core/*"], &[], 3),
        ("a label", &[], &[], &["env=prod"], 2),
        (
            "all labels must fit",
            &[],
            &[],
            &["team=shop", "env=test"],
            1,
        ),
        (
            "all kinds together",
            &["orders*"],
            &["health"],
            &["env=prod"],
            1,
        ),
    ] {
        let selected = plan()
            .select(&selection(targets, checks, labels))
            .expect(why);
        assert_eq!(selected.jobs().len(), expected, "{why}");
    }
}

#[test]
fn what_fits_nothing_is_told_with_near_names() {
    let shown: Vec<String> = [
        selection(
            &["order", "nothing-*", "idle"],
            &["helth"],
            &["env=prd", "prod"],
        ),
        selection(&[], &["zzz"], &["region=eu"]),
        selection(&["orders-test"], &["open-orders"], &["env=prod"]),
    ]
    .iter()
    .map(|selection| plan().select(selection).expect_err("nothing").to_string())
    .collect();
    insta::assert_snapshot!(shown.join("\n\n---\n\n"));
}
