//! Hostile guests, one file each in `tests/guests`: what they do and what the user reads of it.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::guest::core_module;
use super::*;
use crate::execute::sandbox::text::cut;
use crate::model::report::Failure;

/// File, and the kind of end it must come to. The snapshot has the sentences.
const GUESTS: [(&str, End); 54] = [
    ("beyond_memory", End::Crashed),
    ("call_from_realloc", End::Crashed),
    ("connect_flood", End::LimitReached),
    ("describes_no_check", End::NotLoaded),
    ("division_by_zero", End::Crashed),
    ("findings_100000", End::Crashed),
    ("findings_million", End::Crashed),
    ("imports_env", End::NotLoaded),
    ("log_flood", End::Report),
    ("loop", End::LimitReached),
    ("loop_in_describe", End::NotLoaded),
    ("loop_in_post_return", End::LimitReached),
    ("loop_in_realloc", End::LimitReached),
    ("loop_in_start", End::NotLoaded),
    ("loop_of_host_calls", End::LimitReached),
    ("loop_of_memory_copies", End::LimitReached),
    ("many_memories", End::NotLoaded),
    ("memory_64_bit", End::NotLoaded),
    ("memory_bomb", End::LimitReached),
    ("memory_refusal_handled", End::Report),
    ("memory_regrown", End::LimitReached),
    ("memory_shared", End::NotLoaded),
    ("memory_too_large_at_start", End::NotLoaded),
    ("metric_not_a_number", End::BadReport),
    ("metrics_600", End::BadReport),
    ("metrics_all_wrong", End::BadReport),
    ("needs_another_server", End::NotApplicable),
    ("panic", End::Crashed),
    ("query_flood", End::LimitReached),
    ("query_in_describe", End::NotLoaded),
    ("recursion", End::LimitReached),
    ("result_beyond_memory", End::Crashed),
    ("result_misaligned", End::Crashed),
    ("result_of_no_case", End::Crashed),
    ("state_then_trap", End::Crashed),
    ("status_of_no_case", End::Crashed),
    ("summary_too_long", End::BadReport),
    ("summary_with_escapes", End::Report),
    ("table_bomb", End::LimitReached),
    ("text_beyond_memory", End::Crashed),
    ("text_not_utf8", End::Crashed),
    ("text_too_large", End::Crashed),
    ("trap_in_start", End::NotLoaded),
    ("unknown_log_level", End::Crashed),
    ("unreachable", End::Crashed),
    ("wasi_handle_dropped_twice", End::Crashed),
    ("wasi_handle_forged", End::Crashed),
    ("wasi_handle_used_after_drop", End::Crashed),
    ("wasi_memory_bomb", End::LimitReached),
    ("wasi_output_flood", End::Crashed),
    ("wasi_sees_nothing", End::Report),
    ("wasi_stream_hoard", End::LimitReached),
    ("wasi_traceback", End::Crashed),
    ("wrong_function_type", End::Crashed),
];

/// Guests that mean no harm, or need a scene of their own below.
const OTHERS: [&str; 3] = ["asks_once", "keeps_a_global", "memory_touched"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    NotLoaded,
    Report,
    Crashed,
    LimitReached,
    BadReport,
    NotApplicable,
    Another,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/guests")
}

fn text(name: &str) -> String {
    std::fs::read_to_string(folder().join(name).with_extension("wat")).expect(name)
}

