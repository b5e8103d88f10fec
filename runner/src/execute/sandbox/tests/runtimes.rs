//! Packs that bring a language runtime: what the user reads when one of them ends without a report.
//! Their guests are hand-written; `tests/languages` has the real ones.

use super::guest::core_module;
use super::*;
use crate::execute::sandbox::scripted::Script;
use crate::model::report::Failure;
use crate::model::sql::{ServerError, SqlError};

/// Functions of WASI and of the contract that these guests call.
const IMPORTS: &str = r#"
    (import "wasi:cli/stderr@0.2.0" "get-stderr" (func $stderr (result i32)))
    (import "wasi:cli/exit@0.2.0" "exit" (func $exit (param i32)))
    (import "wasi:io/streams@0.2.0" "[method]output-stream.blocking-write-and-flush"
        (func $write (param i32 i32 i32 i32)))
    (import "checkrun:check/database@0.1.0" "connect" (func $connect (param i32)))"#;

/// A guest that prints a text, then does something.
fn printing(text: &str, then: &str) -> Vec<u8> {
    let escaped: String = text.bytes().map(|byte| format!("\\{byte:02x}")).collect();
    core_module(&format!(
        r#"{IMPORTS}
        (data (i32.const 3000) "{escaped}")
        (global $stream (mut i32) (i32.const 0))
        (func $print
            (if (i32.eqz (global.get $stream)) (then (global.set $stream (call $stderr))))
            (call $write (global.get $stream) (i32.const 3000) (i32.const {}) (i32.const 5000)))
        (func $run (param i32 i32) (result i32) {then})"#,
        text.len()
    ))
}

/// Runs it; its database refuses everything.
async fn failure(guest: &[u8]) -> Failure {
    let pack = load(&sandbox(), guest).await.expect("a pack");
    let refuses = Script::Fails(SqlError::UndefinedObject(ServerError {
        sqlstate: None,
        code: None,
        message: "no such table: moon".into(),
        detail: None,
        hint: None,
    }));
    let result = pack.run(request(ScriptedDatabase::new(refuses))).await;
    result.answer.expect_err("no report")
}

const TRACEBACK: &str =
    "Traceback (most recent call last):\n  File \"/0/app.py\", line 5, in run\nValueError: odd\n";

#[tokio::test]
async fn an_exception_is_told_before_its_stack_and_without_the_runtime_s_own_frames() {
    let guest = printing(TRACEBACK, "(call $print) unreachable");
    let expected = format!("ValueError: odd\n{}", TRACEBACK.trim_end());
    assert_eq!(failure(&guest).await, Failure::Crashed(expected));
}

#[tokio::test]
async fn a_failed_query_that_nobody_caught_is_told() {
    let guest = printing(
        "KeyError: Error_UndefinedObject",
        "(call $connect (i32.const 5000)) (call $print) unreachable",
    );
    assert_eq!(
        failure(&guest).await,
        Failure::Crashed(
            "after a failed query (no such table: moon): KeyError: Error_UndefinedObject".into()
        )
    );
}

#[tokio::test]
async fn a_pack_that_exits_is_told_so() {
    let guest = printing(
        "bye",
        "(call $print) (call $exit (i32.const 1)) unreachable",
    );
    assert_eq!(
        failure(&guest).await,
        Failure::Crashed("ended itself with exit code 1 instead of returning a report\nbye".into())
    );
}

#[tokio::test]
async fn a_limit_is_told_with_what_was_printed_where_it_was_reached() {
    let guest = printing(
        TRACEBACK,
        "(drop (memory.grow (i32.const 20000))) (call $print) unreachable",
    );
    let Failure::LimitReached(text) = failure(&guest).await else {
        panic!("a limit");
    };
    assert!(text.starts_with("memory limit 256 MiB reached"), "{text}");
    assert!(text.ends_with("in run\nValueError: odd"), "{text}");
}

#[tokio::test]
async fn who_prints_much_goes_on_and_what_it_prints_last_is_kept() {
    let times = limits::OUTPUT_BYTES / 1000 + 1;
    let guest = printing(
        &format!("{}the end\n", "x".repeat(993)),
        &format!(
            "(local $n i32)
            (loop $again
                (call $print)
                (local.set $n (i32.add (local.get $n) (i32.const 1)))
                (br_if $again (i32.lt_u (local.get $n) (i32.const {times}))))
            (call $exit (i32.const 0))
            unreachable"
        ),
    );
    let Failure::Crashed(text) = failure(&guest).await else {
        panic!("a crash");
    };
    assert!(text.starts_with("ended itself with exit code 0"), "{text}");
    assert!(text.ends_with("the end"), "{text}");
}
