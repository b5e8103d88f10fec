//! From a pack to machine code: in this process for packs we bring along, in a child with limits of
//! its own for packs that someone gave us, as the compiler promises nothing about time, and what wraps
//! core modules nothing about hostile ones.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::Stdio;

use rustix::process::{Resource, Rlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use wasmtime::Engine;
use wasmtime::component::Component;

use super::contract;
use super::engine_room::{self, AddressSpace};
use super::error::CompileError;
use super::limits;
use super::text::{escape_controls_in_lines, tail};

/// What is read of the compiling process's messages, bytes.
const MESSAGE_BYTES: u64 = 16 * 1024;
/// What is shown of them, bytes.
const SHOWN_MESSAGE_BYTES: usize = 1024;

/// Where packs from files are compiled. Bundled ones are compiled in this process.
#[derive(Clone, Debug)]
pub enum CompileIn {
    /// In a child process that calls [`compile_pack_main`].
    ChildProcess {
        /// The program, such as this one.
        program: PathBuf,
        /// Its arguments, such as `compile-pack`.
        arguments: Vec<OsString>,
    },
    /// Right here.
    ThisProcess,
}

/// Machine code. Comes from our own compiler or, verified, from our own cache, and from nowhere else.
pub(super) struct Compiled(Vec<u8>);

impl Compiled {
    /// Of a cache entry whose content was verified.
    pub(super) fn from_cache(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Makes it ready to run in an engine.
    ///
    /// # Errors
    /// It is of another version of the engine, or it does not fit into the engine's pool.
    pub(super) fn load(&self, engine: &Engine) -> wasmtime::Result<Component> {
        #[expect(
            unsafe_code,
            reason = "loading machine code; the engine cannot check it, so the type does: only our compiler and our verified cache make one"
        )]
        // SAFETY: the bytes were written by `precompile_component`, here or in our child, or were
        // read from the cache, where only we write and a hash over them was compared.
        unsafe {
            Component::deserialize(engine, &self.0)
        }
    }
}

impl CompileIn {
    pub(super) async fn compile(
        &self,
        pack: Vec<u8>,
        space: AddressSpace,
    ) -> Result<Compiled, CompileError> {
        match self {
            Self::ThisProcess => compile_here(pack, space).await,
            Self::ChildProcess { program, arguments } => {
                let mut command = Command::new(program);
                command.args(arguments);
                let work = compile_in_child(command, pack, space);
                tokio::time::timeout(limits::COMPILE_TIME, work)
                    .await
                    .unwrap_or(Err(CompileError::TimedOut(limits::COMPILE_TIME)))
            }
        }
    }
}

/// Compiles in this process, off the threads that run checks.
pub(super) async fn compile_here(
    pack: Vec<u8>,
    space: AddressSpace,
) -> Result<Compiled, CompileError> {
    tokio::task::spawn_blocking(move || precompile(&pack, space))
        .await
        .map_err(|error| CompileError::Process(error.to_string()))?
        .map(Compiled)
}

/// What the child is sent before the pack: the address space that the code is for.
const AMPLE: u8 = b'a';
const SCARCE: u8 = b's';

/// The child's side: reads what the parent sends, writes machine code. Limits its own process first, so call it
/// in a process that does nothing else.
///
/// # Errors
/// The limits cannot be set, the input cannot be read or compiled, or the output cannot be written.
pub fn compile_pack_main(
    mut request: impl Read,
    mut compiled: impl Write,
) -> Result<(), CompileError> {
    let process = |error: io::Error| CompileError::Process(error.to_string());
    limit(Resource::As, limits::COMPILE_ADDRESS_SPACE_BYTES).map_err(process)?;
    limit(Resource::Cpu, limits::COMPILE_CPU.as_secs()).map_err(process)?;
    limit(Resource::Core, 0).map_err(process)?;
    let mut bytes = Vec::new();
    request.read_to_end(&mut bytes).map_err(process)?;
    let (space, pack) = requested(&bytes)?;
    compiled
        .write_all(&precompile(pack, space)?)
        .map_err(process)?;
    compiled.flush().map_err(process)
}

/// What the parent sent.
pub(super) fn requested(bytes: &[u8]) -> Result<(AddressSpace, &[u8]), CompileError> {
    match bytes.split_first() {
        Some((&AMPLE, pack)) => Ok((AddressSpace::Ample, pack)),
        Some((&SCARCE, pack)) => Ok((AddressSpace::Scarce, pack)),
        _ => Err(CompileError::Process(
            "was not started by checkrun; load a pack instead".into(),
        )),
    }
}

fn precompile(pack: &[u8], space: AddressSpace) -> Result<Vec<u8>, CompileError> {
    let refused = |error: wasmtime::Error| CompileError::Refused(format!("{error:#}"));
    let component = contract::to_component(pack).map_err(CompileError::Refused)?;
    engine_room::compiler(space)
        .map_err(refused)?
        .precompile_component(&component)
        .map_err(refused)
}

fn limit(resource: Resource, most: u64) -> io::Result<()> {
    setrlimit(
        resource,
        Rlimit {
            current: Some(most),
            maximum: Some(most),
        },
    )?;
    Ok(())
}

async fn compile_in_child(
    mut command: Command,
    pack: Vec<u8>,
    space: AddressSpace,
) -> Result<Compiled, CompileError> {
    let process = |error: io::Error| CompileError::Process(format!("failed: {error}"));
    let mut child = command
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(process)?;
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(mut stdin), Some(stdout), Some(stderr)) = (stdin, stdout, stderr) else {
        return Err(CompileError::Process("has no pipes".into()));
    };
    let (mut compiled, mut message) = (Vec::new(), Vec::new());
    let feed = async move {
        // A child that ends early closes the pipe; its exit status tells why, this error would not.
        let space = match space {
            AddressSpace::Ample => AMPLE,
            AddressSpace::Scarce => SCARCE,
        };
        if stdin.write_all(&[space]).await.is_ok() {
            let _ = stdin.write_all(&pack).await;
        }
        drop(stdin);
        Ok(())
    };
    let mut stdout = stdout.take(limits::COMPILED_BYTES);
    let mut stderr = stderr.take(MESSAGE_BYTES);
    tokio::try_join!(
        feed,
        stdout.read_to_end(&mut compiled),
        stderr.read_to_end(&mut message)
    )
    .map_err(process)?;
    // Closed, so that a child that writes beyond a limit ends instead of waiting for a reader.
    drop((stdout, stderr));
    let status = child.wait().await.map_err(process)?;
    if status.success() {
        return Ok(Compiled(compiled));
    }
    let message = String::from_utf8_lossy(&message);
    let shown = escape_controls_in_lines(tail(message.trim(), SHOWN_MESSAGE_BYTES));
    Err(if shown.is_empty() {
        CompileError::Process(format!("ended with {status}"))
    } else {
        CompileError::Process(format!("ended with {status}: {shown}"))
    })
}
