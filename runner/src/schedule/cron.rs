//! The times of a cron line in its time zone, clock changes included.
//!
//! | the line | an hour that does not exist | an hour that occurs twice |
//! |---|---|---|
//! | names every hour: `7 * * * *` | nothing is lost: the next hour comes at once | runs through both |
//! | `*` or `*/n` minutes of some hours: `*/15 2 * * *` | once, at the end of the gap | runs through both |
//! | any other: `30 2 * * *` | once, at the end of the gap | once, the first time |
//!
//! Two walks give the times. *Through* walks from one change of the zone's offset to the next, and so
//! meets every time that exists as often as it does. *By the calendar* goes through local times,
//! those that do not exist included, and takes the first of two.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::AmbiguousOffset;

use crate::model::run::Micros;
use crate::model::schedule::CronLine;

/// Changes of a zone's offset that one search passes at most; no zone has more than a few a year,
/// and no line is silent for more than nine years.
const CHANGES_MAX: usize = 100;

/// The first time of the line after this one; none where there is none that can be written.
pub fn next(line: &CronLine, after: Micros) -> Option<Micros> {
    let after = Timestamp::from_microsecond(after.0).ok()?;
    let next = match (line.is_every_hour(), line.is_every_few_minutes()) {
        (true, _) => through(line, after),
        (false, true) => through(line, after)
            .into_iter()
            .chain(by_calendar(line, after))
            .min(),
        (false, false) => by_calendar(line, after),
    };
    Some(Micros(next?.as_microsecond()))
}

fn through(line: &CronLine, mut after: Timestamp) -> Option<Timestamp> {
    let zone = line.zone();
    for _ in 0..CHANGES_MAX {
        let change = zone
            .following(after)
            .next()
            .map(|change| change.timestamp());
        // Just after a change the offset is the new one already, and the local time its own.
        let offset = zone.to_offset(after);
        let time = offset
            .to_timestamp(line.next_local(offset.to_datetime(after))?)
            .ok()?;
        match change {
            Some(change) if time >= change => {
                if line_matches_at(line, change) {
                    return Some(change);
                }
                after = change;
            }
            _ => return Some(time),
        }
    }
    None
}

/// Whether the line names this very moment.
fn line_matches_at(line: &CronLine, time: Timestamp) -> bool {
    let local = line.zone().to_datetime(time);
    let before = local.checked_sub(jiff::SignedDuration::from_secs(1));
    before.ok().and_then(|before| line.next_local(before)) == Some(local)
}

fn by_calendar(line: &CronLine, after: Timestamp) -> Option<Timestamp> {
    let zone = line.zone();
    let mut local = zone.to_datetime(after);
    loop {
        local = line.next_local(local)?;
        let moment = zone.to_ambiguous_timestamp(local);
        let time = match moment.offset() {
            AmbiguousOffset::Gap { .. } => end_of_gap(line, local)?,
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => {
                moment.earlier().ok()?
            }
        };
        // Within the second of two hours the first is over.
        if time > after {
            return Some(time);
        }
    }
}

/// The moment at which the clock passes over this local time.
fn end_of_gap(line: &CronLine, local: DateTime) -> Option<Timestamp> {
    // Read with the offset that is valid after it, a time in the gap is before it.
    let before = line.zone().to_ambiguous_timestamp(local).earlier().ok()?;
    let change = line.zone().following(before).next()?;
    Some(change.timestamp())
}
