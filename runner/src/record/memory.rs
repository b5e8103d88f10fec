//! [`Memory`]: what checks remember from earlier runs, read from the history in one go.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use checkrun_history::{Cause, Error, Reader, StateOwner};

use crate::model::job::Job;

/// What each job remembers. Read before the first run; a job runs once after that, so nothing in
/// here grows stale.
#[derive(Debug, Default)]
pub struct Memory(HashMap<(String, String), BTreeMap<String, String>>);

impl Memory {
    /// Reads what these jobs remember. A history that is not there yet remembers nothing.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn load(path: &Path, jobs: &[Arc<Job>]) -> Result<Self, Error> {
        let reader = match Reader::open(path) {
            Ok(reader) => reader,
            Err(error) if matches!(error.cause, Cause::Missing | Cause::NoFolder) => {
                return Ok(Self::default());
            }
            Err(error) => return Err(error),
        };
        let checks: Vec<_> = jobs.iter().map(|job| job.check_name()).collect();
        let owners: Vec<_> = jobs
            .iter()
            .zip(&checks)
            .map(|(job, check)| StateOwner {
                job: &job.name,
                check,
                target: &job.target.name,
            })
            .collect();
        let states = reader.states(&owners)?;
        let known = jobs
            .iter()
            .zip(states)
            .filter(|(_, entries)| !entries.is_empty())
            .map(|(job, entries)| {
                let entries = entries
                    .into_iter()
                    .map(|entry| (entry.key, entry.value))
                    .collect();
                ((job.name.clone(), job.target.name.clone()), entries)
            });
        Ok(Self(known.collect()))
    }

    /// What this job remembers; empty before its first report.
    #[must_use]
    pub fn of(&self, job: &Job) -> BTreeMap<String, String> {
        // Most checks remember nothing, so the key is only made where there is something.
        if self.0.is_empty() {
            return BTreeMap::new();
        }
        self.0
            .get(&(job.name.clone(), job.target.name.clone()))
            .cloned()
            .unwrap_or_default()
    }
}
