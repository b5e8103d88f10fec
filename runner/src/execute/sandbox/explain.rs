//! Why a guest ended without an answer, told in the order of what explains most.
//!
//! A limit that was reached; the run's timeout; what the guest said last (a panic's text, a
//! traceback); the trap; and where in the guest it was.

use wasmtime::component::ResourceTableError;
use wasmtime::{Trap, WasmBacktrace};

use super::limits;
use super::refusal::Refusal;
use super::run_state::RunState;
use super::text::{escape_controls_in_lines, tail};
use crate::model::report::Failure;

/// Marks an error that came while the instance was made, before any export was called.
#[derive(Debug, thiserror::Error)]
#[error("the pack could not be started")]
pub(super) struct NotStarted;

/// Turns an error of the engine into a failure. Decides by types only.
pub(super) fn explain(error: &wasmtime::Error, state: &RunState) -> Failure {
    if let Some(refusal) = error.downcast_ref::<Refusal>() {
        return refused(refusal, error);
    }
    if let Some(refusal) = state.limiter.refused() {
        return Failure::LimitReached(with_backtrace(refusal.to_string(), error));
    }
    if let Some(ResourceTableError::Full) = error.downcast_ref() {
        let text = format!("handles: a run may hold {}", limits::HANDLES);
        return Failure::LimitReached(with_backtrace(text, error));
    }
    let trap = error.downcast_ref::<Trap>().copied();
    if trap == Some(Trap::StackOverflow) {
        let text = format!(
            "call stack of {} exhausted",
            limits::show_bytes(limits::STACK_BYTES)
        );
        return Failure::LimitReached(with_backtrace(text, error));
    }
    let said = last_words(state);
    let text = match (trap, said) {
        // How a panic ends: trap and frames say nothing that the panic's text does not say better.
        (None | Some(Trap::UnreachableCodeReached), Some(said)) => return Failure::Crashed(said),
        (Some(trap), Some(said)) => format!("{trap}; the check said last: {said}"),
        (Some(trap), None) => trap.to_string(),
        (None, None) if error.is::<NotStarted>() => {
            format!("could not be started: {}", error.root_cause())
        }
        (None, None) => format!(
            "what the pack handed to the host could not be taken ({}); one call may carry {}",
            error.root_cause(),
            limits::show_bytes(limits::CALL_BYTES)
        ),
    };
    Failure::Crashed(with_backtrace(text, error))
}

fn refused(refusal: &Refusal, error: &wasmtime::Error) -> Failure {
    match refusal {
        Refusal::Deadline { limit, during } => Failure::TimedOut {
            limit: *limit,
            during: during.clone(),
        },
        Refusal::Cpu | Refusal::Memory { .. } | Refusal::Table { .. } | Refusal::Ignored { .. } => {
            Failure::LimitReached(with_backtrace(refusal.to_string(), error))
        }
        Refusal::NotInDescribe { .. } => {
            Failure::Crashed(with_backtrace(refusal.to_string(), error))
        }
    }
}

/// The end of what a language runtime printed, or else the last error line of the log.
fn last_words(state: &RunState) -> Option<String> {
    let printed = state.wasi.as_ref().and_then(|wasi| wasi.output());
    if let Some(printed) = printed {
        return Some(escape_controls_in_lines(tail(
            &printed,
            limits::OUTPUT_TAIL_BYTES,
        )));
    }
    state.log.last_error().map(str::to_owned)
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
