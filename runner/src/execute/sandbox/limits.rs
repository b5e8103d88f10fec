//! Every limit of a run and of loading a pack: its number, its unit and its reason, here and nowhere else.
//!
//! A job may override one of them, the wall time of a run, which is a parameter of the run.

use std::time::Duration;

/// 1 KiB.
const KIB: usize = 1024;
/// 1 MiB.
const MIB: usize = 1024 * KIB;

// Loading a pack.

/// Size of a pack's file. CPython with its library is 18 MiB.
pub const PACK_FILE_BYTES: u64 = 64 * MIB as u64;
/// Wall time of compiling one pack. CPython takes 20 s on two cores.
pub const COMPILE_TIME: Duration = Duration::from_secs(120);
/// CPU time of the process that compiles, summed over its threads; twice what two busy cores need.
pub const COMPILE_CPU: Duration = Duration::from_secs(480);
/// Address space of the process that compiles. CPython needs 400 MiB.
pub const COMPILE_ADDRESS_SPACE_BYTES: u64 = 2 * 1024 * MIB as u64;
/// Size of a compiled pack. CPython's is 33 MiB.
pub const COMPILED_BYTES: u64 = 512 * MIB as u64;
/// Wall time of a pack's `describe`.
pub const DESCRIBE_TIME: Duration = Duration::from_secs(10);

/// Checks in one pack.
pub const CHECKS: usize = 200;
/// Parameters of one check; metrics, tags, engines and privileges too.
pub const DECLARATIONS: usize = 100;
/// One text in a description.
pub const DESCRIPTION_TEXT_BYTES: usize = 16 * KIB;
/// A name: of a pack, check, parameter, metric, label.
pub const NAME_BYTES: usize = 100;

// The guest itself.

/// Time in the guest, host calls not counted.
pub const CPU: Duration = Duration::from_secs(2);
/// How often a running guest is looked at; also how exactly its CPU time is limited.
pub const TICK: Duration = Duration::from_millis(10);
/// Time that one uninterrupted stretch in the guest may count for. A stretch ends with a tick, unless
/// one instruction fills all memory; a longer one means that the machine, not the guest, was busy.
pub const CPU_STRETCH: Duration = Duration::from_millis(50);
/// Linear memory of a pack that is compiled for WebAssembly, summed over all its memories.
pub const MEMORY_BYTES: usize = 64 * MIB;
/// The same for a pack that brings a language runtime (Python, JavaScript).
pub const MEMORY_WITH_RUNTIME_BYTES: usize = 256 * MIB;
/// Elements of all tables together.
pub const TABLE_ELEMENTS: usize = 100_000;
/// Core instances in one run.
pub const INSTANCES: usize = 64;
/// Linear memories in one run.
pub const MEMORIES: usize = 8;
/// Tables in one run.
pub const TABLES: usize = 64;
/// Stack of the guest.
pub const STACK_BYTES: usize = 512 * KIB;
/// Stack of the guest and of the host functions it calls.
pub const HOST_STACK_BYTES: usize = 2 * MIB;
/// Frames of a backtrace.
pub const BACKTRACE_FRAMES: usize = 10;
/// Data that one call hands from the guest to the host, roughly bytes.
pub const CALL_BYTES: usize = 4 * MIB;
/// Handles of resources that a guest may hold.
pub const HANDLES: usize = 64;

// What a run asks of the database.

/// Queries of one run.
pub const QUERIES: u32 = 200;
/// Connections that one run opens to time them.
pub const CONNECTS: u32 = 20;
/// What opening a timed connection leaves of the run's time, so that the check can still report that
/// there was none; of a shorter rest, half.
pub const REPORT_TIME: Duration = Duration::from_millis(250);
/// Wall time of saying goodbye to the database, after the run's own time.
pub const CLOSE_TIME: Duration = Duration::from_secs(1);
/// Calls after a spent budget that are answered with `limit-exceeded`; the next one ends the run.
pub const IGNORED_REFUSALS: u32 = 20;
/// Rows of one query.
pub const ROWS_PER_QUERY: u32 = 10_000;
/// Rows of one run.
pub const ROWS_PER_RUN: u64 = 50_000;
/// Bytes of values of one query.
pub const BYTES_PER_QUERY: u64 = 8 * MIB as u64;
/// Bytes of values of one run.
pub const BYTES_PER_RUN: u64 = 32 * MIB as u64;
/// Text of one statement.
pub const SQL_BYTES: usize = 256 * KIB;
/// Placeholders of one statement.
pub const SQL_PARAMETERS: usize = 1000;

// What a run leaves behind.

/// Log lines of one run.
pub const LOG_LINES: usize = 500;
/// All log lines together.
pub const LOG_BYTES: usize = 64 * KIB;
/// One log line; the rest of it is cut.
pub const LOG_LINE_BYTES: usize = 2 * KIB;
/// What is kept of standard output, and again of standard error, of a pack with a language runtime.
pub const OUTPUT_BYTES: usize = 64 * KIB;
/// What is shown of that output when the pack fails.
pub const OUTPUT_TAIL_BYTES: usize = 2 * KIB;
/// Metrics of one report.
pub const METRICS: usize = 500;
/// Findings of one report.
pub const FINDINGS: usize = 500;
/// Labels of one metric; pieces of evidence of one finding.
pub const PAIRS: usize = 64;
/// One text of a report.
pub const REPORT_TEXT_BYTES: usize = 64 * KIB;
/// All texts of a report.
pub const REPORT_BYTES: usize = MIB;
/// Keys that are remembered for a job, counters included.
pub const STATE_KEYS: usize = 64;
/// One key.
pub const STATE_KEY_BYTES: usize = 256;
/// One remembered value.
pub const STATE_VALUE_BYTES: usize = 64 * KIB;
/// All keys and values together.
pub const STATE_BYTES: usize = 256 * KIB;

// Room for runs.

/// Runs that can hold prepared memory at the same time.
pub const POOLED_RUNS: u32 = crate::model::run::RUNS_AT_ONCE_MAX;
/// Runs at the same time that have no prepared memory, such as those with a language runtime.
pub const ON_DEMAND_RUNS: u32 = 8;
/// Of each returned memory, the written pages that are wiped and kept, so that the next run finds them
/// mapped; the rest is given back to the system. Most checks write less.
pub const KEPT_MEMORY_BYTES: usize = 256 * KIB;
/// The same where the kernel (before 6.7) does not tell which pages were written, so that all of these
/// are wiped after every run.
pub const KEPT_MEMORY_UNSEEN_BYTES: usize = 16 * KIB;
/// The same of each stack.
pub const KEPT_STACK_BYTES: usize = 64 * KIB;
/// The same of each table.
pub const KEPT_TABLE_BYTES: usize = 16 * KIB;

/// A number of bytes as people read it: `64 MiB`, `512 KiB`, `100 bytes`; rounded up to whole units.
#[must_use]
pub fn show_bytes(bytes: usize) -> String {
    if bytes >= MIB {
        format!("{} MiB", bytes.div_ceil(MIB))
    } else if bytes >= KIB {
        format!("{} KiB", bytes.div_ceil(KIB))
    } else {
        format!("{bytes} bytes")
    }
}

#[cfg(test)]
mod tests;
