//! State and counters between the runs of one [`Mock`](super::Mock).

use std::collections::BTreeMap;
use std::time::SystemTime;

use crate::context::CounterChange;

/// What earlier runs left, and what the present one wrote so far.
#[derive(Debug, Default)]
pub struct Memory {
    kept: Contents,
    /// None until the present run writes something.
    pending: Option<Contents>,
}

#[derive(Clone, Debug, Default)]
struct Contents {
    state: BTreeMap<String, String>,
    counters: BTreeMap<String, Counter>,
}

#[derive(Clone, Debug)]
struct Counter {
    value: f64,
    epoch: Option<String>,
    at: SystemTime,
}

impl Memory {
    pub fn seed(&mut self, key: &str, value: &str) {
        self.kept.state.insert(key.to_owned(), value.to_owned());
    }

    pub fn get(&self, key: &str) -> Option<String> {
        let contents = self.pending.as_ref().unwrap_or(&self.kept);
        contents.state.get(key).cloned()
    }

    pub fn set(&mut self, key: &str, value: &str) {
        self.pending()
            .state
            .insert(key.to_owned(), value.to_owned());
    }

    pub fn counter(
        &mut self,
        name: &str,
        value: f64,
        epoch: Option<&str>,
        now: SystemTime,
    ) -> CounterChange {
        let next = Counter {
            value,
            epoch: epoch.map(str::to_owned),
            at: now,
        };
        self.pending().counters.insert(name.to_owned(), next);
        // Always against the last run that returned a report, so that asking twice in a run gives
        // the same answer.
        let Some(previous) = self.kept.counters.get(name) else {
            return CounterChange::First;
        };
        if previous.epoch.as_deref() != epoch || value < previous.value {
            return CounterChange::Reset;
        }
        let elapsed = now.duration_since(previous.at).unwrap_or_default();
        let increase = value - previous.value;
        CounterChange::Change {
            increase,
            elapsed,
            per_second: if elapsed.is_zero() {
                0.0
            } else {
                increase / elapsed.as_secs_f64()
            },
        }
    }

    pub fn commit(&mut self) {
        if let Some(pending) = self.pending.take() {
            self.kept = pending;
        }
    }

    pub fn roll_back(&mut self) {
        self.pending = None;
    }

    fn pending(&mut self) -> &mut Contents {
        self.pending.get_or_insert_with(|| self.kept.clone())
    }
}
