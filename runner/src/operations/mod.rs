//! The answers of `preflight`, `status`, `performance` and `diagnose`: pure, from what was seen to one
//! document each.
//!
//! Every document is a plain type that serializes; `docs/schemas` has their JSON Schemas, held to the
//! types by a test. What they judge is an [`observation::Observation`]: one judged run, fresh from
//! the pipeline or read from the history.

pub mod connections;
pub mod diagnosis;
pub mod health;
pub mod observation;
pub mod performance;
pub mod preflight;
pub mod status;
mod stored;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

/// One thing to know, with what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Remark {
    /// What was seen, with the measured value.
    pub text: String,
    /// What to try first.
    pub advice: Option<String>,
}

/// Why a database could not be asked, or did not answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Trouble {
    /// A stable word: a class of connection error such as `refused`, a kind of failure such as
    /// `timed-out`, or `unknown-target`, `secret`.
    pub class: String,
    /// What exactly failed, and where.
    pub message: String,
    /// What to try first.
    pub advice: Option<String>,
}

/// A target that was not asked at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAsked {
    /// The name; or what was typed where nothing has that name.
    pub target: String,
    /// Its labels, as configured.
    pub labels: BTreeMap<String, String>,
    /// As its URL says, where that is known.
    pub engine: Option<String>,
    /// Why.
    pub trouble: Trouble,
}

impl Trouble {
    /// No pack has the check with which a target was to be asked, or it does not work there.
    #[must_use]
    pub fn without_check(check: &str) -> Self {
        Self {
            class: "no-check".into(),
            message: format!("`{check}` cannot be asked of it"),
            advice: Some(format!(
                "`checkrun inspect` shows which checks there are, and on which engines they work; \
                 `{check}` comes with every build by `cargo xtask build`."
            )),
        }
    }
}

/// Seconds as milliseconds with three decimals, as documents show times.
#[must_use]
pub fn milliseconds(seconds: f64) -> f64 {
    (seconds * 1e6).round() / 1e3
}

#[cfg(test)]
mod tests;
