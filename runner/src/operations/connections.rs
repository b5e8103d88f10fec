//! What `core/connections` said, read back from its metrics.

use schemars::JsonSchema;
use serde::Serialize;

use super::observation::Observation;

/// The check's name.
pub const CHECK: &str = "core/connections";

/// How many connections a server has, and may have.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Usage {
    /// Open connections.
    pub used: f64,
    /// As many as there may be.
    pub capacity: f64,
    /// `used / capacity`.
    pub used_ratio: f64,
}

/// Reads one run of `core/connections`; none where it measured nothing.
#[must_use]
pub fn read(seen: &Observation) -> Option<Usage> {
    Some(Usage {
        used: seen.metric("used")?,
        capacity: seen.metric("capacity")?,
        used_ratio: seen.metric("used_ratio")?,
    })
}

/// Of several runs the one that leaves the least room.
pub fn fullest<'a>(seen: impl Iterator<Item = &'a Observation>) -> Option<Usage> {
    seen.filter_map(read)
        .max_by(|one, other| one.used_ratio.total_cmp(&other.used_ratio))
}
