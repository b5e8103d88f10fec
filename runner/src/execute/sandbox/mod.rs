//! The sandbox: packs in WebAssembly, loaded once, run in a fresh instance each time, within limits.
//!
//! [`Sandbox::load`] turns a file into a [`Pack`] in passes: `source` reads and hashes it, `contract`
//! finds out what it is, `compile` wraps core modules and makes machine code (kept by `cache`),
//! `describe` asks it what it is. [`Pack::run`] runs one of its checks: `run_state` is all that the
//! run has, `host` what it can call and what watches over it, `report` what is accepted of its
//! answer, `explain` why there is none. Every number is in [`limits`].
//!
//! The only code that imports wasmtime; it reaches databases through the trait
//! [`Database`](super::database::Database) alone.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

mod bindings;
mod cache;
mod compile;
mod contract;
mod describe;
mod engine_room;
mod error;
mod explain;
mod host;
mod last_words;
pub mod limits;
mod pack;
mod refusal;
mod report;
mod run_state;
pub mod scripted;
mod source;
mod text;
mod ticker;

#[cfg(test)]
mod tests;

use wasmtime::component::Component;

use self::bindings::PackPre;
use self::cache::Cache;
use self::compile::Compiled;
use self::engine_room::{AddressSpace, EngineRoom};
use self::pack::Prepared;
use self::source::PackBytes;

pub use self::compile::{CompileIn, compile_pack_main};
pub use self::contract::CONTRACT_VERSION;
pub use self::error::{CompileError, PackError, PackRefusal, SandboxError};
pub use self::pack::Pack;
pub use self::run_state::RunRequest;
pub use self::source::PackSource;

/// Where packs are loaded and run. One for the whole process.
pub struct Sandbox {
    /// None where its address space is not to be had; all packs then run on demand.
    pooled: Option<Arc<EngineRoom>>,
    /// Made for the first pack that needs it.
    on_demand: OnceLock<Arc<EngineRoom>>,
    space: AddressSpace,
    compile_in: CompileIn,
    cache: Option<Cache>,
    warnings: Vec<String>,
}

/// How a sandbox is set up.
#[derive(Clone, Debug)]
pub struct SandboxOptions {
    /// Where compiled packs are kept; without it every process compiles its packs.
    pub cache: Option<PathBuf>,
    /// Where packs from files are compiled.
    pub compile_in: CompileIn,
}

impl Sandbox {
    /// Starts the engine.
    ///
    /// # Errors
    /// The system does not give what the engine needs.
    pub fn new(options: SandboxOptions) -> Result<Self, SandboxError> {
        match EngineRoom::pooled() {
            Ok(room) => Ok(Self::assemble(options, Some(room), AddressSpace::Ample)),
            Err(error) => {
                let mut sandbox = Self::assemble(options, None, AddressSpace::Scarce);
                sandbox.on_demand().map_err(SandboxError::Engine)?;
                sandbox.warnings.push(format!(
                    "runs are slower than they could be, memory cannot be reserved for them ({error:#}); see `ulimit -v`"
                ));
                Ok(sandbox)
            }
        }
    }

    /// As [`Sandbox::new`], without a pool: every run allocates what it needs. For comparison.
    ///
    /// # Errors
    /// The system does not give what the engine needs.
    pub fn without_pool(options: SandboxOptions) -> Result<Self, SandboxError> {
        let sandbox = Self::assemble(options, None, AddressSpace::Ample);
        sandbox.on_demand().map_err(SandboxError::Engine)?;
        Ok(sandbox)
    }

    fn assemble(options: SandboxOptions, pooled: Option<EngineRoom>, space: AddressSpace) -> Self {
        let mut warnings = Vec::new();
        let cache = options.cache.and_then(|directory| {
            Cache::open(directory)
                .map_err(|warning| warnings.push(warning))
                .ok()
        });
        Self {
            pooled: pooled.map(Arc::new),
            on_demand: OnceLock::new(),
            space,
            compile_in: options.compile_in,
            cache,
            warnings,
        }
    }

