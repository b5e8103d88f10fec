//! [`Status`]: how well a job is doing, in the one order used wherever a worst is taken.

use std::fmt;

use serde::Serialize;

/// How well a job is doing. Ordered from best to worst: not being able to judge is worse than a
/// warning, because it may hide anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Nothing to do.
    Ok,
    /// A warning threshold is breached, or the check says so.
    Warning,
    /// It could not be judged.
    Unknown,
    /// A critical threshold is breached, or the check says so.
    Critical,
}

impl Status {
    /// All of them, best first.
    pub const ALL: [Self; 4] = [Self::Ok, Self::Warning, Self::Unknown, Self::Critical];

    /// The lower-case word that users see.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Unknown => "unknown",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn not_being_able_to_judge_is_worse_than_a_warning_and_better_than_critical() {
        let mut shuffled = [
            Status::Critical,
            Status::Ok,
            Status::Unknown,
            Status::Warning,
        ];
        shuffled.sort();
        assert_eq!(shuffled, Status::ALL);
    }
}
