//! The same runs on three engines at once, in every format: standard output is data only.

use checkrun_testkit::{Servers, account};
use checkrun_tests::{Ended, Stage, server_target, snapshot, xml};

const CHECKS: &str = r#"
[[target]]
name = "file"
url = "sqlite:./shop.db"
labels = { env = "test" }

[[check]]
use = "core/health"
targets = ["*"]

[[check]]
name = "orders"
use = "core/query"
targets = ["*"]
parameters = { sql = "select count(*) as orders, 'a|b' as word from orders" }
thresholds.orders = { warning = "> 500", critical = "> 5000" }
"#;

/// PostgreSQL over verified TLS, MariaDB and SQLite; the servers have 1000 orders, the file 3.
fn stage() -> Stage {
    let servers = Servers::from_environment();
    let postgres = server_target("pg", &servers.postgres, account::MONITOR);
    let mariadb = server_target("maria", &servers.mariadb, account::MONITOR);
    let tls = "tls = { mode = \"verify-full\", ca = \"ca.pem\" }\n";
    let stage = Stage::with_authorities(&format!("{postgres}{tls}{mariadb}{tls}{CHECKS}"));
    stage.sqlite(
        "shop.db",
        "create table orders (id integer); insert into orders values (1), (2), (3);",
    );
    stage
}

fn run(format: &str) -> Ended {
    let ended = stage().run(&["run", "--format", format]).expect(1);
    assert_eq!(ended.stderr, "");
    ended
}

#[test]
fn people_see_a_line_per_run_and_one_with_the_counts() {
    let ended = run("human");
    let mut lines: Vec<_> = ended.stdout.split_inclusive('\n').collect();
    // Runs are shown when they end, in whichever order; a reason stands beneath its run.
    for at in (1..lines.len()).rev() {
        if lines[at].starts_with("          ") {
            assert_eq!(
                lines[at],
                "          - warning: orders is 1000 (warning > 500)\n"
            );
            lines.remove(at);
        }
    }
    let closing = lines.pop().unwrap_or_default();
    lines.sort_by_key(|line| line.get(8..).map(str::to_owned));
    snapshot("format human", &format!("{}{closing}", lines.concat()));
}

#[test]
fn programs_get_one_json_document() {
    let document = run("json").json();
    assert_eq!(document["schema_version"], 1);
    assert_eq!(document["status"], "warning");
    assert_eq!(document["counts"]["ok"], 4);
    let runs = document["runs"].as_array().unwrap();
    let of: Vec<_> = runs
        .iter()
        .map(|run| {
            let text = |key: &str| run[key].as_str().unwrap_or("none").to_owned();
            (
                text("job"),
                text("target"),
                text("status"),
                run["stored"] == true,
            )
        })
        .collect();
    let expected = [
        ("core/health", "file", "ok"),
        ("core/health", "maria", "ok"),
        ("core/health", "pg", "ok"),
        ("orders", "file", "ok"),
        ("orders", "maria", "warning"),
        ("orders", "pg", "warning"),
    ]
    .map(|(job, target, status)| (job.into(), target.into(), status.into(), true));
    assert_eq!(of, expected);
    assert_eq!(runs[0]["labels"]["env"], "test");
    assert_eq!(runs[5]["metrics"][0]["value"], 1000.0);
}

#[test]
fn monitoring_plugins_have_one_separator_and_numbers_with_units() {
    let ended = run("nagios");
    assert!(
        ended.stdout.starts_with("WARNING - 2 of 6 not ok | "),
        "{}",
        ended.stdout
    );
    assert_eq!(ended.stdout.matches('|').count(), 1, "{}", ended.stdout);
    let (first, rest) = ended.stdout.split_once('\n').unwrap();
    let (_, data) = first.split_once(" | ").unwrap();
    for value in data.split("' ").map(|value| value.trim_start_matches('\'')) {
        assert!(!value.is_empty());
    }
    assert!(
        data.contains("'orders@pg/orders'=1000;~:500;~:5000"),
        "{data}"
    );
    snapshot("format nagios text", rest);
}

/// Name, labels, value.
type Sample<'a> = (&'a str, Vec<(&'a str, &'a str)>, f64);

/// `name{label="value",…} number`; the labels of these tests hold no escapes.
fn prometheus_sample(line: &str) -> Option<Sample<'_>> {
    let (name, rest) = line.split_once('{')?;
    let (labels, value) = rest.split_once("} ")?;
    let name_is_valid = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let labels = labels
        .split(',')
        .map(|label| {
            let (key, value) = label.split_once('=')?;
            Some((key, value.strip_prefix('"')?.strip_suffix('"')?))
        })
        .collect::<Option<_>>()?;
    name_is_valid.then_some((name, labels, value.parse().ok()?))
}

#[test]
fn prometheus_gets_families_with_help_type_and_samples() {
    let ended = run("prometheus");
    let mut family = "";
    let mut statuses = Vec::new();
    for line in ended.stdout.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            family = help.split(' ').next().unwrap();
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            assert_eq!(kind, format!("{family} gauge"));
        } else {
            let (name, labels, value) = prometheus_sample(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(name, family);
            assert_eq!(labels.len(), 2, "{line}");
            if name == "checkrun_status" {
                statuses.push(value);
            }
        }
    }
    assert_eq!(statuses, [0.0, 0.0, 0.0, 0.0, 1.0, 1.0]);
}

#[test]
fn continuous_integration_gets_a_suite_per_target() {
    let document = run("junit").stdout;
    assert_eq!(xml::check(&document), Ok(()), "{document}");
    snapshot("format junit", &document);
}

#[test]
fn a_reader_that_stops_listening_is_no_error() {
    for format in ["human", "json", "nagios", "prometheus", "junit"] {
        let script = format!("{{ checkrun run --format {format}; echo $? >&2; }} | head -c 1");
        let ended = stage().shell(&script).expect(0);
        assert_eq!(ended.stderr, "1\n", "{format}");
        assert_eq!(ended.stdout.len(), 1, "{format}");
    }
}

#[test]
fn output_that_is_lost_is_an_error() {
    for format in ["human", "prometheus"] {
        let script = format!("checkrun run --format {format} >/dev/full");
        let ended = stage().shell(&script).expect(74);
        assert_eq!(
            ended.stderr,
            "error: cannot write to standard output: No space left on device (os error 28)\n  \
             part of the output is lost; send it elsewhere, or make room there\n"
        );
    }
}
