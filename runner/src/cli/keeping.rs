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
    /// None: not asked for, or not to be had.
    pub recorder: Option<Recorder>,
    /// What checks remember.
    pub memory: Memory,
    /// Targets that are not simply reachable.
    pub gates: Vec<(String, Phase)>,
    /// Why nothing can be kept, or not yet in the file.
    pub problem: Option<String>,
}

impl Keeping {
    /// Opens the history for writing.
    #[must_use]
    pub fn record(path: &Path, jobs: &[Arc<Job>], now: Micros) -> Self {
        Self::of(Recorder::open(path, now), path, jobs)
    }

    /// The same for a program that goes on for long: while the file cannot be written, there is a recorder
    /// and a problem.
    #[must_use]
    pub fn record_for_long(path: &Path, jobs: &[Arc<Job>], now: Micros) -> Self {
        Self::of(Recorder::open_for_long(path, now), path, jobs)
    }

    fn of(opened: Result<Recorder, Error>, path: &Path, jobs: &[Arc<Job>]) -> Self {
        // Without it they are asked as soon as a run cannot reach them.
        let gates = stored_gates(path).unwrap_or_default();
        let opened = opened.and_then(|recorder| {
            say_set_aside(&recorder.set_aside());
            let problem = recorder.without_file().map(|without| without.problem);
            match Memory::load(path, jobs) {
                Err(error) if problem.is_none() => Err(error),
                memory => Ok((memory.unwrap_or_default(), recorder, problem)),
            }
        });
        match opened {
            Ok((memory, recorder, problem)) => Self {
                recorder: Some(recorder),
                memory,
                gates,
                problem,
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
