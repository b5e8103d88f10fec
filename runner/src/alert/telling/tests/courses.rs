//! Courses of trouble, minute by minute, and every message that they lead to.

use checkrun_history::record::StoredStatus::{Critical, Warning};

use super::super::*;
use super::words::told_in_words;
use super::world::*;

/// What happens at a minute.
#[derive(Clone, Copy)]
pub enum Do {
    Warn(i64, i64),
    Crit(i64, i64),
    Well(i64, i64),
    Doubt(i64),
    Sure,
    Silence(&'static str, i64),
    Acknowledge(i64, i64, i64),
    AcknowledgeSticky(i64, i64, i64),
    MailFails,
    MailWorks,
    /// The messages that nobody has are given up.
    GiveUp,
    Spare,
    MailHangs(bool),
    SetClock(i64),
}
use Do::*;

fn apply(world: &mut World, what: Do) {
    let thing = |target, job| Thing { target, job };
    match what {
        Warn(target, job) => world.set(thing(target, job), Some(Warning)),
        Crit(target, job) => world.set(thing(target, job), Some(Critical)),
        Well(target, job) => world.set(thing(target, job), None),
        Doubt(target) => world.doubtful.push(target),
        Sure => world.doubtful.clear(),
        Silence(target, minutes) => world.silence(target, minutes * MINUTE),
        Acknowledge(target, job, minutes) => {
            world.acknowledge(thing(target, job), minutes * MINUTE, false);
        }
        AcknowledgeSticky(target, job, minutes) => {
            world.acknowledge(thing(target, job), minutes * MINUTE, true);
        }
        MailFails => world.delivers = false,
        MailWorks => world.deliver(),
        GiveUp => world.give_up(),
        Spare => world
            .audiences
            .push(audience("spare", Role::Fallback, Warning)),
        MailHangs(hangs) => world.hangs = hangs,
        SetClock(minutes) => world.now += minutes * MINUTE,
    }
}

/// Plays a course to its last minute; what was told, with the minute.
pub fn play(world: &mut World, course: &[(i64, Do)], until: i64) -> Vec<String> {
    let from = world.now;
    let mut told = Vec::new();
    let mut minute = 0;
    let mut note = |written: Vec<(f64, Dispatch)>, minute: &mut i64, to: i64| {
        *minute = to;
        told.extend(
            written
                .iter()
                .map(|(at, message)| format!("{at:.1} {}", told_in_words(message))),
        );
    };
    for (at, what) in course {
        let written = world.pass((at - minute) * MINUTE, from);
        note(written, &mut minute, *at);
        apply(world, *what);
    }
    let written = world.pass((until - minute) * MINUTE, from);
    note(written, &mut minute, until);
    told
}

type Case = (
    &'static str,
    &'static [(i64, Do)],
    i64,
    &'static [&'static str],
);

