//! The answers of `preflight`, `status`, `performance`, `diagnose` and `doctor`: pure, from what was seen to one
//! document each.
//!
//! Every document is a plain type that serializes; `docs/schemas` has their JSON Schemas, held to the
//! types by a test. What they judge is an [`observation::Observation`]: one judged run, fresh from
//! the pipeline or read from the history.

pub mod connections;
pub mod diagnosis;
pub mod doctor;
pub mod health;
pub mod observation;
pub mod performance;
pub mod preflight;
pub mod status;
mod stored;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::advice::Situation;

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

/// What a job was asked without, because it could not be read on this side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hindrance {
    /// The job's configured name.
    pub job: String,
    /// What it is.
    pub remark: Remark,
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

impl From<&Situation<'_>> for Remark {
    fn from(situation: &Situation<'_>) -> Self {
        Self {
            text: situation.text(),
            advice: Some(situation.advice()),
        }
    }
}

impl From<&Situation<'_>> for Trouble {
    fn from(situation: &Situation<'_>) -> Self {
        Self {
            class: situation.class().to_owned(),
            message: situation.text(),
            advice: Some(situation.advice()),
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
