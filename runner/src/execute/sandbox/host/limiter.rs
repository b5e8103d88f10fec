//! Memory and tables of a run: how much a guest may have, summed over all it creates.

use wasmtime::ResourceLimiter;

use crate::execute::sandbox::limits;
use crate::execute::sandbox::refusal::Refusal;

/// Counts what the guest has. A refused request is no trap: the guest is told, as WebAssembly has
/// it, and the refusal is kept to explain how the guest ended.
///
/// What was granted stays counted, even when the system has no memory for it then: the engine reports
/// a growth that failed also where nothing was asked of us before, so nobody can tell which grant it
/// would have to be taken from.
pub(in crate::execute::sandbox) struct Limiter {
    memory_limit: usize,
    memory: usize,
    table: usize,
    refused: Option<Refusal>,
}

impl Limiter {
    pub(in crate::execute::sandbox) fn new(memory_limit: usize) -> Self {
        Self {
            memory_limit,
            memory: 0,
            table: 0,
            refused: None,
        }
    }

    /// The last request that was refused.
    pub(in crate::execute::sandbox) fn refused(&self) -> Option<&Refusal> {
        self.refused.as_ref()
    }

    /// Largest sum of all linear memories, bytes.
    pub(in crate::execute::sandbox) fn memory_peak(&self) -> usize {
        self.memory
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
        Ok(true)
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
        Ok(true)
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
