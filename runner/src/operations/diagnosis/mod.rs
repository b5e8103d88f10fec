//! Why can't I reach this database: from what was seen at each stage to one [`Diagnosis`].
//!
//! - [`document`]: the answer, as programs read it and `report::diagnosis` shows it
//! - [`configuration`], [`network`], [`encryption`], [`login`], [`checks`], [`speed`]: one stage or two
//!   each, judged from what was seen
//! - [`ranking`]: all problems, the one to look at first in front
//! - [`limits`]: how long each stage may take
//!
//! What to try first is in [`crate::model::advice`]. `cli::diagnose` does what is judged here.

pub mod checks;
pub mod configuration;
pub mod document;
pub mod encryption;
pub mod limits;
pub mod login;
pub mod network;
#[cfg(test)]
mod published;
pub mod ranking;
pub mod speed;
#[cfg(test)]
mod tests;

pub use document::{Diagnosis, Outcome, Problem, Stage, StageReport, TargetDiagnosis};
