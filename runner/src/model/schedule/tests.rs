//! Lines of cron: when they come on a calendar without clock changes, and which make no sense.

use super::*;

fn next(text: &str, after: &str) -> Result<String, NoCronLine> {
    let line = CronLine::parse(text, TimeZone::UTC)?;
    let next = line.next_local(after.parse().expect("a time"));
    Ok(next.map_or_else(|| "never".to_owned(), |time| time.to_string()))
}

/// Why, the line, after when, and when it comes.
const CASES: [[&str; 4]; 12] = [
    [
        "every minute",
        "* * * * *",
        "2026-03-01T10:00:30",
        "2026-03-01T10:01:00",
    ],
    [
        "strictly after",
        "0 6 * * *",
        "2026-03-01T06:00:00",
        "2026-03-02T06:00:00",
    ],
    [
        "a step",
        "*/15 * * * *",
        "2026-03-01T10:46:00",
        "2026-03-01T11:00:00",
    ],
    [
        "a range and a list",
        "0 9-11,17 * * *",
        "2026-03-01T11:00:00",
        "2026-03-01T17:00:00",
    ],
    [
        "weekdays by name",
        "0 6 * * MON-FRI",
        "2026-03-06T06:00:00",
        "2026-03-09T06:00:00",
    ],
    [
        "7 is Sunday, too",
        "0 6 * * 7",
        "2026-03-02T00:00:00",
        "2026-03-08T06:00:00",
    ],
    [
        "the day or the weekday",
        "0 0 13 * 5",
        "2026-03-01T00:00:00",
        "2026-03-06T00:00:00",
    ],
    [
        "the last of the month",
        "0 0 L 2 *",
        "2027-03-01T00:00:00",
        "2028-02-29T00:00:00",
    ],
    [
        "the second Tuesday",
        "0 0 * * 2#2",
        "2026-03-01T00:00:00",
        "2026-03-10T00:00:00",
    ],
    [
        "a leap day",
        "0 0 29 2 *",
        "2096-03-01T00:00:00",
        "2104-02-29T00:00:00",
    ],
    [
        "a name",
        "@weekly",
        "2026-03-04T00:00:00",
        "2026-03-08T00:00:00",
    ],
    [
        "a new year",
        "@yearly",
        "2026-01-01T00:00:00",
        "2027-01-01T00:00:00",
    ],
];

#[test]
fn lines_come_when_cron_says() {
    for [reason, text, after, expected] in CASES {
        assert_eq!(next(text, after).as_deref(), Ok(expected), "{reason}");
    }
}

#[test]
fn what_is_no_line_says_why() {
    let mut told = String::new();
    for text in [
        "",
        "0 6 * *",
        "0 0 6 * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "*/0 * * * *",
        "5-1 * * * *",
        "a * * * *",
        "0 0 30 2 *",
        "@reboot",
        "@daily 6",
        "? ? ? ? ?",
    ] {
        let line = match CronLine::parse(text, TimeZone::UTC) {
            Ok(line) => format!("{line:?} was read"),
            Err(error) => error.to_string(),
        };
        told.push_str(&format!("{text:<12}  {line}\n"));
    }
    insta::assert_snapshot!(told);
}
