//! Whether the runner may say that all is well. Pure.

use std::time::Duration;

use crate::model::self_watch::UNSENT_MAX;
use crate::model::unit::format_duration;
use crate::pipeline::self_watch::Beat;

/// A loop that is later than this with looking at the clock is not well.
const LATE_MAX: Duration = Duration::from_secs(2);

/// What stands against it; nothing when all is well. `oldest` is how long the oldest message waits as the
/// history's file has it, none when it does not say; a file that cannot be written does not know it.
pub(super) fn complaints(beat: &Beat, oldest: Option<Duration>) -> Vec<String> {
    let seconds = |duration: Duration| format_duration(Duration::from_secs(duration.as_secs()));
    let late = (beat.late >= LATE_MAX)
        .then(|| format!("the schedule stands still, for {}", seconds(beat.late)));
    let quiet = beat.quiet.filter(|(quiet, within)| quiet > within);
    let quiet = quiet.map(|(quiet, _)| format!("no result for {}", seconds(quiet)));
    let still = beat.all_stand_still.then(|| "no job runs".to_owned());
    let unwritable = (!beat.is_writable).then(|| "results are not stored".to_owned());
    let unsent = match oldest {
        _ if !beat.is_writable => None,
        None => Some("the history cannot be read".to_owned()),
        Some(oldest) => (oldest > UNSENT_MAX)
            .then(|| format!("a message waits to be told for {}", seconds(oldest))),
    };
    [late, quiet, still, unwritable, unsent]
        .into_iter()
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn well() -> Beat {
        Beat {
            late: Duration::from_millis(4),
            quiet: Some((SECOND, 40 * SECOND)),
            is_writable: true,
            all_stand_still: false,
        }
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table of cases")]
    fn one_thing_that_is_wrong_is_enough() {
        let none = Some(Duration::ZERO);
        for (what, beat, oldest, complaint) in [
            ("all is well", well(), none, ""),
            (
                "nothing is due",
                Beat {
                    quiet: None,
                    ..well()
                },
                none,
                "",
            ),
            (
                "a little late",
                Beat {
                    late: Duration::from_millis(1999),
                    ..well()
                },
                none,
                "",
            ),
            (
                "late",
                Beat {
                    late: 2 * SECOND,
                    ..well()
                },
                none,
                "the schedule stands still, for 2 s",
            ),
            (
                "just quiet",
                Beat {
                    quiet: Some((40 * SECOND, 40 * SECOND)),
                    ..well()
                },
                none,
                "",
            ),
            (
                "too quiet",
                Beat {
                    quiet: Some((41 * SECOND, 40 * SECOND)),
                    ..well()
                },
                none,
                "no result for 41 s",
            ),
            (
                "no job",
                Beat {
                    all_stand_still: true,
                    ..well()
                },
                none,
                "no job runs",
            ),
            (
                "full",
                Beat {
                    is_writable: false,
                    ..well()
                },
                none,
                "results are not stored",
            ),
            ("a message waits", well(), Some(600 * SECOND), ""),
            (
                "too long",
                well(),
                Some(601 * SECOND),
                "a message waits to be told for 10 min",
            ),
            ("unreadable", well(), None, "the history cannot be read"),
            (
                "a message of before the disk was full",
                Beat {
                    is_writable: false,
                    ..well()
                },
                Some(601 * SECOND),
                "results are not stored",
            ),
        ] {
            let found = complaints(&beat, oldest).join("; ");
            assert!(
                found.starts_with(complaint)
                    && !found.contains(';')
                    && found.is_empty() == complaint.is_empty(),
                "{what}: {found}"
            );
        }
    }
}
