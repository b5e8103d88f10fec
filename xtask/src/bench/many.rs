//! Ten thousand runs over a hundred SQLite targets in one `checkrun run`, and the history's share.

use std::fmt::Write;
use std::fs;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::cold::remove_database;
use super::{Bench, Row};
use crate::failure::Failure;
use crate::program;

const TARGETS: usize = 100;
const CHECKS: usize = 100;

/// Once with the history and once without it.
pub fn measure(bench: &Bench<'_>) -> Result<Vec<Row>, Failure> {
    let config = configure(bench)?;
    let runs = (TARGETS * CHECKS) as f64;
    let mut command = Command::new(&bench.runner);
    command
        .args(["run", "--format", "json", "--config"])
        .arg(&config);
    command.env("CHECKRUN_CACHE", bench.folder.join("cache"));
    let kept = Answer::parse(&program::output(&mut command)?)?;
    let unkept = Answer::parse(&program::output(command.arg("--no-record"))?)?;
    let rate = |answer: &Answer| format!("{:.0} runs/s", runs / answer.duration.as_secs_f64());
    Ok(vec![
        Row {
            name: "10,000 runs over 100 SQLite targets in one `checkrun run`".into(),
            value: rate(&kept),
            ratio: String::new(),
            goal: "",
        },
        Row {
            name: "share of it in which the history's writer was busy".into(),
            value: format!(
                "{:.0} %",
                100.0 * kept.history.as_secs_f64() / kept.duration.as_secs_f64()
            ),
            ratio: String::new(),
            goal: "",
        },
        Row {
            name: "the same without the history (`--no-record`)".into(),
            value: rate(&unkept),
            ratio: String::new(),
            goal: "",
        },
    ])
}

/// Makes the databases and a configuration that runs every check on each.
fn configure(bench: &Bench<'_>) -> Result<std::path::PathBuf, Failure> {
    let folder = bench.folder.join("many");
    fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
    remove_database(&folder.join("history.db"))?;
    let first = folder.join("0.db");
    remove_database(&first)?;
    let rows = "CREATE TABLE orders(id INTEGER PRIMARY KEY, article TEXT);
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
                INSERT INTO orders SELECT i, 'article ' || i FROM n;";
    program::run(Command::new("sqlite3").arg(&first).arg(rows))?;
    let mut text = String::from("[history]\npath = \"history.db\"\n");
    for target in 0..TARGETS {
        let database = folder.join(format!("{target}.db"));
        if target > 0 {
            fs::copy(&first, &database).map_err(Failure::file(&database))?;
        }
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "\n[[target]]\nname = \"t{target}\"\nurl = \"sqlite:./{target}.db\"\n"
        );
    }
    for check in 0..CHECKS {
        let _ = write!(
            text,
            "\n[[check]]\nname = \"c{check}\"\nuse = \"core/query\"\ntargets = [\"*\"]\n\
             parameters = {{ sql = \"SELECT count(*) AS orders FROM orders\" }}\n"
        );
    }
    let config = folder.join("checkrun.toml");
    fs::write(&config, text).map_err(Failure::file(&config))?;
    Ok(config)
}

/// What of the JSON document is of interest here.
struct Answer {
    duration: Duration,
    /// Time in which the history's writer was busy; zero without a history.
    history: Duration,
}

impl Answer {
    fn parse(text: &str) -> Result<Self, Failure> {
        let unexpected = |what: &str| Failure::Missing(format!("`checkrun run` printed no {what}"));
        let document: Value = serde_json::from_str(text).map_err(|_| unexpected("JSON"))?;
        let milliseconds =
            |value: &Value| value.as_f64().map(|ms| Duration::from_secs_f64(ms / 1e3));
        let ok = document["counts"]["ok"].as_u64();
        if ok != Some((TARGETS * CHECKS) as u64) {
            return Err(Failure::Missing(format!(
                "of 10,000 runs these were ok: {ok:?}"
            )));
        }
        Ok(Self {
            duration: milliseconds(&document["duration_ms"])
                .ok_or_else(|| unexpected("duration"))?,
            history: milliseconds(&document["history"]["busy_ms"]).unwrap_or_default(),
        })
    }
}
