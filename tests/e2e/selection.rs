//! Which jobs run, and what is left of them: targets, checks, labels, globs, `--no-record`.

use checkrun_tests::{Stage, snapshot};

const CONFIGURATION: &str = r#"
[[target]]
name = "shop-eu"
url = "sqlite:./shop.db"
labels = { env = "prod", team = "shop" }

[[target]]
name = "shop-us"
url = "sqlite:./shop.db"
labels = { env = "test", team = "shop" }

[[target]]
name = "stock"
url = "sqlite:./shop.db"
labels = { env = "prod", team = "stock" }

[[check]]
use = "core/health"
targets = ["*"]

[[check]]
name = "count"
use = "core/query"
targets = ["team=shop"]
parameters = { sql = "select 1 as one" }
"#;

fn stage() -> Stage {
    let stage = Stage::new(CONFIGURATION);
    stage.sqlite("shop.db", "create table orders (id integer);");
    stage
}

#[test]
fn only_what_was_asked_for_runs() {
    let stage = stage();
    for (arguments, expected) in [
        (
            &[][..],
            "count@shop-eu count@shop-us core/health@shop-eu core/health@shop-us core/health@stock",
        ),
        (&["--target", "stock"], "core/health@stock"),
        (
            &["--target", "shop-*", "--check", "count"],
            "count@shop-eu count@shop-us",
        ),
        (
            &["--target", "stock", "--target", "shop-eu"],
            "count@shop-eu core/health@shop-eu core/health@stock",
        ),
        (
            // A job goes by its own name and by that of its check.
            &["--check", "core/*", "--label", "env=prod"],
            "count@shop-eu core/health@shop-eu core/health@stock",
        ),
        (
            &["--label", "env=prod", "--label", "team=shop"],
            "count@shop-eu core/health@shop-eu",
        ),
    ] {
        let ended = stage.run(&[&["run", "--format", "json", "--no-record"], arguments].concat());
        let document = ended.expect(0).json();
        let mut jobs: Vec<_> = document["runs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|run| {
                format!(
                    "{}@{}",
                    run["job"].as_str().unwrap(),
                    run["target"].as_str().unwrap()
                )
            })
            .collect();
        let mut expected: Vec<_> = expected.split(' ').collect();
        jobs.sort();
        expected.sort_unstable();
        assert_eq!(jobs, expected, "{arguments:?}");
    }
    assert!(
        !stage.path("checkrun.db").exists(),
        "--no-record makes no history"
    );
}

#[test]
fn a_selection_that_fits_nothing_is_told_with_near_names() {
    let stage = stage();
    let said: String = [
        &["--target", "shop-ue"][..],
        &["--check", "core/heath"],
        &["--label", "env=prd"],
        &["--label", "prod"],
        &["--target", "stock", "--check", "count"],
    ]
    .iter()
    .map(|arguments| {
        let ended = stage.run(&[&["run"], *arguments].concat()).expect(64);
        format!(
            "$ checkrun run {}\n{}\n",
            arguments.join(" "),
            ended.transcript()
        )
    })
    .collect();
    snapshot("selection fits nothing", &said);
}

#[test]
fn a_command_line_that_makes_no_sense_ends_with_64() {
    let stage = stage();
    let said: String = [
        &["run", "--fromat", "json"][..],
        &["run", "--format", "yaml"],
        &["rum"],
        &["history", "show", "seven"],
        &["history", "list", "--since", "yesterday"],
        &["history", "list", "--limit", "-1"],
        &["history", "list", "--limit", "0"],
    ]
    .iter()
    .map(|arguments| {
        let ended = stage.run(arguments).expect(64);
        assert_eq!(ended.stdout, "");
        format!("$ checkrun {}\n{}\n", arguments.join(" "), ended.stderr)
    })
    .collect();
    snapshot("usage", &said);
}
