//! Courses in which people cannot be reached, or things come and go.

use checkrun_history::record::StoredStatus::Warning;

use super::courses::Do::{self, *};
use super::courses::play;
use super::world::*;

type Case = (
    &'static str,
    &'static [(i64, Do)],
    i64,
    &'static [&'static str],
);

fn hold(cases: &[Case]) {
    for (what, course, until, expected) in cases {
        let mut world = World::new();
        assert_eq!(play(&mut world, course, *until), *expected, "{what}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of courses")]
fn when_people_cannot_be_reached() {
    hold(&[
        (
            "the fallback is told, and how it goes on",
            &[
                (0, Spare),
                (0, MailFails),
                (0, Warn(1, 1)),
                (20, Crit(1, 1)),
                (40, Well(1, 1)),
            ],
            60,
            &[
                "0.5 ops target 1: 1 new warning",
                "10.7 spare target 1: 1 new warning",
                "20.2 ops target 1 (joins): 1 now critical",
                "20.2 spare target 1: 1 now critical",
                "40.2 ops target 1 (joins): 1 well",
                "40.5 spare target 1: 1 well",
            ],
        ),
        (
            "the fallback hears the end although the others can be reached again, and nothing else",
            &[
                (0, Spare),
                (0, MailFails),
                (0, Crit(1, 1)),
                (15, MailWorks),
                (30, Warn(2, 1)),
                (60, Well(1, 1)),
            ],
            90,
            &[
                "0.5 ops target 1: 1 new critical",
                "10.7 spare target 1: 1 new critical",
                "30.5 ops target 2: 1 new warning",
                "60.5 ops target 1: 1 well",
                "60.5 spare target 1: 1 well",
            ],
        ),
        (
            "what else goes wrong meanwhile is told, too",
            &[
                (0, Spare),
                (0, MailFails),
                (0, Crit(1, 1)),
                (20, Crit(1, 2)),
            ],
            30,
            &[
                "0.5 ops target 1: 1 new critical",
                "10.7 spare target 1: 1 new critical",
                "20.5 ops target 1 (joins): 1 still critical, 2 new critical",
                "20.7 spare target 1: 2 new critical",
            ],
        ),
        (
            "whoever does not know that it began is not told that it is over",
            &[
                (0, Spare),
                (0, Crit(1, 1)),
                (5, MailFails),
                (20, Well(1, 1)),
            ],
            60,
            &[
                "0.5 ops target 1: 1 new critical",
                "20.5 ops target 1: 1 well",
            ],
        ),
        (
            "what was given up is said again after an hour",
            &[(0, MailFails), (0, Warn(1, 1)), (1, GiveUp), (1, MailWorks)],
            120,
            &[
                "0.5 ops target 1: 1 new warning",
                "60.5 ops target 1 again: 1 still warning",
            ],
        ),
        (
            "a reminder that nobody has is not followed by another, and says how it went on",
            &[(0, Crit(1, 1)), (100, MailFails), (900, Well(1, 1))],
            960,
            &[
                "0.5 ops target 1: 1 new critical",
                "240.5 ops target 1 again: 1 still critical",
                "900.2 ops target 1 (joins): 1 well",
            ],
        ),
    ]);
}

const FLAPPING: [(i64, Do); 6] = [
    (0, Crit(1, 1)),
    (4, Well(1, 1)),
    (8, Crit(1, 1)),
    (12, Well(1, 1)),
    (16, Crit(1, 1)),
    (20, Well(1, 1)),
];

/// What is told from the minute on in which it begins to flap.
fn after_flapping(course: &[(i64, Do)], until: i64) -> Vec<String> {
    let mut world = World::new();
    let course: Vec<_> = FLAPPING.iter().chain(course).copied().collect();
    let told = play(&mut world, &course, until);
    let begins = told.iter().position(|line| line.ends_with("1 flaps"));
    told[begins.expect("it flaps")..].to_vec()
}

#[test]
fn what_has_come_to_stay_does_not_hide_behind_what_came_and_went() {
    assert_eq!(
        after_flapping(&[(24, Crit(1, 1))], 90),
        [
            "21.5 ops target 1: 1 flaps",
            "34.0 ops target 1: 1 rests, critical",
        ]
    );
}

#[test]
fn nobody_says_that_something_is_steady_while_nobody_looks() {
    assert_eq!(
        after_flapping(&[(24, Warn(1, 1)), (26, Doubt(1)), (90, Sure),], 120),
        [
            "21.5 ops target 1: 1 flaps",
            "90.2 ops target 1: 1 rests, warning",
        ]
    );
}

#[test]
fn what_comes_and_goes_and_gets_worse_is_told_once_more() {
    let mut world = World::new();
    let mut course = Vec::new();
    for round in 0..10 {
        let bad = if round < 5 { Warn(1, 1) } else { Crit(1, 1) };
        course.push((round * 8, bad));
        course.push((round * 8 + 4, Well(1, 1)));
    }
    let told = play(&mut world, &course, 76);
    let flaps: Vec<_> = told.iter().filter(|line| line.ends_with("flaps")).collect();
    assert_eq!(
        flaps,
        ["21.5 ops target 1: 1 flaps", "40.2 ops target 1: 1 flaps"]
    );
    let known = world.told("ops", Thing { target: 1, job: 1 });
    assert!(known.is_some_and(|told| told.is_flapping && told.severity > Warning));
}
