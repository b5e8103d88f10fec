//! The documentation has every limit with the number that is in force.

use super::*;

/// Each limit as `docs/sandbox.md` names and writes it.
fn documented() -> Vec<(&'static str, String)> {
    let seconds = |duration: Duration| format!("{} s", duration.as_secs());
    let count = |number: usize| number.to_string();
    let bytes = show_bytes;
    let wide = |number: u64| bytes(usize::try_from(number).expect("64 bits"));
    vec![
        ("time in the guest", seconds(CPU)),
        ("memory", bytes(MEMORY_BYTES)),
        (
            "memory with a language runtime",
            bytes(MEMORY_WITH_RUNTIME_BYTES),
        ),
        ("table elements", count(TABLE_ELEMENTS)),
        ("core instances", count(INSTANCES)),
        ("linear memories", count(MEMORIES)),
        ("tables", count(TABLES)),
        ("stack", bytes(STACK_BYTES)),
        ("bytes handed to the host in one call", bytes(CALL_BYTES)),
        ("handles", count(HANDLES)),
        ("queries", QUERIES.to_string()),
        ("timed connections", CONNECTS.to_string()),
        (
            "time that a connection which hangs leaves for the report",
            format!("{} ms", REPORT_TIME.as_millis()),
        ),
        ("ignored refusals", IGNORED_REFUSALS.to_string()),
        ("rows of a query", ROWS_PER_QUERY.to_string()),
        ("rows of a run", ROWS_PER_RUN.to_string()),
        ("bytes of a query", wide(BYTES_PER_QUERY)),
        ("bytes of a run", wide(BYTES_PER_RUN)),
        ("text of a statement", bytes(SQL_BYTES)),
        ("placeholders of a statement", count(SQL_PARAMETERS)),
        ("log lines", count(LOG_LINES)),
        ("all log lines", bytes(LOG_BYTES)),
        ("one log line", bytes(LOG_LINE_BYTES)),
        ("standard output, and standard error", bytes(OUTPUT_BYTES)),
        ("metrics", count(METRICS)),
        ("findings", count(FINDINGS)),
        ("labels of a metric, evidence of a finding", count(PAIRS)),
        ("a name", bytes(NAME_BYTES)),
        ("one text of a report", bytes(REPORT_TEXT_BYTES)),
        ("all texts of a report", bytes(REPORT_BYTES)),
        ("remembered keys", count(STATE_KEYS)),
        ("one remembered key", bytes(STATE_KEY_BYTES)),
        ("one remembered value", bytes(STATE_VALUE_BYTES)),
        ("all that is remembered", bytes(STATE_BYTES)),
        ("file", wide(PACK_FILE_BYTES)),
        ("wall time of compiling", seconds(COMPILE_TIME)),
        ("CPU time of compiling", seconds(COMPILE_CPU)),
        (
            "address space of compiling",
            wide(COMPILE_ADDRESS_SPACE_BYTES),
        ),
        ("compiled pack", wide(COMPILED_BYTES)),
        ("`describe`", seconds(DESCRIBE_TIME)),
        ("checks in a pack", count(CHECKS)),
        ("parameters, and metrics, of a check", count(DECLARATIONS)),
        ("one text of a description", bytes(DESCRIPTION_TEXT_BYTES)),
    ]
}

#[test]
fn the_documentation_has_the_numbers_in_force() {
    let text = include_str!("../../../../../docs/sandbox.md");
    let missing: Vec<String> = documented()
        .into_iter()
        .map(|(limit, value)| format!("| {limit} | {value} |"))
        .filter(|row| !text.contains(row))
        .collect();
    assert_eq!(missing, [""; 0], "docs/sandbox.md lacks these rows");
}

/// So that a limit which is added is also documented.
#[test]
fn every_limit_is_documented_or_never_met() {
    // About speed, or after the run.
    const UNSEEN: [&str; 12] = [
        "CLOSE_TIME",
        "TICK",
        "CPU_STRETCH",
        "HOST_STACK_BYTES",
        "BACKTRACE_FRAMES",
        "OUTPUT_TAIL_BYTES",
        "POOLED_RUNS",
        "ON_DEMAND_RUNS",
        "KEPT_MEMORY_BYTES",
        "KEPT_MEMORY_UNSEEN_BYTES",
        "KEPT_STACK_BYTES",
        "KEPT_TABLE_BYTES",
    ];
    let source = include_str!("../limits.rs");
    let limits: Vec<&str> = source
        .lines()
        .filter_map(|line| line.strip_prefix("pub const "))
        .filter_map(|rest| rest.split(':').next())
        .filter(|name| !UNSEEN.contains(name))
        .collect();
    assert_eq!(limits.len(), documented().len(), "{limits:?}");
}
