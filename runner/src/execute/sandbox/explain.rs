//! Why a guest ended without an answer, told in the order of what explains most.
//!
//! A limit that was reached; the run's timeout; what the guest said last (a panic's text, a
//! traceback); the trap; and where in the guest it was.

use wasmtime::component::ResourceTableError;
use wasmtime::{Trap, WasmBacktrace};
use wasmtime_wasi::I32Exit;

use super::last_words;
use super::limits;
use super::refusal::Refusal;
use super::run_state::RunState;
use super::text::{escape_controls, escape_controls_in_lines, tail};
use crate::model::report::Failure;
use crate::model::sql::SqlError;

/// Marks an error that came while the instance was made, before any export was called.
#[derive(Debug, thiserror::Error)]
#[error("the pack could not be started")]
pub(super) struct NotStarted;

/// Turns an error of the engine into a failure. Decides by types only.
pub(super) fn explain(error: &wasmtime::Error, state: &RunState) -> Failure {
    if let Some(refusal) = error.downcast_ref::<Refusal>() {
        return refused(refusal, error, state);
    }
    if let Some(refusal) = state.limiter.refused() {
        return Failure::LimitReached(with_place(refusal.to_string(), error, state));
    }
    if let Some(ResourceTableError::Full) = error.downcast_ref() {
        let text = format!("handles: a run may hold {}", limits::HANDLES);
        return Failure::LimitReached(with_place(text, error, state));
    }
    let trap = error.downcast_ref::<Trap>().copied();
    if trap == Some(Trap::StackOverflow) {
        let text = format!(
            "call stack of {} exhausted",
            limits::show_bytes(limits::STACK_BYTES)
        );
        return Failure::LimitReached(with_place(text, error, state));
    }
    Failure::Crashed(crashed(trap, error, state))
}

fn refused(refusal: &Refusal, error: &wasmtime::Error, state: &RunState) -> Failure {
    match refusal {
        Refusal::Deadline { limit, during } => Failure::TimedOut {
            limit: *limit,
            during: during.clone(),
        },
        Refusal::Cpu | Refusal::Memory { .. } | Refusal::Table { .. } | Refusal::Ignored { .. } => {
            Failure::LimitReached(with_place(refusal.to_string(), error, state))
        }
        Refusal::NotApplicable { .. } => Failure::NotApplicable(refusal.to_string()),
        Refusal::NotInDescribe { .. } => {
            Failure::Crashed(with_place(refusal.to_string(), error, state))
        }
    }
}

fn crashed(trap: Option<Trap>, error: &wasmtime::Error, state: &RunState) -> String {
    if let Some(I32Exit(code)) = error.downcast_ref() {
        let text = format!("ended itself with exit code {code} instead of returning a report");
        return match printed(state) {
            Some(printed) => format!("{text}\n{printed}"),
            None => text,
        };
    }
    let how = match trap {
        // How a panic ends: the trap says nothing that the panic's text does not say better.
        Some(Trap::UnreachableCodeReached) => None,
        Some(trap) => Some(trap.to_string()),
        None if error.is::<NotStarted>() => {
            Some(format!("could not be started: {}", error.root_cause()))
        }
        None => Some(format!(
            "what the pack handed to the host could not be taken ({}); one call may carry {}",
            error.root_cause(),
            limits::show_bytes(limits::CALL_BYTES)
        )),
    };
    match (printed(state), state.log.last_error()) {
        (Some(printed), _) => {
            let said = joined(how, &last_words::arrange(&printed));
            match state.asked.failed() {
                // The runtime may have failed in words of its own because nobody caught this one.
                Some(failed) => format!("after a failed query ({}): {said}", words(failed)),
                None => said,
            }
        }
        // A panic's text names its place; the frames would be the panic's own machinery.
        (None, Some(logged)) if how.is_none() => logged.to_owned(),
        (None, Some(logged)) => with_backtrace(joined(how, logged), error),
        (None, None) => {
            let how = how.unwrap_or_else(|| Trap::UnreachableCodeReached.to_string());
            with_backtrace(how, error)
        }
    }
}

fn joined(how: Option<String>, said: &str) -> String {
    match how {
        Some(how) => format!("{how}; the check said last: {said}"),
        None => said.to_owned(),
    }
}

/// The end of what a language runtime printed.
fn printed(state: &RunState) -> Option<String> {
    let printed = state.wasi.as_ref()?.output()?;
    Some(escape_controls_in_lines(tail(
        &printed,
        limits::OUTPUT_TAIL_BYTES,
    )))
}

fn words(failed: &SqlError) -> String {
    let words = match failed {
        SqlError::Server(error)
        | SqlError::PermissionDenied(error)
        | SqlError::UndefinedObject(error) => &error.message,
        SqlError::Connection(error) => &error.message,
        SqlError::Forbidden(why)
        | SqlError::InvalidParameter(why)
        | SqlError::LimitExceeded(why) => why,
        SqlError::Timeout(after) => return format!("given up after {after:?}"),
    };
    escape_controls(words)
}

/// Appends where it was: what a language runtime printed of it, or else the frames, which would be the
/// runtime's own.
fn with_place(text: String, error: &wasmtime::Error, state: &RunState) -> String {
    match printed(state) {
        Some(printed) => format!("{text}\n{}", last_words::arrange(&printed)),
        None => with_backtrace(text, error),
    }
}

/// Appends the frames, without the engine's own heading.
fn with_backtrace(text: String, error: &wasmtime::Error) -> String {
    let Some(backtrace) = error.downcast_ref::<WasmBacktrace>() else {
        return text;
    };
    if backtrace.frames().is_empty() {
        return text;
    }
    let shown = backtrace.to_string();
    let frames = shown
        .split_once('\n')
        .map_or("", |(_heading, frames)| frames)
        // The engine names the module before each function, and a pack's module has no name.
        .replace("<unknown>!", "");
    // Names of functions come from the pack.
    format!(
        "{text}\nin the pack:\n{}",
        escape_controls_in_lines(&frames)
    )
}