/// What the user reads, and how it ended.
async fn meet(sandbox: &Sandbox, text: &str) -> (End, String) {
    let pack = match load(sandbox, &core_module(text)).await {
        Ok(pack) => pack,
        Err(error) => return (End::NotLoaded, error.reason.to_string()),
    };
    let result = run(&pack).await;
    assert!(result.answer.is_ok() || result.state_changes.is_empty());
    match result.answer {
        Ok(report) => {
            let last = result.log.last().map_or(String::new(), |line| {
                format!(
                    " (last of {} log lines: {})",
                    result.log.len(),
                    line.message
                )
            });
            (End::Report, format!("{}{last}", report.summary))
        }
        Err(Failure::Crashed(text)) => (End::Crashed, text),
        Err(Failure::LimitReached(text)) => (End::LimitReached, text),
        Err(Failure::BadReport(text)) => (End::BadReport, text),
        Err(Failure::NotApplicable(text)) => (End::NotApplicable, text),
        Err(other) => (End::Another, format!("{other:?}")),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_hostile_guest_ends_with_a_sentence_and_harms_nobody() {
    let sandbox = Arc::new(sandbox());
    let good = load(&sandbox, &core_module("")).await.expect("a pack");
    let meetings = GUESTS.map(|(name, end)| {
        let sandbox = Arc::clone(&sandbox);
        let met = tokio::spawn(async move { meet(&sandbox, &text(name)).await });
        (name, end, met)
    });
    let mut shown = String::new();
    for (name, end, met) in meetings {
        let (ended, sentence) = met.await.expect("no panic reaches the runner");
        assert_eq!(ended, end, "{name}: {sentence}");
        let what = text(name);
        let does = what
            .lines()
            .next()
            .expect("a first line")
            .trim_start_matches(";; ");
        let sentence = narrow(&sentence);
        writeln!(shown, "{name}: {does}\n    {end:?}: {sentence}\n").expect("room");
        // While others still misbehave, a good one gets its answer.
        assert_eq!(run(&good).await.answer.expect(name).summary, "fine");
    }
    // Where exactly the code stands changes with every change of the contract.
    insta::with_settings!({filters => vec![(r"0x[0-9a-f]+", "0x…")]}, {
        insta::assert_snapshot!(shown);
    });
}

/// Indented, and as much of each line as fits into a review.
fn narrow(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(|line| cut(line, 200)).collect();
    lines.join("\n    ")
}

#[test]
fn every_guest_of_the_folder_is_met() {
    let mut named: Vec<_> = GUESTS.iter().map(|(name, _)| *name).chain(OTHERS).collect();
    named.sort_unstable();
    let mut there: Vec<_> = std::fs::read_dir(folder())
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "wat"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    there.sort_unstable();
    assert_eq!(there, named);
}

#[tokio::test]
async fn every_run_has_an_instance_of_its_own() {
    let sandbox = sandbox();
    let pack = load(&sandbox, &core_module(&text("keeps_a_global")))
        .await
        .expect("a pack");
    for _ in 0..3 {
        assert_eq!(run(&pack).await.answer.expect("a report").summary, "fine");
    }
}

#[tokio::test]
async fn a_guest_that_computes_ends_with_a_short_timeout_too() {
    let sandbox = sandbox();
    let pack = load(&sandbox, &core_module(&text("loop")))
        .await
        .expect("a pack");
    let mut request = request(ScriptedDatabase::one());
    request.timeout = Duration::from_millis(100);
    let result = pack.run(request).await;
    assert_eq!(
        result.answer,
        Err(Failure::TimedOut {
            limit: Duration::from_millis(100),
            during: "computing".into()
        })
    );
}

#[tokio::test]
async fn waiting_for_its_turn_does_not_count_as_a_guest_s_cpu() {
    let sandbox = sandbox();
    let pack = load(&sandbox, &core_module(&text("loop")))
        .await
        .expect("a pack");
    let mut request = request(ScriptedDatabase::one());
    request.timeout = Duration::from_secs(1);
    // Blocks the only thread for three times as long as a guest has it.
    let busy = tokio::spawn(async {
        loop {
            std::thread::sleep(limits::TICK * 3);
            tokio::task::yield_now().await;
        }
    });
    let result = pack.run(request).await;
    busy.abort();
    let cpu = result.usage.cpu;
    assert!(
        cpu < result.duration / 2,
        "{cpu:?} of {:?}",
        result.duration
    );
    assert!(!cpu.is_zero());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_runs_than_places_wait_and_all_get_their_answer() {
    let sandbox = sandbox();
    let pack = load(&sandbox, &core_module(&text("asks_once")))
        .await
        .expect("a pack");
    let pack = Arc::new(pack);
    let runs: Vec<_> = (0..limits::POOLED_RUNS * 4)
        .map(|_| {
            let pack = Arc::clone(&pack);
            tokio::spawn(async move { run(&pack).await })
        })
        .collect();
    for run in runs {
        assert!(run.await.expect("no panic").answer.is_ok());
    }
}

#[tokio::test]
async fn a_guest_s_memory_is_given_back_to_the_system() {
    const RUNS: u64 = 40;
    let sandbox = sandbox();
    let pack = load(&sandbox, &core_module(&text("memory_touched")))
        .await
        .expect("a pack");
    let before = resident_bytes();
    let mut touched = 0;
    for _ in 0..RUNS {
        let result = run(&pack).await;
        result.answer.expect("a report");
        touched += result.usage.memory_bytes;
    }
    assert!(touched > RUNS * 60_000_000);
    // Other tests use memory in the same process at the same time, so the bound is a wide one.
    let grown = resident_bytes().saturating_sub(before);
    assert!(
        grown < touched / 5,
        "{grown} bytes more after {touched} were touched"
    );
}

/// Memory of this process that is in use, bytes.
fn resident_bytes() -> u64 {
    const PAGE_BYTES: u64 = 4096;
    let pages = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    let resident = pages.split(' ').nth(1).expect("the second number");
    resident.parse::<u64>().expect("a number") * PAGE_BYTES
}
