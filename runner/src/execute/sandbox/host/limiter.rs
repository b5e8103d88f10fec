//! Memory and tables of a run: how much a guest may have, summed over all it creates.

use wasmtime::ResourceLimiter;

use crate::execute::sandbox::limits;
use crate::execute::sandbox::refusal::Refusal;

/// Counts what the guest has. A refused request is no trap: the guest is told, as WebAssembly has
/// it, and the refusal is kept to explain how the guest ended.
pub(in crate::execute::sandbox) struct Limiter {
    memory_limit: usize,
    memory: usize,
    memory_granted: usize,
    memory_peak: usize,
    table: usize,
    table_granted: usize,
    refused: Option<Refusal>,
}

impl Limiter {
    pub(in crate::execute::sandbox) fn new(memory_limit: usize) -> Self {
        Self {
            memory_limit,
            memory: 0,
            memory_granted: 0,
            memory_peak: 0,
            table: 0,
            table_granted: 0,
            refused: None,
        }
    }

    /// The last request that was refused.
    pub(in crate::execute::sandbox) fn refused(&self) -> Option<&Refusal> {
        self.refused.as_ref()
    }

    /// Largest sum of all linear memories, bytes.
    pub(in crate::execute::sandbox) fn memory_peak(&self) -> usize {
        self.memory_peak
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let more = desired.saturating_sub(current);
        let asked = self.memory.saturating_add(more);
        if asked > self.memory_limit {
            self.refused = Some(Refusal::Memory {
                limit: self.memory_limit,
                asked,
            });
            return Ok(false);
        }
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        self.memory = asked;
        self.memory_granted = more;
        self.memory_peak = self.memory_peak.max(asked);
        Ok(true)
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.memory -= std::mem::take(&mut self.memory_granted);
        Ok(())
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let more = desired.saturating_sub(current);
        let asked = self.table.saturating_add(more);
        if asked > limits::TABLE_ELEMENTS {
            self.refused = Some(Refusal::Table { asked });
            return Ok(false);
        }
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        self.table = asked;
        self.table_granted = more;
        Ok(true)
    }

    fn table_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.table -= std::mem::take(&mut self.table_granted);
        Ok(())
    }

    fn instances(&self) -> usize {
        limits::INSTANCES
    }

    fn tables(&self) -> usize {
        limits::TABLES
    }

    fn memories(&self) -> usize {
        limits::MEMORIES
    }
}
