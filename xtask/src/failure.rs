//! Why a command did not do what it is for.

use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use checkrun_testkit::{StartError, wasm};

/// A sentence for the person at the terminal, with the next step where there is one.
#[derive(Debug)]
pub enum Failure {
    /// A file or folder could not be read or written.
    File { path: PathBuf, source: io::Error },
    /// A program could not be started.
    Program { program: String, source: io::Error },
    /// A program ended with an error, which it has printed itself.
    Exit { line: String, status: ExitStatus },
    /// Something is missing on this machine; the text says what and how to get it.
    Missing(String),
    /// The rules of `cargo xtask tidy` are broken this often.
    Untidy(usize),
    /// A test server did not start.
    Server(StartError),
    /// Debian's compiler has no linker.
    Linker(wasm::NoLinker),
    /// A step of `cargo xtask test` failed; its own failure has been printed.
    Step(&'static str),
}

impl Failure {
    /// For `map_err` after an operation on `path`.
    pub fn file(path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::File {
            path: path.as_ref().to_owned(),
            source,
        }
    }

    /// For `map_err` after an attempt to start `program`.
    pub fn program(program: impl AsRef<OsStr>) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Program {
            program: program.as_ref().to_string_lossy().into_owned(),
            source,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, source } => write!(f, "{}: {source}", path.display()),
            Self::Program { program, source } => write!(f, "could not start {program}: {source}"),
            Self::Exit { line, status } => write!(f, "`{line}` ended with {status}"),
            Self::Missing(text) => f.write_str(text),
            Self::Untidy(count) => write!(f, "{count} broken rules, listed above"),
            Self::Server(error) => error.fmt(f),
            Self::Linker(error) => error.fmt(f),
            Self::Step(name) => write!(f, "the step `{name}` failed"),
        }
    }
}

impl std::error::Error for Failure {}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Self::Server(error)
    }
}

impl From<wasm::NoLinker> for Failure {
    fn from(error: wasm::NoLinker) -> Self {
        Self::Linker(error)
    }
}
