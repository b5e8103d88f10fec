//! What can go wrong before a check runs: [`SandboxError`] and [`PackError`].

use std::io;
use std::time::Duration;

use super::contract::CONTRACT_VERSION;
use super::limits;
use crate::model::report::Failure;

/// Why there is no sandbox.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The WebAssembly engine does not start here.
    #[error(
        "the WebAssembly engine does not start: {0:#}; checkrun needs some hundred MiB of address space and one more thread, see `ulimit -v` and `ulimit -u`"
    )]
    Engine(wasmtime::Error),
}

/// Why a pack could not be loaded.
#[derive(Debug, thiserror::Error)]
#[error("pack {origin}: {reason}")]
pub struct PackError {
    /// The file's path, or `core (bundled)`.
    pub origin: String,
    /// What is wrong with it.
    pub reason: PackRefusal,
}

/// What is wrong with a pack.
#[derive(Debug, thiserror::Error)]
pub enum PackRefusal {
    /// The file cannot be read.
    #[error("cannot be read: {0}; check the path and the permissions")]
    Unreadable(#[source] io::Error),
    /// The file is above [`limits::PACK_FILE_BYTES`].
    #[error(
        "has more than {} MiB, the largest that is accepted; build it with optimisation and without debug information",
        limits::PACK_FILE_BYTES / 1024 / 1024
    )]
    TooLarge,
    /// The file is not the one that the configuration pins.
    #[error(
        "has the sha256 {actual}, but the configuration pins {pinned}; if the new file is meant, change the pin"
    )]
    PinMismatch {
        /// Lower-case hexadecimal.
        pinned: String,
        /// Lower-case hexadecimal.
        actual: String,
    },
    /// Not a byte.
    #[error("is empty; build or copy it again")]
    Empty,
    /// Native code, which nothing can check.
    #[error(
        "is already compiled to native code (.cwasm); checkrun accepts WebAssembly only and compiles it itself, so give the .wasm file"
    )]
    Precompiled,
    /// WebAssembly in its text form.
    #[error(
        "is WebAssembly text; turn it into a .wasm file first, for example with `wasm-tools parse`"
    )]
    WebAssemblyText,
    /// Some text.
    #[error("is a text file, not WebAssembly; give the .wasm file that the build wrote")]
    Text,
    /// Anything else.
    #[error("is not WebAssembly; give the .wasm file that the build wrote")]
    NotWebAssembly,
    /// The file ends in the middle.
    #[error("is cut off after {bytes} bytes; build or copy it again")]
    Truncated {
        /// What there is.
        bytes: usize,
    },
    /// Damaged, or it uses what the sandbox leaves out (threads, 64-bit memories …).
    #[error(
        "is not valid WebAssembly for this sandbox: {0}; build it again with the SDK's settings"
    )]
    Invalid(String),
    /// It does not implement the contract.
    #[error(
        "is WebAssembly, but not a pack: it does not export `checkrun:check/checks`; sdk/README.md tells how to write one"
    )]
    NotAPack,
    /// It imports what no pack gets.
    #[error(
        "imports what no pack may have: {}; a pack has `checkrun:check/*` and, from Python and JavaScript, WASI 0.2 (without HTTP). Rust packs build for wasm32-unknown-unknown",
        .0.join(", ")
    )]
    Imports(Vec<String>),
    /// It is built for another version of the contract.
    #[error(
        "is built for version {pack} of the contract, and this checkrun speaks {CONTRACT_VERSION}; {}",
        contract_advice(pack)
    )]
    ContractVersion {
        /// As the pack names it.
        pack: String,
    },
    /// It could not be compiled.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// Its imports or exports do not have the contract's types.
    #[error(
        "does not fit the contract {CONTRACT_VERSION}: {0}; build it again with this checkrun's SDK"
    )]
    Misfit(String),
    /// The host could not make room for it.
    #[error("could not be prepared: {0}")]
    Host(String),
    /// `describe` failed.
    #[error("its `describe` failed: {}", failure_text(.0))]
    DescribeFailed(Failure),
    /// `describe` returned what the host does not accept.
    #[error("describes itself wrongly:{}", .0.iter().map(|problem| format!("\n  - {problem}")).collect::<String>())]
    Description(Vec<String>),
}

/// Why a pack could not be compiled.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// It could not be wrapped, or the compiler refused it.
    #[error("could not be compiled: {0}; build it again with the SDK's settings")]
    Refused(String),
    /// It took longer than it may.
    #[error("could not be compiled in {} s; make the pack smaller", .0.as_secs())]
    TimedOut(Duration),
    /// The compiling process came to nothing.
    #[error("could not be compiled: the compiling process {0}")]
    Process(String),
}

fn contract_advice(pack: &str) -> &'static str {
    if version_numbers(pack) > version_numbers(CONTRACT_VERSION) {
        "use a newer checkrun, or build the pack with the SDK of this one"
    } else {
        "build the pack again with the SDK of this checkrun"
    }
}

fn version_numbers(version: &str) -> Vec<u64> {
    version
        .split(['.', '-', '+'])
        .map_while(|part| part.parse().ok())
        .collect()
}

/// A failure of `describe`, which has neither parameters nor a database.
fn failure_text(failure: &Failure) -> String {
    match failure {
        Failure::TimedOut { limit, during } => {
            format!("timed out after {} s in {during}", limit.as_secs())
        }
        Failure::BadParameter { parameter, why } => format!("{parameter}: {why}"),
        Failure::Database(error) => format!("{error:?}"),
        Failure::NotApplicable(text)
        | Failure::MissingPrivilege(text)
        | Failure::Internal(text)
        | Failure::LimitReached(text)
        | Failure::Crashed(text)
        | Failure::BadReport(text)
        | Failure::Pack(text)
        | Failure::Defect(text) => text.clone(),
    }
}
