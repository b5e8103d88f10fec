//! Which maintenances go on now.

use crate::model::alerting::Maintenance;
use crate::model::route::Scope;
use crate::model::run::Micros;
use crate::schedule::next_time;

/// What is maintained now: those that began no longer ago than they last.
pub(super) fn now(maintenance: &[Maintenance], now: Micros) -> Vec<Scope> {
    let goes_on = |one: &&Maintenance| {
        let lasts = i64::try_from(one.lasts.as_micros()).unwrap_or(i64::MAX);
        // The first beginning after that moment is the one that would still go on.
        let since = Micros(now.0.saturating_sub(lasts));
        next_time(&one.begins, since).is_some_and(|begun| begun <= now)
    };
    let found = maintenance.iter().filter(goes_on);
    found.map(|one| one.scope.clone()).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::tz::TimeZone;

    use super::*;
    use crate::model::schedule::CronLine;

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table of cases")]
    fn it_goes_on_from_its_beginning_for_so_long_also_where_clocks_change() {
        for (what, cron, zone, lasts_min, at, goes_on) in [
            (
                "before",
                "0 2 * * *",
                "UTC",
                60,
                "2026-11-25T01:59:59Z",
                false,
            ),
            (
                "at its beginning",
                "0 2 * * *",
                "UTC",
                60,
                "2026-11-25T02:00:00Z",
                true,
            ),
            (
                "in it",
                "0 2 * * *",
                "UTC",
                60,
                "2026-11-25T02:59:59Z",
                true,
            ),
            (
                "at its end",
                "0 2 * * *",
                "UTC",
                60,
                "2026-11-25T03:00:00Z",
                false,
            ),
            (
                "over midnight",
                "0 23 * * *",
                "UTC",
                180,
                "2026-11-26T01:30:00Z",
                true,
            ),
            (
                "two hours are two hours in the long night",
                "0 2 * * *",
                "Europe/Berlin",
                120,
                "2026-10-25T01:59:00Z",
                true,
            ),
            (
                "and no longer",
                "0 2 * * *",
                "Europe/Berlin",
                120,
                "2026-10-25T02:01:00Z",
                false,
            ),
            (
                "an hour that does not exist begins at its end",
                "30 2 * * *",
                "Europe/Berlin",
                60,
                "2026-03-29T01:30:00Z",
                true,
            ),
        ] {
            let zone = TimeZone::get(zone).expect("a zone");
            let maintenance = Maintenance {
                scope: Scope::default(),
                begins: CronLine::parse(cron, zone).expect("a line"),
                lasts: Duration::from_secs(lasts_min * 60),
            };
            let at: jiff::Timestamp = at.parse().expect("a time");
            let found = now(&[maintenance], Micros(at.as_microsecond()));
            assert_eq!(!found.is_empty(), goes_on, "{what}");
        }
    }
}
