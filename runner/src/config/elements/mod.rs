//! The third pass: from a tree of the right shape to the configuration's elements, one per file.
//!
//! Each element reads its own table and notes every problem with the values in it. What could not be
//! read of an element is marked there, so that all the rest is still looked at and nobody takes the
//! gap for another mistake.

mod address;
pub(super) mod alerting;
pub(super) mod alerts;
pub(super) mod check;
pub(super) mod heartbeat;
pub(super) mod history;
pub(super) mod pack;
pub(super) mod parameters;
pub(super) mod route;
mod schedule;
pub(super) mod secret;
pub(super) mod target;
pub(super) mod thresholds;
mod tls;
mod url;

use super::collector::Collector;
use super::source::Source;

/// What every element needs: the file, for relative paths, and where to note problems.
pub(super) struct Context<'p, 's> {
    /// The file.
    pub source: &'s Source,
    /// The problems found so far.
    pub problems: &'p mut Collector<'s>,
}
