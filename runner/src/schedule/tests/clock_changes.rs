//! Cron lines in the hours that a clock change leaves out or repeats.

use super::super::cron::next;
use super::*;

/// The next `count` times of a line, local, as `day hour:minute` with the offset.
fn times(text: &str, zone: &str, after: &str, count: usize) -> String {
    let line = line(text, zone);
    let mut time = at(after);
    let mut told = Vec::new();
    for _ in 0..count {
        time = next(&line, time).expect("another time");
        let time = Timestamp::from_microsecond(time.0).expect("a time");
        let local = time.to_zoned_datetime(line.zone().clone());
        told.push(local.strftime("%d %H:%M%:z").to_string());
    }
    told.join(", ")
}

struct Case {
    reason: &'static str,
    line: &'static str,
    zone: &'static str,
    after: &'static str,
    expected: &'static str,
}

#[track_caller]
fn hold(cases: &[Case]) {
    for case in cases {
        let count = case.expected.split(", ").count();
        let told = times(case.line, case.zone, case.after, count);
        assert_eq!(
            told, case.expected,
            "{}: {} {}",
            case.reason, case.line, case.zone
        );
    }
}

/// On 29 March 2026 two o'clock becomes three.
#[test]
fn berlin_in_spring() {
    hold(&[
        Case {
            reason: "a time that does not exist runs once, at the end of the gap",
            line: "30 2 * * *",
            zone: "Europe/Berlin",
            after: "2026-03-28T12:00:00Z",
            expected: "29 03:00+02:00, 30 02:30+02:00",
        },
        Case {
            reason: "several of them run once together, also with the time that follows",
            line: "0,15,30 2,3 * * *",
            zone: "Europe/Berlin",
            after: "2026-03-28T12:00:00Z",
            expected: "29 03:00+02:00, 29 03:15+02:00, 29 03:30+02:00, 30 02:00+02:00",
        },
        Case {
            reason: "minutes of one hour that does not exist are not lost altogether",
            line: "*/20 2 * * *",
            zone: "Europe/Berlin",
            after: "2026-03-28T12:00:00Z",
            expected: "29 03:00+02:00, 30 02:00+02:00, 30 02:20+02:00",
        },
        Case {
            reason: "every twenty minutes runs through the gap",
            line: "*/20 * * * *",
            zone: "Europe/Berlin",
            after: "2026-03-29T00:30:00Z",
            expected: "29 01:40+01:00, 29 03:00+02:00, 29 03:20+02:00",
        },
        Case {
            reason: "every hour loses nothing, because no hour passes",
            line: "7 * * * *",
            zone: "Europe/Berlin",
            after: "2026-03-29T00:00:00Z",
            expected: "29 01:07+01:00, 29 03:07+02:00, 29 04:07+02:00",
        },
        Case {
            reason: "every second hour keeps the one that does not exist",
            line: "0 */2 * * *",
            zone: "Europe/Berlin",
            after: "2026-03-28T23:00:00Z",
            expected: "29 03:00+02:00, 29 04:00+02:00",
        },
        Case {
            reason: "the ends of the change are ordinary times",
            line: "0 3 * * *",
            zone: "Europe/Berlin",
            after: "2026-03-28T12:00:00Z",
            expected: "29 03:00+02:00, 30 03:00+02:00",
        },
    ]);
}

/// On 25 October 2026 three o'clock becomes two.
#[test]
fn berlin_in_autumn() {
    hold(&[
        Case {
            reason: "a time that occurs twice runs once, the first time",
            line: "30 2 * * *",
            zone: "Europe/Berlin",
            after: "2026-10-24T12:00:00Z",
            expected: "25 02:30+02:00, 26 02:30+01:00",
        },
        Case {
            reason: "also when it is asked for between the two",
            line: "30 2 * * *",
            zone: "Europe/Berlin",
            after: "2026-10-25T00:45:00Z",
            expected: "26 02:30+01:00",
        },
        Case {
            reason: "and after the second one has begun",
            line: "30 2 * * *",
            zone: "Europe/Berlin",
            after: "2026-10-25T01:10:00Z",
            expected: "26 02:30+01:00",
        },
        Case {
            reason: "every twenty minutes runs through both hours",
            line: "*/20 * * * *",
            zone: "Europe/Berlin",
            after: "2026-10-25T00:30:00Z",
            expected: "25 02:40+02:00, 25 02:00+01:00, 25 02:20+01:00, 25 02:40+01:00, 25 03:00+01:00",
        },
        Case {
            reason: "minutes of an hour that occurs twice, too",
            line: "*/30 2 * * *",
            zone: "Europe/Berlin",
            after: "2026-10-24T23:00:00Z",
            expected: "25 02:00+02:00, 25 02:30+02:00, 25 02:00+01:00, 25 02:30+01:00, 26 02:00+01:00",
        },
        Case {
            reason: "every hour runs in both",
            line: "0 * * * *",
            zone: "Europe/Berlin",
            after: "2026-10-24T23:30:00Z",
            expected: "25 02:00+02:00, 25 02:00+01:00, 25 03:00+01:00",
        },
    ]);
}

