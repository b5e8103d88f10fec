//! The sandbox and the way to a database, measured inside a process by `runner/benches/measure`.

use std::collections::HashMap;
use std::time::Duration;

use checkrun_testkit::servers;

use super::{Bench, Row, ratio};
use crate::failure::Failure;
use crate::program;
use crate::workspace::{self, BUNDLED_PACKS};

/// Runs the benchmark and reads its lines.
pub fn measure(bench: &Bench<'_>) -> Result<Vec<Row>, Failure> {
    let mut command = program::cargo();
    command.args([
        "bench",
        "--locked",
        "--package",
        "checkrun",
        "--bench",
        "measure",
    ]);
    command.env(BUNDLED_PACKS, workspace::packs_folder());
    command.env(servers::VARIABLE, &bench.servers_file);
    let figures = Figures::parse(&program::output(&mut command)?)?;
    let empty = figures.get("empty run, sandboxed")?;
    let through_check = figures.get("SELECT 1 through a check")?;
    let mut rows = vec![Row {
        name: "empty sandboxed run, one thread, median".into(),
        value: micros(empty),
        ratio: String::new(),
        goal: "≤ 50 µs",
    }];
    for (other, what) in [
        (
            "empty run, instance on demand",
            "the same, instance on demand",
        ),
        ("empty run, native function", "the same, native function"),
    ] {
        let time = figures.get(other)?;
        rows.push(compared(what, time, empty, ""));
    }
    rows.push(Row {
        name: "`SELECT 1` on PostgreSQL through a check, median".into(),
        value: micros(through_check),
        ratio: String::new(),
        goal: "",
    });
    for (other, what) in [
        (
            "SELECT 1 through sqlx, same fence",
            "the same through sqlx alone, in the same fence",
        ),
        (
            "SELECT 1 through sqlx, bare",
            "the same through sqlx alone, bare",
        ),
    ] {
        let time = figures.get(other)?;
        rows.push(compared(what, time, through_check, "≤ 1.15 ×"));
    }
    Ok(rows)
}

fn compared(name: &str, time: Duration, ours: Duration, goal: &'static str) -> Row {
    let ratio = format!("ours is {}", ratio(ours, time));
    Row {
        name: name.into(),
        value: micros(time),
        ratio,
        goal,
    }
}

fn micros(time: Duration) -> String {
    format!("{:.1} µs", time.as_secs_f64() * 1e6)
}

/// Medians by name.
struct Figures(HashMap<String, Duration>);

impl Figures {
    fn parse(lines: &str) -> Result<Self, Failure> {
        let mut figures = HashMap::new();
        for line in lines.lines().filter(|line| line.starts_with('{')) {
            let figure: Figure = serde_json::from_str(line).map_err(|error| {
                Failure::Missing(format!("the benchmark printed `{line}`: {error}"))
            })?;
            figures.insert(figure.name, Duration::from_secs_f64(figure.median_us / 1e6));
        }
        Ok(Self(figures))
    }

    fn get(&self, name: &str) -> Result<Duration, Failure> {
        self.0
            .get(name)
            .copied()
            .ok_or_else(|| Failure::Missing(format!("the benchmark did not measure `{name}`")))
    }
}

/// One line of the benchmark.
#[derive(serde::Deserialize)]
struct Figure {
    name: String,
    /// Microseconds.
    median_us: f64,
}
