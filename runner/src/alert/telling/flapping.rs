//! What comes and goes: told once when it begins and once when it is steady again.
//!
//! Incidents are confirmed by several runs, so what still opens and ends again and again is no noise of
//! a single run. Counting turns within a time says so without a state of its own.

use std::time::Duration;

use checkrun_history::record::StoredStatus;

use crate::model::run::Micros;

/// How far back turns count.
pub const WINDOW: Duration = Duration::from_secs(3600);

/// So many openings and ends within the window are flapping: three incidents.
const TURNS_MIN: usize = 6;

/// So long without a turn, and it is steady.
const STEADY_AFTER: Duration = Duration::from_secs(1800);

/// The same while it is critical: what has come to stay must not hide behind what came and went.
const CRITICAL_STEADY_AFTER: Duration = Duration::from_secs(600);

/// Whether it comes and goes, given its turns within the window, oldest first, and how bad it is now.
pub(super) fn is_flapping(
    turns_us: &[i64],
    was_flapping: bool,
    severity: Option<StoredStatus>,
    now: Micros,
) -> bool {
    let Some(last) = turns_us.last() else {
        return false;
    };
    let steady_after = match severity {
        Some(StoredStatus::Critical) => CRITICAL_STEADY_AFTER,
        _ => STEADY_AFTER,
    };
    let is_restless = Duration::from_micros(now.0.abs_diff(*last)) < steady_after;
    is_restless && (was_flapping || turns_us.len() >= TURNS_MIN)
}
