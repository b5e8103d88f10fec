//! Whether and where a command keeps its runs, and what to say when it cannot.

use std::path::Path;
use std::sync::Arc;

use checkrun_history::{Error, SetAside};

use super::output;
use crate::model::incident::Phase;
use crate::model::job::Job;
use crate::model::run::Micros;
use crate::record::{Memory, Recorder, explain, stored_gates};

/// What a command has of the history. Without it runs are executed and shown all the same.
#[derive(Debug, Default)]
pub struct Keeping {
    /// Absent: not asked for, or not to be had.
    pub recorder: Option<Recorder>,
    /// What checks remember.
    pub memory: Memory,
    /// Targets that are not simply reachable.
    pub gates: Vec<(String, Phase)>,
    /// Why nothing can be kept.
    pub problem: Option<String>,
}

impl Keeping {
    /// Opens the history for writing.
    #[must_use]
    pub fn record(path: &Path, jobs: &[Arc<Job>], now: Micros) -> Self {
        Self::with(Recorder::open(path, now), path, jobs)
    }

    /// The same for a command that goes on for long: people are told although nothing can be kept.
    #[must_use]
    pub fn record_for_long(path: &Path, jobs: &[Arc<Job>], now: Micros) -> Self {
        Self::with(Recorder::open_for_long(path, now), path, jobs)
    }

    fn with(opened: Result<Recorder, Error>, path: &Path, jobs: &[Arc<Job>]) -> Self {
        let opened = opened.and_then(|recorder| {
            say_set_aside(&recorder.set_aside());
            match Memory::load(path, jobs) {
                // It goes on without the file, and so without what is in it.
                Err(_) if recorder.without_file().is_some() => Ok((Memory::default(), recorder)),
                memory => Ok((memory?, recorder)),
            }
        });
        // Without it they are asked as soon as a run cannot reach them.
        let gates = stored_gates(path).unwrap_or_default();
        match opened {
            Ok((memory, recorder)) => Self {
                recorder: Some(recorder),
                memory,
                gates,
                problem: None,
            },
            Err(error) => Self {
                recorder: None,
                // What cannot be written can perhaps be read.
                memory: Memory::load(path, jobs).unwrap_or_default(),
                gates,
                problem: Some(explain(&error)),
            },
        }
    }

    /// Only reads what checks remember.
    #[must_use]
    pub fn read_only(path: &Path, jobs: &[Arc<Job>]) -> Self {
        let memory = Memory::load(path, jobs).unwrap_or_else(|error: Error| {
            output::note(&format!(
                "warning: checks remember nothing in this run: {}",
                explain(&error)
            ));
            Memory::default()
        });
        Self {
            memory,
            ..Self::default()
        }
    }
}

/// A damaged history is not an error of the command, but nobody should have to find out by chance.
pub fn say_set_aside(files: &[SetAside]) {
    for file in files {
        output::note(&format!(
            "warning: the history {} was damaged; it is kept as {}, and a new one is begun",
            file.path.display(),
            file.kept_as.display()
        ));
    }
}
