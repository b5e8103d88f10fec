//! [`RunState`]: what belongs to one run and dies with it; the host's side of every call.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::execute::database::Database;
use crate::model::pack::EngineRequirement;
use crate::model::parameter::ParameterValue;
use crate::model::run::Micros;

use super::host::context::Subject;
use super::host::cpu::Cpu;
use super::host::database::Asked;
use super::host::limiter::Limiter;
use super::host::log::Log;
use super::host::state::CheckState;
use super::host::wasi::Wasi;

/// Everything the host functions of one run work on.
pub(super) struct RunState {
    pub(super) subject: Subject,
    pub(super) deadline: Deadline,
    pub(super) asked: Asked,
    pub(super) check_state: CheckState,
    pub(super) log: Log,
    pub(super) limiter: Limiter,
    pub(super) cpu: Cpu,
    /// Made when a pack first uses WASI.
    pub(super) wasi: Option<Box<Wasi>>,
}

/// When a run has to be over.
#[derive(Clone, Copy)]
pub(super) struct Deadline {
    pub(super) began: Instant,
    pub(super) timeout: Duration,
}

impl Deadline {
    /// How long the run has been under way.
    pub(super) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// What is left of the run; zero when it is over.
    pub(super) fn remaining(&self) -> Duration {
        self.timeout.saturating_sub(self.elapsed())
    }
}

/// One run, as the pipeline asks for it.
pub struct RunRequest {
    /// The check's id, without the pack's name.
    pub check: String,
    /// The target's name, for the check to show.
    pub target: String,
    /// The target's labels.
    pub labels: BTreeMap<String, String>,
    /// Every declared parameter that has a value.
    pub parameters: Vec<(String, ParameterValue)>,
    /// The run's start; the only time of day that the check sees.
    pub started: Micros,
    /// Wall time of the run, connecting and queries included.
    pub timeout: Duration,
    /// What was remembered for a job, with the host's own entries.
    pub state: BTreeMap<String, String>,
    /// The one database it may ask.
    pub database: Box<dyn Database>,
}

impl RunState {
    /// `engines` is what the check works on; empty means everything.
    pub(super) fn new(
        request: RunRequest,
        engines: Vec<EngineRequirement>,
        memory_bytes: usize,
    ) -> Self {
        Self {
            deadline: Deadline {
                began: Instant::now(),
                timeout: request.timeout,
            },
            check_state: CheckState::new(request.state, request.started),
            asked: Asked::new(Some(request.database), engines),
            subject: Subject {
                target: request.target,
                labels: request.labels,
                parameters: request.parameters,
                started: request.started,
            },
            log: Log::default(),
            limiter: Limiter::new(memory_bytes),
            cpu: Cpu::default(),
            wasi: None,
        }
    }

    /// For `describe`: no target, no parameters, no database, and always the same time.
    pub(super) fn for_describe(timeout: Duration, memory_bytes: usize) -> Self {
        let started = Micros(0);
        Self {
            deadline: Deadline {
                began: Instant::now(),
                timeout,
            },
            check_state: CheckState::new(BTreeMap::new(), started),
            asked: Asked::new(None, Vec::new()),
            subject: Subject {
                target: String::new(),
                labels: BTreeMap::new(),
                parameters: Vec::new(),
                started,
            },
            log: Log::default(),
            limiter: Limiter::new(memory_bytes),
            cpu: Cpu::default(),
            wasi: None,
        }
    }
}
