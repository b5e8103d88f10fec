//! `interface state`: what a check remembers between runs, and counters.
//!
//! Counters live in the same map under [`COUNTER_PREFIX`], which the check's own keys cannot begin with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::execute::sandbox::bindings::checkrun::check::state::{Change, CounterChange, Host};
use crate::execute::sandbox::limits;
use crate::execute::sandbox::run_state::RunState;
use crate::model::run::{Micros, StateChange};

/// Marks the host's own entries.
const HOST_MARK: char = '@';
/// Before a counter's name.
const COUNTER_PREFIX: &str = "@counter/";

/// What one job remembers, as one run sees it.
pub(in crate::execute::sandbox) struct CheckState {
    remembered: BTreeMap<String, String>,
    changed: BTreeMap<String, String>,
    now: Micros,
}

/// A counter as it is kept.
#[derive(Serialize, Deserialize)]
struct Counter {
    value: f64,
    epoch: Option<String>,
    at: i64,
}

impl CheckState {
    pub(in crate::execute::sandbox) fn new(
        remembered: BTreeMap<String, String>,
        now: Micros,
    ) -> Self {
        Self {
            remembered,
            changed: BTreeMap::new(),
            now,
        }
    }

    /// What is to be written when the run returned a report.
    pub(in crate::execute::sandbox) fn into_changes(self) -> Vec<StateChange> {
        self.changed
            .into_iter()
            .map(|(key, value)| StateChange { key, value })
            .collect()
    }

    fn get(&self, key: &str) -> Option<&String> {
        if key.starts_with(HOST_MARK) {
            return None;
        }
        self.changed.get(key).or_else(|| self.remembered.get(key))
    }

    fn set(&mut self, key: String, value: String) -> Result<(), String> {
        if key.is_empty() || key.starts_with(HOST_MARK) || key.contains(char::is_control) {
            return Err(format!(
                "a key is not empty, has no control characters and does not begin with `{HOST_MARK}`"
            ));
        }
        self.put(key, value)
    }

    /// What the counter grew by since the run that wrote what is remembered; asking twice in one run
    /// gives the same answer.
    fn count(
        &mut self,
        name: &str,
        value: f64,
        epoch: Option<String>,
    ) -> Result<CounterChange, String> {
        if !value.is_finite() {
            return Err(format!("the counter's value is {value}, not a number"));
        }
        if name.is_empty() || name.contains(char::is_control) {
            return Err("a counter's name is not empty and has no control characters".into());
        }
        let key = format!("{COUNTER_PREFIX}{name}");
        let before = self
            .remembered
            .get(&key)
            .and_then(|text| serde_json::from_str::<Counter>(text).ok());
        let now = Counter {
            value,
            epoch,
            at: self.now.0,
        };
        let change = before.map_or(CounterChange::First, |before| compare(&before, &now));
        let text = serde_json::to_string(&now).map_err(|error| error.to_string())?;
        self.put(key, text)?;
        Ok(change)
    }

    fn put(&mut self, key: String, value: String) -> Result<(), String> {
        if key.len() > limits::STATE_KEY_BYTES {
            return Err(format!(
                "a key may be {} long",
                limits::show_bytes(limits::STATE_KEY_BYTES)
            ));
        }
        if value.len() > limits::STATE_VALUE_BYTES {
            return Err(format!(
                "a value may be {} long, this one has {}",
                limits::show_bytes(limits::STATE_VALUE_BYTES),
                limits::show_bytes(value.len())
            ));
        }
        let (mut keys, mut bytes) = (1, key.len() + value.len());
        let kept = self
            .remembered
            .iter()
            .filter(|(other, _)| !self.changed.contains_key(*other));
        for (other, text) in self.changed.iter().chain(kept) {
            if *other != key {
                keys += 1;
                bytes += other.len() + text.len();
            }
        }
        if keys > limits::STATE_KEYS {
            return Err(format!(
                "{} keys are remembered, counters included; there is no room for more",
                limits::STATE_KEYS
            ));
        }
        if bytes > limits::STATE_BYTES {
            return Err(format!(
                "all keys and values together may have {}",
                limits::show_bytes(limits::STATE_BYTES)
            ));
        }
        self.changed.insert(key, value);
        Ok(())
    }
}

fn compare(before: &Counter, now: &Counter) -> CounterChange {
    // Without time between them there is no rate: the clock was set back, or it is the same run again.
    let elapsed_micros = now.at.saturating_sub(before.at);
    if before.epoch != now.epoch || now.value < before.value || elapsed_micros <= 0 {
        return CounterChange::Reset;
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "2^53 microseconds are 285 years"
    )]
    let elapsed_seconds = elapsed_micros as f64 / 1e6;
    let increase = now.value - before.value;
    CounterChange::Change(Change {
        increase,
        elapsed_seconds,
        per_second: increase / elapsed_seconds,
    })
}

