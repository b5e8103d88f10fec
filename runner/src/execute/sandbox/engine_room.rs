//! An engine with everything that is prepared once: what guests can call, the ticker, the pool.
//!
//! There are two. The pooled one has memories, tables and stacks ready and serves packs that fit
//! into them. The on-demand one allocates for every run; it is for packs with a language runtime,
//! which need more memory and WASI, and for systems where a process may not reserve the pool's
//! address space. Both compile to the same code, so one compiled form serves both.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::num::NonZeroUsize;

use tokio::sync::Semaphore;
use wasmtime::component::{HasSelf, Linker};
use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig,
    WasmBacktraceDetails,
};

use super::bindings;
use super::limits;
use super::run_state::RunState;
use super::ticker::Ticker;

/// How much address space there is; decides how compiled code checks its memory accesses, so it is part
/// of what makes compiled forms differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AddressSpace {
    /// Each memory gets 4 GiB of addresses, so that most accesses need no check.
    Ample,
    /// It is limited (`ulimit -v`): memories get what they use, and every access is checked.
    Scarce,
}

/// An engine and what belongs to it.
pub(super) struct EngineRoom {
    pub(super) engine: Engine,
    pub(super) linker: Linker<RunState>,
    pub(super) ticker: Ticker,
    /// As many as runs have room at the same time; further ones wait.
    pub(super) places: Semaphore,
}

impl EngineRoom {
    /// The engine with the pool, for packs that need nothing but the contract.
    ///
    /// # Errors
    /// Most likely the address space is limited (`ulimit -v`).
    pub(super) fn pooled() -> wasmtime::Result<Self> {
        let mut config = config(AddressSpace::Ample);
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool()));
        Self::new(&config, limits::POOLED_RUNS)
    }

    /// The engine that allocates for every run and offers WASI with nothing granted.
    ///
    /// # Errors
    /// The system is out of threads or memory.
    pub(super) fn on_demand(space: AddressSpace) -> wasmtime::Result<Self> {
        let mut room = Self::new(&config(space), limits::ON_DEMAND_RUNS)?;
        wasmtime_wasi::p2::add_to_linker_async(&mut room.linker)?;
        Ok(room)
    }

    fn new(config: &Config, places: u32) -> wasmtime::Result<Self> {
        let engine = Engine::new(config)?;
        let mut linker = Linker::new(&engine);
        bindings::Pack::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| state)?;
        Ok(Self {
            ticker: Ticker::start(engine.weak())?,
            places: Semaphore::new(places as usize),
            engine,
            linker,
        })
    }
}

/// An engine that only compiles.
///
/// # Errors
/// The system is out of memory.
pub(super) fn compiler(space: AddressSpace) -> wasmtime::Result<Engine> {
    Engine::new(&config(space))
}

/// Tells compiled forms apart that the engine cannot load: another version, other settings, another CPU.
pub(super) fn compatibility(engine: &Engine) -> u64 {
    let mut hasher = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut hasher);
    hasher.finish()
}

/// What both engines have in common; all that decides about compiled code is here.
fn config(space: AddressSpace) -> Config {
    /// Guard after each memory, and room for it to grow into without moving.
    const SCARCE_BYTES: u64 = 64 * 1024;
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .concurrency_support(false)
        .wasm_component_model(true)
        .wasm_memory64(false)
        .wasm_relaxed_simd(false)
        .max_wasm_stack(limits::STACK_BYTES)
        .async_stack_size(limits::HOST_STACK_BYTES)
        .memory_init_cow(true)
        .wasm_backtrace_details(WasmBacktraceDetails::Enable)
        .wasm_backtrace_max_frames(NonZeroUsize::new(limits::BACKTRACE_FRAMES))
        .cranelift_opt_level(OptLevel::Speed);
    if space == AddressSpace::Scarce {
        config
            .memory_reservation(0)
            .memory_reservation_for_growth(SCARCE_BYTES)
            .memory_guard_size(SCARCE_BYTES);
    }
    config
}

fn pool() -> PoolingAllocationConfig {
    /// A pack wrapped by wit-component has three: the pack, and two that tie it to its imports.
    const CORE_INSTANCES: u32 = 8;
    /// The pack's own and the one that ties it to its imports.
    const TABLES: u32 = 4;
    let kept_memory_bytes = if PoolingAllocationConfig::is_pagemap_scan_available() {
        limits::KEPT_MEMORY_BYTES
    } else {
        limits::KEPT_MEMORY_UNSEEN_BYTES
    };
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(limits::POOLED_RUNS)
        .total_core_instances(limits::POOLED_RUNS * CORE_INSTANCES)
        .total_memories(limits::POOLED_RUNS)
        .total_tables(limits::POOLED_RUNS * TABLES)
        .total_stacks(limits::POOLED_RUNS)
        .max_core_instances_per_component(CORE_INSTANCES)
        .max_memories_per_component(1)
        .max_tables_per_component(TABLES)
        .max_tables_per_module(TABLES)
        .max_memory_size(limits::MEMORY_BYTES)
        .table_elements(limits::TABLE_ELEMENTS)
        .pagemap_scan(Enabled::Auto)
        .linear_memory_keep_resident(kept_memory_bytes)
        .table_keep_resident(limits::KEPT_TABLE_BYTES)
        .async_stack_keep_resident(limits::KEPT_STACK_BYTES)
        .max_unused_warm_slots(limits::POOLED_RUNS);
    pool
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_compiled_form_serves_both_engines_and_the_compiler() {
        let pooled = EngineRoom::pooled().expect("address space for the pool");
        let on_demand = EngineRoom::on_demand(AddressSpace::Ample).expect("an engine");
        let compiler = compiler(AddressSpace::Ample).expect("an engine");
        assert_eq!(compatibility(&pooled.engine), compatibility(&compiler));
        assert_eq!(compatibility(&on_demand.engine), compatibility(&compiler));
        let scarce = EngineRoom::on_demand(AddressSpace::Scarce).expect("an engine");
        assert_ne!(compatibility(&scarce.engine), compatibility(&compiler));
    }
}
