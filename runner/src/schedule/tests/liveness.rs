//! Which jobs count as ones that do not run, and which as ones that take too long.

use super::*;
use crate::model::schedule::LeftOpen;

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3600 * SECOND;

/// The times at which all began.
fn noon() -> Now {
    both(at("2026-06-01T12:00:00Z"))
}

fn after(seconds: i64) -> Now {
    both(later(noon().steady, seconds * SECOND))
}

fn quiet(timetable: &Timetable, now: Now) -> Vec<(String, u64)> {
    let found = timetable.not_running(now).into_iter();
    found
        .map(|one| (one.job.name.clone(), one.what.as_secs()))
        .collect()
}

/// Takes what is due up to then, second by second, and never ends a run.
fn start_all(timetable: &mut Timetable, seconds: std::ops::Range<i64>) -> Vec<Start> {
    let due = seconds.flat_map(|second| timetable.take_due(after(second)));
    due.collect()
}

#[test]
fn after_three_intervals_and_the_timeout_it_does_not_run() {
    // The timeout of a plain job is 10 s.
    for (what, seconds, quiet_for) in [
        ("at first", 0, None),
        ("in patience", 190, None),
        ("not any more", 191, Some(191)),
        ("for long", 4000, Some(4000)),
    ] {
        let timetable = Timetable::new(&[job("minutely", "a", every(60))], noon());
        let found = quiet(&timetable, after(seconds));
        let expected: Vec<_> = quiet_for
            .map(|it| ("minutely".to_owned(), it))
            .into_iter()
            .collect();
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn a_run_that_ends_is_what_counts_and_not_that_it_begins() {
    let mut timetable = Timetable::new(&[job("often", "a", every(10))], noon());
    let begun = start_all(&mut timetable, 0..30);
    assert_eq!(quiet(&timetable, after(41)), [("often".to_owned(), 41)]);
    timetable.finished(begun[0].id, LeftOpen::Something, after(41));
    assert_eq!(quiet(&timetable, after(81)), []);
    assert_eq!(quiet(&timetable, after(82)), [("often".to_owned(), 41)]);
}

#[test]
fn a_cron_line_is_missed_when_two_of_its_times_are_over() {
    let timetable = Timetable::new(&[job("at six", "a", cron("0 6 * * *", "UTC"))], noon());
    for (what, hours, is_quiet) in [
        ("its time has not come", 17, false),
        ("one is over", 41, false),
        ("two have just come", 42, false),
        ("two are over", 43, true),
    ] {
        let now = both(later(noon().steady, hours * HOUR));
        assert_eq!(!timetable.not_running(now).is_empty(), is_quiet, "{what}");
    }
}

#[test]
fn what_could_not_run_is_not_held_against_a_job() {
    let jobs = [
        job("often", "a", every(10)),
        job("hourly", "b", cron("0 * * * *", "UTC")),
    ];
    let begin = || Timetable::new(&jobs, noon());
    let late = both(later(noon().steady, 5 * HOUR));
    assert_eq!(quiet(&begin(), late).len(), 2, "both, if nothing happened");

    let mut down = begin();
    down.suspend("a");
    assert_eq!(quiet(&down, late).len(), 1, "a target that is down");
    down.resume("a", late);
    assert_eq!(quiet(&down, late).len(), 1, "and has just come back");

    let mut paused = begin();
    paused.clock_changed(ClockEvent::Paused(Duration::from_secs(5 * 3600)), late);
    assert_eq!(quiet(&paused, late), [], "the process stood still");

    let mut set = begin();
    let ahead = Now {
        steady: after(5).steady,
        wall: late.wall,
    };
    set.clock_changed(ClockEvent::Forward(Duration::from_secs(5 * 3600)), ahead);
    assert_eq!(quiet(&set, ahead), [], "the clock was set");

    let mut storm = begin();
    for second in 0..60 {
        storm.clock_changed(ClockEvent::Back(Duration::from_secs(60)), after(second));
    }
    assert_eq!(
        quiet(&storm, after(60)),
        [("often".to_owned(), 60)],
        "a clock that is set again and again hides no interval"
    );
}

#[test]
fn a_job_that_is_gone_is_missed_by_nobody() {
    let mut timetable = Timetable::new(&[job("often", "a", every(10))], noon());
    start_all(&mut timetable, 0..30);
    timetable.replace(&[], after(30));
    assert_eq!(quiet(&timetable, after(4000)), []);
    assert_eq!(timetable.expects_within(), None);
}

#[test]
fn runs_that_overlap_are_counted_as_long_as_they_do() {
    let mut timetable = Timetable::new(&[job("slow", "a", every(10))], noon());
    let in_a_row = |timetable: &Timetable| timetable.overlapping().map_or(0, |it| it.what);
    let mut run = start_all(&mut timetable, 0..11).remove(0);
    for expected in [1, 2, 3] {
        let seconds = i64::from(expected) * 30;
        start_all(&mut timetable, seconds - 19..seconds);
        timetable.finished(run.id, LeftOpen::Nothing, after(seconds));
        run = start_all(&mut timetable, seconds..seconds + 11).remove(0);
        assert_eq!(in_a_row(&timetable), expected as u32);
    }
    timetable.finished(run.id, LeftOpen::Nothing, after(101));
    start_all(&mut timetable, 101..115);
    assert_eq!(in_a_row(&timetable), 0, "one in time ends it");
}

#[test]
fn a_result_is_expected_within_the_shortest_patience() {
    let jobs = [
        job("often", "a", every(10)),
        job("seldom", "b", every(60)),
        job("cron", "c", cron("0 6 * * *", "UTC")),
    ];
    let mut timetable = Timetable::new(&jobs, noon());
    let seconds = |timetable: &Timetable| timetable.expects_within().map(|it| it.as_secs());
    assert_eq!(seconds(&timetable), Some(40));
    timetable.suspend("a");
    assert_eq!(seconds(&timetable), Some(190));
    timetable.suspend("b");
    assert_eq!(
        seconds(&timetable),
        None,
        "a cron line promises nothing soon"
    );
}
