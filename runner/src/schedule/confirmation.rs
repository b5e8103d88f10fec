//! [`Confirmation`]: while a problem is young, the job runs again sooner.
//!
//! One bad outcome may be a hiccup. Whoever tells people waits for a few of them in a row; this keeps
//! that wait short where the interval is long. The phase stays as it is.

use std::time::Duration;

use crate::model::status::Status;

/// How soon a problem is looked at again, where the interval is not shorter anyway.
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// How far a problem is confirmed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Confirmation {
    not_ok: u32,
}

impl Confirmation {
    /// Takes one more outcome, of a job of which so many that are not ok are a problem and no hiccup; how
    /// soon to look again, if that is sooner than the schedule says.
    pub(super) fn take(&mut self, status: Status, confirm: u32) -> Option<Duration> {
        self.not_ok = match status {
            Status::Ok => 0,
            Status::Warning | Status::Unknown | Status::Critical => self.not_ok.saturating_add(1),
        };
        (1..confirm).contains(&self.not_ok).then_some(RETRY_AFTER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_one_outcome_is_enough_nobody_looks_again() {
        let mut confirmation = Confirmation::default();
        assert_eq!(confirmation.take(Status::Critical, 1), None);
    }

    #[test]
    fn a_young_problem_is_looked_at_again_until_it_is_confirmed_or_over() {
        use Status::{Critical, Ok, Unknown, Warning};
        let soon = Some(RETRY_AFTER);
        for (reason, outcomes) in [
            ("all is well", vec![(Ok, None), (Ok, None)]),
            ("a hiccup", vec![(Warning, soon), (Ok, None), (Ok, None)]),
            (
                "a problem, whatever the statuses are",
                vec![
                    (Warning, soon),
                    (Critical, soon),
                    (Unknown, None),
                    (Critical, None),
                ],
            ),
            (
                "two problems",
                vec![
                    (Critical, soon),
                    (Ok, None),
                    (Critical, soon),
                    (Critical, soon),
                    (Critical, None),
                ],
            ),
        ] {
            let mut confirmation = Confirmation::default();
            for (status, expected) in outcomes {
                assert_eq!(confirmation.take(status, 3), expected, "{reason}: {status}");
            }
        }
    }
}
