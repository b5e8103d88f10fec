//! [`Confirmation`]: while a problem is young, the job runs again sooner.
//!
//! One bad outcome may be a hiccup. Whoever tells people waits for a few of them in a row; this keeps
//! that wait short where the interval is long. The phase stays as it is.

use std::time::Duration;

use crate::model::status::Status;

/// So many outcomes that are not ok, one after the other, are a problem and no hiccup.
const NOT_OK_MAX: u32 = 3;

/// How soon a problem is looked at again, where the interval is not shorter anyway.
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// How far a problem is confirmed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Confirmation {
    not_ok: u32,
}

impl Confirmation {
    /// Takes one more outcome; how soon to look again, if that is sooner than the schedule says.
    pub(super) fn take(&mut self, status: Status) -> Option<Duration> {
        self.not_ok = match status {
            Status::Ok => 0,
            Status::Warning | Status::Unknown | Status::Critical => self.not_ok.saturating_add(1),
        };
        (1..NOT_OK_MAX)
            .contains(&self.not_ok)
            .then_some(RETRY_AFTER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
                assert_eq!(confirmation.take(status), expected, "{reason}: {status}");
            }
        }
    }
}