impl Host for RunState {
    fn get(&mut self, key: String) -> wasmtime::Result<Option<String>> {
        Ok(self.check_state.get(&key).cloned())
    }

    fn set(&mut self, key: String, value: String) -> wasmtime::Result<Result<(), String>> {
        Ok(self.check_state.set(key, value))
    }

    fn counter(
        &mut self,
        name: String,
        value: f64,
        epoch: Option<String>,
    ) -> wasmtime::Result<Result<CounterChange, String>> {
        Ok(self.check_state.count(&name, value, epoch))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn after(changes: Vec<StateChange>, at_seconds: i64) -> CheckState {
        let remembered = changes.into_iter().map(|c| (c.key, c.value)).collect();
        CheckState::new(remembered, Micros(at_seconds * 1_000_000))
    }

    fn empty() -> CheckState {
        after(Vec::new(), 100)
    }

    #[test]
    fn a_counter_tells_what_it_grew_by_since_the_last_report() {
        let mut state = empty();
        let first = state.count("commits", 10.0, None).expect("room");
        assert!(matches!(first, CounterChange::First));
        let again = state.count("commits", 12.0, None).expect("room");
        assert!(matches!(again, CounterChange::First), "still the same run");

        let mut state = after(state.into_changes(), 104);
        let Ok(CounterChange::Change(change)) = state.count("commits", 20.0, None) else {
            panic!("it grew");
        };
        assert_eq!(
            (change.increase, change.elapsed_seconds, change.per_second),
            (8.0, 4.0, 2.0)
        );
    }

    proptest! {
        #[test]
        fn a_counter_that_stands_still_has_not_changed(value in any::<f64>()) {
            prop_assume!(value.is_finite());
            let mut state = empty();
            state.count("n", value, None).expect("room");
            let mut state = after(state.into_changes(), 110);
            let same = state.count("n", value, None);
            prop_assert!(matches!(same, Ok(CounterChange::Change(change)) if change.increase == 0.0));
        }
    }

    #[test]
    fn a_counter_is_reset_when() {
        for (why, value, epoch, at) in [
            ("it went down", 9.0, Some("boot 1"), 110),
            ("its epoch is another", 11.0, Some("boot 2"), 110),
            ("its epoch is unknown now", 11.0, None, 110),
            ("the clock was set back", 11.0, Some("boot 1"), 90),
            ("no time has passed", 11.0, Some("boot 1"), 100),
        ] {
            let mut state = empty();
            state.count("n", 10.0, Some("boot 1".into())).expect("room");
            let mut state = after(state.into_changes(), at);
            let change = state.count("n", value, epoch.map(String::from));
            assert!(matches!(change, Ok(CounterChange::Reset)), "{why}");
        }
    }

    #[test]
    fn the_host_s_entries_are_out_of_reach() {
        let mut state = empty();
        state.count("n", 1.0, None).expect("room");
        assert_eq!(state.get("@counter/n"), None);
        assert!(state.set("@counter/n".into(), "{}".into()).is_err());
    }

    #[test]
    fn what_is_refused() {
        let mut state = empty();
        let mut said = Vec::new();
        for (why, key, value) in [
            ("an empty key", String::new(), String::new()),
            ("a control character", "a\nb".into(), String::new()),
            ("a long key", "k".repeat(257), String::new()),
            ("a long value", "k".into(), "v".repeat(64 * 1024 + 1)),
            ("a key of the host", "@counter/n".into(), "{}".into()),
        ] {
            let problem = state.set(key, value).expect_err(why);
            said.push(format!("{why}: {problem}"));
        }
        for (why, value) in [("no number", f64::NAN), ("no end", f64::INFINITY)] {
            let problem = state.count("n", value, None).expect_err(why);
            said.push(format!("a counter that is {why}: {problem}"));
        }
        insta::assert_snapshot!(said.join("\n"));
        assert!(state.into_changes().is_empty());
    }

    #[test]
    fn there_is_room_for_64_keys_and_256_kib() {
        let mut state = empty();
        for number in 0..64 {
            state
                .set(format!("key {number}"), "old".into())
                .expect("room");
        }
        assert!(state.set("one more".into(), String::new()).is_err());
        state
            .set("key 7".into(), "new".into())
            .expect("the key is there");
        assert_eq!(state.get("key 7").map(String::as_str), Some("new"));

        let mut state = empty();
        for number in 0..3 {
            state
                .set(format!("{number}"), "v".repeat(64 * 1024))
                .expect("room");
        }
        assert!(state.set("3".into(), "v".repeat(64 * 1024)).is_err());
    }

    #[test]
    fn a_damaged_entry_counts_as_none() {
        let mut state = CheckState::new(
            BTreeMap::from([("@counter/n".into(), "{".into())]),
            Micros(1),
        );
        assert!(matches!(
            state.count("n", 1.0, None),
            Ok(CounterChange::First)
        ));
    }
}
