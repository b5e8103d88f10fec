//! [`Memory`]: what checks remember from earlier runs, read from the history in one go.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use checkrun_history::{Cause, Error, Reader, StateOwner};

use crate::model::job::Job;
use crate::model::run::StateChange;

/// What each job remembers. Read from the history, then kept up with every run that is over, so that
/// a job finds what its run before has remembered, be the history writable or not.
#[derive(Debug, Default)]
pub struct Memory(Mutex<HashMap<Owner, BTreeMap<String, String>>>);

/// Job, check and target; a job that is given another check must not find what the earlier one
/// remembered.
type Owner = (String, String, String);

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
                (owner(job), entries)
            });
        Ok(Self(Mutex::new(known.collect())))
    }

    /// What this job remembers; empty before its first report.
    #[must_use]
    pub fn of(&self, job: &Job) -> BTreeMap<String, String> {
        let known = self.lock();
        // Most checks remember nothing, so the key is only made where there is something.
        if known.is_empty() {
            return BTreeMap::new();
        }
        known.get(&owner(job)).cloned().unwrap_or_default()
    }

    /// Keeps what a run of this job remembered.
    pub fn learn(&self, job: &Job, changes: &[StateChange]) {
        if changes.is_empty() {
            return;
        }
        let mut known = self.lock();
        let entries = known.entry(owner(job)).or_default();
        for change in changes {
            entries.insert(change.key.clone(), change.value.clone());
        }
    }

    /// Goes on with other jobs: those that it knows remember what they do, the others what `stored`
    /// has of them. In place, because runs of before are still going on.
    pub fn renew(&self, stored: &Self) {
        let mut known = self.lock();
        for (owner, entries) in stored.lock().iter() {
            known
                .entry(owner.clone())
                .or_insert_with(|| entries.clone());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Owner, BTreeMap<String, String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn owner(job: &Job) -> Owner {
    (job.name.clone(), job.check_name(), job.target.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remembered(entries: &[(&str, &str)]) -> Vec<StateChange> {
        let change = |(key, value): &(&str, &str)| StateChange {
            key: (*key).to_owned(),
            value: (*value).to_owned(),
        };
        entries.iter().map(change).collect()
    }

    fn told(memory: &Memory, job: &Job) -> String {
        let entries = memory.of(job);
        let entries = entries.iter().map(|(key, value)| format!("{key}={value}"));
        entries.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_run_finds_what_the_run_before_has_remembered() {
        let (orders, shop) = (Job::plain("a", "orders"), Job::plain("a", "shop"));
        let memory = Memory::default();
        memory.learn(&orders, &remembered(&[("n", "1"), ("since", "noon")]));
        memory.learn(&orders, &remembered(&[("n", "2")]));
        memory.learn(&orders, &[]);
        assert_eq!(told(&memory, &orders), "n=2 since=noon");
        assert_eq!(told(&memory, &shop), "");
        let other_check = Job {
            pack: "acme".into(),
            ..orders
        };
        assert_eq!(
            told(&memory, &other_check),
            "",
            "another check, other memories"
        );
    }

    #[test]
    fn with_other_jobs_the_newest_memories_are_kept() {
        let (known, new) = (Job::plain("a", "orders"), Job::plain("b", "orders"));
        let (memory, stored) = (Memory::default(), Memory::default());
        memory.learn(&known, &remembered(&[("n", "9")]));
        stored.learn(&known, &remembered(&[("n", "8")]));
        stored.learn(&new, &remembered(&[("n", "3")]));
        memory.renew(&stored);
        assert_eq!(told(&memory, &known), "n=9");
        assert_eq!(told(&memory, &new), "n=3");
    }
}
