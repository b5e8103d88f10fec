//! The third pass: from a tree of the right shape to the configuration's elements, one per file.
//!
//! Each element reads its own table and notes every problem with the values in it. An element that
//! could not be read is left out, so that the others are still looked at.

pub(super) mod alerting;
pub(super) mod check;
pub(super) mod history;
pub(super) mod pack;
pub(super) mod parameters;
mod schedule;
pub(super) mod secret;
pub(super) mod target;
pub(super) mod thresholds;
pub(super) mod tls;
pub(super) mod url;

use super::collector::Collector;
use super::source::Source;

/// What every element needs: the file, for relative paths, and where to note problems.
pub(super) struct Context<'p, 's> {
    /// The file.
    pub source: &'s Source,
    /// The problems found so far.
    pub problems: &'p mut Collector<'s>,
}
