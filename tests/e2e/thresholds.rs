//! What a threshold makes of a number, and of a number that is not there.

use checkrun_tests::{Stage, snapshot};

/// Name of the job, its statement, its threshold keys, the status that it must have.
const CASES: [(&str, &str, &str, &str); 13] = [
    ("beneath", "select 10 as n", "warning = '> 10'", "ok"),
    ("above", "select 11 as n", "warning = '> 10'", "warning"),
    (
        "worst wins",
        "select 99 as n",
        "warning = '> 10', critical = '>= 99'",
        "critical",
    ),
    (
        "inside",
        "select 5 as n",
        "critical = 'inside 1..5'",
        "critical",
    ),
    (
        "outside",
        "select 0 as n",
        "warning = 'outside 1..5'",
        "warning",
    ),
    ("below", "select -1 as n", "critical = '< 0'", "critical"),
    (
        "metric missing",
        "select 1 as other",
        "warning = '> 10'",
        "unknown",
    ),
    ("null", "select null as n", "warning = '> 10'", "unknown"),
    (
        "no row",
        "select 1 as n where 0",
        "warning = '> 10'",
        "unknown",
    ),
    ("text", "select 'many' as n", "warning = '> 10'", "unknown"),
    (
        "infinite",
        "select 9e999 as n",
        "warning = '> 10'",
        "unknown",
    ),
    ("no number at all", "select 'x' as word", "", "unknown"),
    ("broken statement", "select from", "", "unknown"),
];

fn configuration() -> String {
    let mut text = String::from("[[target]]\nname = \"file\"\nurl = \"sqlite:./shop.db\"\n");
    for (name, sql, threshold, _) in CASES {
        let name = name.replace(' ', "-");
        text.push_str(&format!(
            "[[check]]\nuse = \"core/query\"\nname = \"{name}\"\ntargets = [\"file\"]\nparameters = {{ sql = \"{sql}\" }}\n"
        ));
        if !threshold.is_empty() {
            text.push_str(&format!("thresholds.n = {{ {threshold} }}\n"));
        }
    }
    text
}

#[test]
fn every_number_is_judged_and_what_cannot_be_judged_is_never_ok() {
    let stage = Stage::new(&configuration());
    stage.sqlite("shop.db", "create table orders (id integer);");
    let mut said = String::new();
    for (name, sql, threshold, status) in CASES {
        let name = name.replace(' ', "-");
        let code = match status {
            "ok" => 0,
            "warning" => 1,
            "critical" => 2,
            _ => 3,
        };
        let ended = stage.run(&["run", "--check", &name]).expect(code);
        let first = ended.stdout.lines().next().unwrap_or_default();
        assert_eq!(first.split_whitespace().next(), Some(status), "{name}");
        said.push_str(&format!("{sql}; n = {{ {threshold} }}\n{}\n", ended.stdout));
    }
    snapshot("thresholds", &said);
}

#[test]
fn the_worst_status_is_the_exit_code_and_unknown_is_worse_than_warning() {
    let stage = Stage::new(&configuration());
    stage.sqlite("shop.db", "create table orders (id integer);");
    for (jobs, code) in [
        (&["beneath", "above"][..], 1),
        (&["beneath", "above", "null"], 3),
        (&["beneath", "null", "below"], 2),
    ] {
        let arguments: Vec<_> = jobs.iter().flat_map(|job| ["--check", *job]).collect();
        let _ = stage
            .run(&[&["run"], arguments.as_slice()].concat())
            .expect(code);
    }
}