#[test]
#[expect(clippy::too_many_lines, reason = "a table of courses")]
fn the_table() {
    let cases: &[Case] = &[
        (
            "once when it begins, once when it is over",
            &[(0, Crit(1, 1)), (40, Well(1, 1))],
            60,
            &[
                "0.5 ops target 1: 1 new critical",
                "40.5 ops target 1: 1 well",
            ],
        ),
        (
            "what begins within the wait comes together",
            &[(0, Warn(1, 1)), (0, Crit(1, 2))],
            5,
            &["0.5 ops target 1: 1 new warning, 2 new critical"],
        ),
        (
            "targets are told apart",
            &[(0, Warn(1, 1)), (0, Warn(2, 1))],
            5,
            &[
                "0.5 ops target 1: 1 new warning",
                "0.5 ops target 2: 1 new warning",
            ],
        ),
        (
            "what is over before it was told is not told",
            &[(0, Crit(1, 1)), (0, Well(1, 1))],
            60,
            &[],
        ),
        (
            "worse does not wait",
            &[(0, Warn(1, 1)), (2, Crit(1, 1))],
            10,
            &[
                "0.5 ops target 1: 1 new warning",
                "2.2 ops target 1: 1 now critical",
            ],
        ),
        (
            "something critical beside warnings waits no longer than at the beginning",
            &[(0, Warn(1, 1)), (2, Crit(1, 2))],
            10,
            &[
                "0.5 ops target 1: 1 new warning",
                "2.5 ops target 1: 1 still warning, 2 new critical",
            ],
        ),
        (
            "one more warning waits for its interval",
            &[(0, Warn(1, 1)), (2, Warn(1, 2))],
            10,
            &[
                "0.5 ops target 1: 1 new warning",
                "5.5 ops target 1: 1 still warning, 2 new warning",
            ],
        ),
        (
            "better but bad is no message of its own",
            &[(0, Crit(1, 1)), (10, Warn(1, 1)), (20, Warn(1, 2))],
            30,
            &[
                "0.5 ops target 1: 1 new critical",
                "20.5 ops target 1: 1 now warning, 2 new warning",
            ],
        ),
        (
            "critical is said again after four hours",
            &[(0, Crit(1, 1)), (500, Well(1, 1))],
            510,
            &[
                "0.5 ops target 1: 1 new critical",
                "240.5 ops target 1 again: 1 still critical",
                "480.5 ops target 1 again: 1 still critical",
                "500.5 ops target 1: 1 well",
            ],
        ),
        (
            "a silence keeps what is new, and says it when it ends",
            &[(0, Silence("target-1", 60)), (1, Crit(1, 1))],
            65,
            &["60.0 ops target 1: 1 new critical"],
        ),
        (
            "a silence keeps nothing of how it ends",
            &[
                (0, Crit(1, 1)),
                (2, Silence("target-1", 60)),
                (30, Well(1, 1)),
            ],
            120,
            &[
                "0.5 ops target 1: 1 new critical",
                "30.5 ops target 1: 1 well",
            ],
        ),
        (
            "what came and went in a silence is not told",
            &[(0, Silence("*", 60)), (1, Crit(1, 1)), (30, Well(1, 1))],
            120,
            &[],
        ),
        (
            "nobody is reminded of what somebody has taken on",
            &[(0, Crit(1, 1)), (5, Acknowledge(1, 1, 600))],
            610,
            &[
                "0.5 ops target 1: 1 new critical",
                "605.0 ops target 1 again: 1 still critical",
            ],
        ),
        (
            "whoever took on a warning did not take on what it became",
            &[
                (0, Warn(1, 1)),
                (5, Acknowledge(1, 1, 600)),
                (10, Crit(1, 1)),
            ],
            20,
            &[
                "0.5 ops target 1: 1 new warning",
                "10.2 ops target 1: 1 now critical",
            ],
        ),
        (
            "unless they said so",
            &[
                (0, Warn(1, 1)),
                (5, AcknowledgeSticky(1, 1, 600)),
                (10, Crit(1, 1)),
            ],
            20,
            &["0.5 ops target 1: 1 new warning"],
        ),
        (
            "while a target may be going down nothing new is said of its jobs",
            &[
                (0, Doubt(1)),
                (0, Crit(1, 1)),
                (0, Crit(1, 2)),
                (1, Crit(1, 9)),
            ],
            10,
            &["1.2 ops target 1: 9 new critical"],
        ),
        (
            "what is still wrong when it is back is told then",
            &[
                (0, Doubt(1)),
                (0, Crit(1, 9)),
                (1, Crit(1, 1)),
                (20, Well(1, 9)),
                (20, Sure),
            ],
            30,
            &[
                "0.2 ops target 1: 9 new critical",
                "20.2 ops target 1: 1 new critical, 9 well",
            ],
        ),
        (
            "mail that fails: what has changed since is what arrives",
            &[
                (0, MailFails),
                (0, Warn(1, 1)),
                (10, Crit(1, 1)),
                (20, Warn(1, 2)),
            ],
            30,
            &[
                "0.5 ops target 1: 1 new warning",
                "10.2 ops target 1 (joins): 1 now critical",
                "20.2 ops target 1 (joins): 1 still critical, 2 new warning",
            ],
        ),
        (
            "a clock that is set back lets nobody wait",
            &[(0, Warn(1, 1)), (2, SetClock(-600)), (2, Warn(1, 2))],
            4,
            &[
                "0.5 ops target 1: 1 new warning",
                "-597.5 ops target 1: 1 still warning, 2 new warning",
            ],
        ),
    ];
    for (what, course, until, expected) in cases {
        let mut world = World::new();
        assert_eq!(play(&mut world, course, *until), *expected, "{what}");
    }
}
