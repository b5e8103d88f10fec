//! The table, and its place in `docs/operations/costs.md`.

use std::fmt::Write;
use std::fs;

use super::cost::Cost;
use super::setting::TARGETS;
use crate::bench::machine;
use crate::failure::Failure;
use crate::workspace;

const PAGE: &str = "docs/operations/costs.md";
const BEGIN: &str = "<!-- begin: written by `cargo xtask bench costs` -->\n";
const END: &str = "<!-- end -->\n";

/// One line for each check and target, each number the median of the rounds, and one line for connecting.
pub fn table(checks: &[String], rounds: &[Vec<Cost>]) -> String {
    let mut text = format!(
        "{}.\n\n| check | engine | queries | rows | bytes | time in the database |\n\
         |---|---|--:|--:|--:|--:|\n",
        machine()
    );
    for check in checks {
        for target in TARGETS {
            let costs: Vec<&Cost> = rounds
                .iter()
                .flatten()
                .filter(|cost| cost.check == *check && cost.target == target)
                .collect();
            // Writing to a String cannot fail.
            let _ = writeln!(text, "| `core/{check}` | {target} | {} |", cells(&costs));
        }
    }
    text.push('\n');
    for target in TARGETS {
        let times = rounds
            .iter()
            .flatten()
            .filter(|cost| cost.check == "health" && cost.target == target)
            .filter_map(|cost| cost.connect_ms);
        if let Some(time) = median(times) {
            let _ = writeln!(text, "- Connecting to {target}: {}", milliseconds(time));
        }
    }
    text
}

/// A check that the host leaves out for an engine has no run at all.
fn cells(costs: &[&Cost]) -> String {
    let failure = costs.iter().find_map(|cost| cost.failure.as_deref());
    let sent = costs.iter().any(|cost| cost.queries > 0);
    if costs.is_empty() || (failure == Some("not-applicable") && !sent) {
        return "– | – | – | not applicable".to_owned();
    }
    let count =
        |of: fn(&Cost) -> u64| median(costs.iter().map(|cost| of(cost))).unwrap_or_default();
    let time = median(costs.iter().map(|cost| cost.database_ms)).unwrap_or_default();
    let note = failure.map_or(String::new(), |kind| format!(", then {kind}"));
    format!(
        "{} | {} | {} | {}{note}",
        count(|cost| cost.queries),
        count(|cost| cost.rows),
        count(|cost| cost.bytes),
        milliseconds(time)
    )
}

/// The middle one; of two, the upper.
fn median<T: PartialOrd + Copy>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut sorted: Vec<T> = values.collect();
    sorted.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    sorted.get(sorted.len() / 2).copied()
}

fn milliseconds(time: f64) -> String {
    format!("{time:.2} ms")
}

/// Puts the table between the marks of the page.
pub fn write(table: &str) -> Result<(), Failure> {
    let path = workspace::folder().join(PAGE);
    let page = fs::read_to_string(&path).map_err(Failure::file(&path))?;
    let Some(page) = replaced(&page, table) else {
        return Err(Failure::Missing(format!(
            "{PAGE} has no place for the table: a line `{}` and after it `{}`",
            BEGIN.trim_end(),
            END.trim_end()
        )));
    };
    fs::write(&path, page).map_err(Failure::file(&path))
}

fn replaced(page: &str, table: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{table}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(check: &str, target: &str, database_ms: f64) -> Cost {
        Cost {
            check: check.to_owned(),
            target: target.to_owned(),
            queries: 2,
            rows: 3,
            bytes: 24,
            database_ms,
            connect_ms: (check == "health").then_some(4.5),
            failure: None,
        }
    }

    fn lines(rounds: &[Vec<Cost>]) -> Vec<String> {
        let checks = ["health", "connections"].map(str::to_owned);
        let table = table(&checks, rounds);
        let lines = table.lines().filter(|line| line.starts_with(['|', '-']));
        lines.skip(2).map(str::to_owned).collect()
    }

    #[test]
    fn each_check_and_engine_has_a_line_with_medians() {
        let without = |kind: &str, queries| Cost {
            failure: Some(kind.to_owned()),
            queries,
            ..cost("connections", "MariaDB", 0.5)
        };
        let rounds: Vec<Vec<Cost>> = [9.0, 0.25, 1.0]
            .into_iter()
            .map(|time| {
                vec![
                    cost("health", "PostgreSQL", time),
                    cost("health", "MariaDB", time),
                    without("missing-privilege", 1),
                    Cost {
                        target: "SQLite".to_owned(),
                        ..without("not-applicable", 0)
                    },
                ]
            })
            .collect();
        assert_eq!(
            lines(&rounds),
            [
                "| `core/health` | PostgreSQL | 2 | 3 | 24 | 1.00 ms |",
                "| `core/health` | MariaDB | 2 | 3 | 24 | 1.00 ms |",
                "| `core/health` | SQLite | – | – | – | not applicable |",
                "| `core/connections` | PostgreSQL | – | – | – | not applicable |",
                "| `core/connections` | MariaDB | 1 | 3 | 24 | 0.50 ms, then missing-privilege |",
                "| `core/connections` | SQLite | – | – | – | not applicable |",
                "- Connecting to PostgreSQL: 4.50 ms",
                "- Connecting to MariaDB: 4.50 ms",
            ]
        );
    }

    #[test]
    fn the_table_is_replaced_and_what_stands_around_it_stays() {
        let page = format!("# Costs\n\n{BEGIN}old\n{END}\nMore.\n");
        let once = replaced(&page, "new\n").unwrap();
        assert_eq!(once, format!("# Costs\n\n{BEGIN}\nnew\n\n{END}\nMore.\n"));
        assert_eq!(replaced(&once, "new\n"), Some(once.clone()));
        assert_eq!(replaced("# Costs\n", "new\n"), None);
    }

    #[test]
    fn the_page_has_a_place_for_the_table() {
        let page = include_str!("../../../../docs/operations/costs.md");
        assert!(replaced(page, "").is_some());
    }
}