/// On 8 March 2026 two o'clock becomes three, on 1 November two becomes one.
#[test]
fn new_york() {
    hold(&[
        Case {
            reason: "a time that does not exist runs once, at the end of the gap",
            line: "0 2 * * *",
            zone: "America/New_York",
            after: "2026-03-07T12:00:00Z",
            expected: "08 03:00-04:00, 09 02:00-04:00",
        },
        Case {
            reason: "the hour before is not touched",
            line: "59 1 * * *",
            zone: "America/New_York",
            after: "2026-03-07T12:00:00Z",
            expected: "08 01:59-05:00, 09 01:59-04:00",
        },
        Case {
            reason: "only on its weekday",
            line: "30 2 * * MON",
            zone: "America/New_York",
            after: "2026-03-07T12:00:00Z",
            expected: "09 02:30-04:00",
        },
        Case {
            reason: "a time that occurs twice runs once, the first time",
            line: "30 1 * * *",
            zone: "America/New_York",
            after: "2026-10-31T12:00:00Z",
            expected: "01 01:30-04:00, 02 01:30-05:00",
        },
        Case {
            reason: "every minute runs through",
            line: "* * * * *",
            zone: "America/New_York",
            after: "2026-11-01T05:58:00Z",
            expected: "01 01:59-04:00, 01 01:00-05:00, 01 01:01-05:00",
        },
    ]);
}

/// Half an hour: on 4 October 2026 two o'clock becomes half past, on 5 April two becomes half past one.
#[test]
fn lord_howe() {
    hold(&[
        Case {
            reason: "a time in half an hour that does not exist",
            line: "15 2 * * *",
            zone: "Australia/Lord_Howe",
            after: "2026-10-03T00:00:00Z",
            expected: "04 02:30+11:00, 05 02:15+11:00",
        },
        Case {
            reason: "the half that exists is as always",
            line: "45 2 * * *",
            zone: "Australia/Lord_Howe",
            after: "2026-10-03T00:00:00Z",
            expected: "04 02:45+11:00, 05 02:45+11:00",
        },
        Case {
            reason: "every twenty minutes",
            line: "*/20 * * * *",
            zone: "Australia/Lord_Howe",
            after: "2026-10-03T15:00:00Z",
            expected: "04 01:40+10:30, 04 02:40+11:00, 04 03:00+11:00",
        },
        Case {
            reason: "half an hour that occurs twice",
            line: "45 1 * * *",
            zone: "Australia/Lord_Howe",
            after: "2026-04-04T00:00:00Z",
            expected: "05 01:45+11:00, 06 01:45+10:30",
        },
        Case {
            reason: "every quarter runs through it",
            line: "*/15 * * * *",
            zone: "Australia/Lord_Howe",
            after: "2026-04-04T14:40:00Z",
            expected: "05 01:45+11:00, 05 01:30+10:30, 05 01:45+10:30, 05 02:00+10:30",
        },
    ]);
}

/// On 24 April 2026 midnight becomes one o'clock; on 30 October midnight becomes eleven the day before.
#[test]
fn cairo() {
    hold(&[
        Case {
            reason: "a midnight that does not exist does not cost the day",
            line: "0 0 * * *",
            zone: "Africa/Cairo",
            after: "2026-04-22T12:00:00Z",
            expected: "23 00:00+02:00, 24 01:00+03:00, 25 00:00+03:00",
        },
        Case {
            reason: "nor does a name for it",
            line: "@daily",
            zone: "Africa/Cairo",
            after: "2026-04-23T12:00:00Z",
            expected: "24 01:00+03:00, 25 00:00+03:00",
        },
        Case {
            reason: "every twelve hours",
            line: "0 */12 * * *",
            zone: "Africa/Cairo",
            after: "2026-04-23T09:00:00Z",
            expected: "23 12:00+02:00, 24 01:00+03:00, 24 12:00+03:00",
        },
        Case {
            reason: "the last hour of the day occurs twice",
            line: "30 23 * * *",
            zone: "Africa/Cairo",
            after: "2026-10-29T12:00:00Z",
            expected: "29 23:30+03:00, 30 23:30+02:00",
        },
        Case {
            reason: "every hour runs through both",
            line: "0 * * * *",
            zone: "Africa/Cairo",
            after: "2026-10-29T19:30:00Z",
            expected: "29 23:00+03:00, 29 23:00+02:00, 30 00:00+02:00",
        },
    ]);
}

/// Once the whole of 30 December 2011 was left out.
#[test]
fn apia() {
    hold(&[Case {
        reason: "a day that does not exist",
        line: "0 6 * * *",
        zone: "Pacific/Apia",
        after: "2011-12-29T00:00:00-10:00",
        expected: "29 06:00-10:00, 31 00:00+14:00, 31 06:00+14:00",
    }]);
}

#[test]
fn times_only_ever_go_forward() {
    for zone in [
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Africa/Cairo",
    ] {
        for text in [
            "*/7 * * * *",
            "13 * * * *",
            "30 2 * * *",
            "*/25 0-3 * * *",
            "0 */5 * * *",
        ] {
            let line = line(text, zone);
            let end = at("2028-01-01T00:00:00Z");
            let mut time = at("2026-01-01T00:00:00Z");
            let mut runs = 0;
            while time < end {
                let after = next(&line, time).expect("another time");
                assert!(after > time, "{text} {zone}: {after} after {time}");
                time = after;
                runs += 1;
            }
            let fewest = if line.is_every_hour() {
                // Where the clock changes by half an hour, one time a year falls into the gap.
                2 * 8760 - 2
            } else {
                2 * 365
            };
            assert!(runs >= fewest, "{text} {zone}: {runs} runs in two years");
        }
    }
}
