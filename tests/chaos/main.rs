//! Killing checkrun at every moment, and counting what that costs: nothing recorded and no alert may be
//! lost, and nobody is told twice, but for who was just being told.
//!
//! `cargo xtask chaos` runs this for longer, and prints the figures.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "this is how a test fails"
)]

mod dice;
mod kills;
mod sink;
mod sweep;

use std::str::FromStr;

use checkrun_tests::Stage;
use rusqlite::Connection;

/// A number from the environment.
fn number<T: FromStr>(variable: &str, otherwise: T) -> T {
    match std::env::var(variable) {
        Ok(text) => match text.parse() {
            Ok(number) => number,
            Err(_) => panic!("{variable} is no number: {text}"),
        },
        Err(_) => otherwise,
    }
}

/// All rows of a question to the history.
fn rows<T>(
    stage: &Stage,
    sql: &str,
    row: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> Vec<T> {
    let connection = Connection::open(stage.path("checkrun.db")).unwrap();
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |found| row(found)).unwrap();
    rows.map(Result::unwrap).collect()
}

fn count(stage: &Stage, from: &str) -> i64 {
    stage.value("checkrun.db", &format!("select count(*) from {from}"))
}

fn assert_sound(stage: &Stage) {
    let check: String = stage.value("checkrun.db", "pragma integrity_check");
    assert_eq!(check, "ok");
}

/// The numbers behind `token = ` in what was printed. A line that was cut off was not said.
fn tokens(stdout: &str) -> Vec<i64> {
    let whole = stdout.rfind('\n').map_or("", |end| &stdout[..end]);
    let token = |line: &str| line.split_once("token = ")?.1.trim().parse().ok();
    whole.lines().filter_map(token).collect()
}