    /// What works, but not as it should: sentences for the operator.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Loads a pack: reads, checks, compiles and describes it. Needs a tokio runtime.
    ///
    /// # Errors
    /// What the file is instead of a pack for this sandbox.
    pub async fn load(&self, source: PackSource) -> Result<Pack, PackError> {
        self.load_parts(&source).await.map_err(|reason| PackError {
            origin: source.origin(),
            reason,
        })
    }

    async fn load_parts(&self, source: &PackSource) -> Result<Pack, PackRefusal> {
        let PackBytes { bytes, sha256 } = source.read()?;
        let key = cache::key(&sha256, self.compatibility()?);
        // What is in the cache has passed `contract` when it was put there.
        let kept = self.cache.as_ref().and_then(|cache| cache.load(&key));
        let prepared = match kept.and_then(|compiled| self.prepare(&compiled).ok()) {
            Some(prepared) => prepared,
            None => {
                let compiled = self.compile(source, &bytes).await?;
                let prepared = self.prepare(&compiled)?;
                if let Some(cache) = &self.cache {
                    // Without an entry the next process compiles again: no reason to fail this one.
                    let _ = cache.store(&key, &compiled);
                }
                prepared
            }
        };
        let described = prepared
            .describe()
            .await
            .map_err(PackRefusal::DescribeFailed)?;
        let info = describe::accept(described).map_err(PackRefusal::Description)?;
        Ok(Pack {
            info: Arc::new(info),
            sha256,
            prepared,
        })
    }

    async fn compile(&self, source: &PackSource, bytes: &[u8]) -> Result<Compiled, PackRefusal> {
        contract::inspect(bytes)?;
        let pack = bytes.to_vec();
        Ok(match source {
            PackSource::Bundled { .. } => compile::compile_here(pack, self.space).await?,
            PackSource::File { .. } => self.compile_in.compile(pack, self.space).await?,
        })
    }

    fn prepare(&self, compiled: &Compiled) -> Result<Prepared, PackRefusal> {
        // A pack that does not fit into the pool is refused here, and only here; whatever else is
        // wrong with it shows again on demand.
        let pooled = self
            .pooled
            .as_ref()
            .and_then(|room| Some((Arc::clone(room), compiled.load(&room.engine).ok()?)))
            .filter(|(_, component)| !has_runtime(component));
        let (room, component) = match pooled {
            Some(fitting) => fitting,
            None => {
                let room = self.on_demand().map_err(host)?;
                let component = compiled.load(&room.engine).map_err(host)?;
                (room, component)
            }
        };
        let memory_bytes = if has_runtime(&component) {
            limits::MEMORY_WITH_RUNTIME_BYTES
        } else {
            limits::MEMORY_BYTES
        };
        let pre = room
            .linker
            .instantiate_pre(&component)
            .and_then(PackPre::new)
            .map_err(|error| PackRefusal::Misfit(format!("{error:#}")))?;
        Ok(Prepared {
            room,
            pre,
            memory_bytes,
        })
    }

    fn compatibility(&self) -> Result<u64, PackRefusal> {
        let room = match &self.pooled {
            Some(room) => Arc::clone(room),
            None => self.on_demand().map_err(host)?,
        };
        Ok(engine_room::compatibility(&room.engine))
    }

    fn on_demand(&self) -> wasmtime::Result<Arc<EngineRoom>> {
        if let Some(room) = self.on_demand.get() {
            return Ok(Arc::clone(room));
        }
        let room = Arc::new(EngineRoom::on_demand(self.space)?);
        Ok(Arc::clone(self.on_demand.get_or_init(|| room)))
    }
}

/// Whether the pack brings a language runtime: such packs, and only they, import WASI.
fn has_runtime(component: &Component) -> bool {
    component
        .component_type()
        .imports(component.engine())
        .any(|(name, _)| name.starts_with("wasi:"))
}

fn host(error: wasmtime::Error) -> PackRefusal {
    PackRefusal::Host(format!("{error:#}"))
}
