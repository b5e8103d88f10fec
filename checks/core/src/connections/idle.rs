//! Sessions that hold a transaction open and do nothing, and sessions that wait for them.

use checkrun_sdk::FromRow;
use checkrun_sdk::prelude::*;

use super::rating::number;
use super::tally::shown;
use super::{IDLE_IN_TRANSACTION, IDLE_IN_TRANSACTION_AGE, OLDEST_IDLE, WAITING};
use crate::advice::connections::Situation;

/// What the account may see of all sessions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Activity {
    /// Sessions that hold a transaction open and do nothing.
    pub idle_in_transaction: u64,
    /// The one of them that has done nothing for the longest time.
    pub oldest: Option<IdleTransaction>,
    /// Sessions that wait for a lock.
    pub waiting: u64,
    /// For how long the longest idle session without a transaction has done nothing, seconds.
    pub oldest_idle: Option<f64>,
}

/// A session that holds a transaction open and does nothing.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct IdleTransaction {
    /// The server's number of the session.
    pub session: u64,
    /// Whose it is.
    pub user: Option<String>,
    /// What the client calls itself; none where the server does not know.
    pub application: Option<String>,
    /// Where it comes from.
    pub client: Option<String>,
    /// What it looks at.
    pub database: Option<String>,
    /// Since when it has done nothing, in UTC.
    pub since: String,
    /// For how long, seconds.
    pub seconds: f64,
}

/// Adds what the sessions do: metrics, and findings for what holds others up.
pub fn add(mut report: Report, activity: &Activity) -> Report {
    let age = activity
        .oldest
        .as_ref()
        .map_or(0.0, |oldest| oldest.seconds);
    report = report
        .metric(IDLE_IN_TRANSACTION.value(number(activity.idle_in_transaction)))
        .metric(IDLE_IN_TRANSACTION_AGE.value(age.max(0.0)))
        .metric(OLDEST_IDLE.value(activity.oldest_idle.unwrap_or_default().max(0.0)))
        .metric(WAITING.value(number(activity.waiting)));
    if let Some(oldest) = &activity.oldest {
        report.summary += &format!(
            "; {} idle in transaction, the oldest for {}",
            activity.idle_in_transaction,
            span(oldest.seconds)
        );
        report = report.finding(oldest.finding(activity.idle_in_transaction));
    }
    if activity.waiting > 0 {
        report.summary += &format!("; {} waiting for a lock", activity.waiting);
        let title = "Sessions wait for a lock";
        report = report.finding(
            Finding::new("waiting", Status::Ok, title)
                .advice(Situation::LockWaits.advice())
                .evidence("waiting", activity.waiting),
        );
    }
    report
}

impl IdleTransaction {
    fn finding(&self, count: u64) -> Finding {
        let title = format!(
            "A transaction has been left open for {}",
            span(self.seconds)
        );
        let finding = Finding::new("idle-in-transaction", Status::Ok, title)
            .subject(shown(self.user.as_deref()))
            .advice(Situation::IdleInTransaction.advice())
            .evidence("idle_in_transaction", count)
            .evidence("session", self.session)
            .evidence("since", &self.since)
            .evidence(IDLE_IN_TRANSACTION_AGE.name, span(self.seconds));
        [
            ("user", &self.user),
            ("application", &self.application),
            ("client", &self.client),
            ("database", &self.database),
        ]
        .into_iter()
        .filter(|(_, value)| value.is_some())
        .fold(finding, |finding, (name, value)| {
            finding.evidence(name, shown(value.as_deref()))
        })
    }
}

/// A time span of sessions: whole seconds, minutes, hours or days, truncated.
pub fn span(seconds: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "truncated on purpose, and a cast of a float stays within the range"
    )]
    let seconds = seconds.max(0.0) as u64;
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_short() {
        for (seconds, shown) in [
            (-1.0, "0 s"),
            (0.9, "0 s"),
            (119.0, "119 s"),
            (900.0, "15 min"),
            (7_200.0, "2 h"),
            (172_800.0, "2 d"),
        ] {
            assert_eq!(span(seconds), shown);
        }
    }
}
