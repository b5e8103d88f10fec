//! Courses of trouble, minute by minute, and every message that they lead to.

use checkrun_history::record::StoredStatus::{Critical, Warning};

use checkrun_history::notification::MessageId;

use super::super::*;
use super::world::*;

/// What happens at a minute.
#[derive(Clone, Copy)]
enum Do {
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
        MailWorks => {
            world.delivers = true;
            for letter in &mut world.outbox {
                letter.is_sent = true;
            }
        }
        SetClock(minutes) => world.now += minutes * MINUTE,
    }
}

/// Plays a course to its last minute; what was told, with the minute.
fn play(world: &mut World, course: &[(i64, Do)], until: i64) -> Vec<String> {
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

#[test]
fn what_comes_and_goes_is_told_when_it_begins_and_when_it_is_steady() {
    let mut world = World::new();
    let mut course = Vec::new();
    for round in 0..12 {
        course.push((round * 8, Crit(1, 1)));
        course.push((round * 8 + 4, Well(1, 1)));
    }
    let told = play(&mut world, &course, 200);
    assert_eq!(
        told,
        [
            "0.5 ops target 1: 1 new critical",
            "5.5 ops target 1: 1 well",
            "8.5 ops target 1: 1 new critical",
            "13.5 ops target 1: 1 well",
            "16.5 ops target 1: 1 new critical",
            "21.5 ops target 1: 1 flaps",
            "122.0 ops target 1: 1 rests, well",
        ]
    );
}

#[test]
fn a_flood_is_one_message_and_so_is_its_end() {
    let mut world = World::new();
    let all: Vec<i64> = (1..=46).collect();
    let begin = all.iter().map(|target| (0, Crit(*target, 1)));
    let end = all.iter().map(|target| (60, Well(*target, 1)));
    let course: Vec<_> = begin.chain(end).collect();
    let told = play(&mut world, &course, 90);
    let words: Vec<_> = told
        .iter()
        .map(|line| line.split(':').next().unwrap())
        .collect();
    assert_eq!(words, ["0.5 ops several storm", "60.5 ops several storm"]);
    for count in [", 1 new critical", ", 1 well"]
        .iter()
        .zip(&told)
        .map(|(item, line)| line.matches(item).count())
    {
        assert_eq!(count, 45);
    }
}

#[test]
fn a_route_gets_only_what_it_asked_for_and_then_all_of_its_course() {
    let mut world = World::new();
    world.audiences = vec![
        audience("oncall", Role::Told, Critical),
        Audience {
            scope: Scope {
                targets: vec!["target-2".to_owned()],
                ..Scope::default()
            },
            ..audience("two", Role::Told, Warning)
        },
    ];
    let course = [
        (0, Warn(1, 1)),
        (0, Warn(2, 1)),
        (10, Crit(1, 1)),
        (20, Warn(1, 1)),
        (30, Well(1, 1)),
        (30, Well(2, 1)),
    ];
    assert_eq!(
        play(&mut world, &course, 40),
        [
            "0.5 two target 2: 1 new warning",
            "10.5 oncall target 1: 1 new critical",
            "30.5 oncall target 1: 1 well",
            "30.5 two target 2: 1 well",
        ]
    );
}

#[test]
fn a_remedy_is_asked_for_once_for_each_incident() {
    let mut world = World::new();
    world.audiences = vec![audience("restart", Role::Remedy, Critical)];
    let course = [
        (0, Warn(1, 1)),
        (5, Crit(1, 1)),
        (300, Well(1, 1)),
        (310, Crit(1, 1)),
        (310, Silence("target-2", 60)),
        (311, Crit(2, 1)),
        (320, Well(2, 1)),
    ];
    assert_eq!(
        play(&mut world, &course, 400),
        [
            "5.2 restart target 1 remedy: 1 new critical",
            "310.2 restart target 1 remedy: 1 new critical",
        ]
    );
}

#[test]
fn what_a_route_could_not_be_given_goes_by_way_of_the_fallback() {
    let mut world = World::new();
    world
        .audiences
        .push(audience("spare", Role::Fallback, Warning));
    world.delivers = false;
    world.set(Thing { target: 1, job: 1 }, Some(Critical));
    let from = world.now;
    assert_eq!(world.pass(MINUTE, from).len(), 1);
    world.outbox[0].is_failed = true;
    let written = world.pass(10 * MINUTE, from);
    assert_eq!(written.len(), 1, "once");
    let message = &written[0].1;
    assert_eq!(
        (message.route.as_str(), message.fallback_of),
        ("spare", Some(MessageId(1)))
    );
    assert_eq!(message.target_id, Some(1));
}

#[test]
fn a_maintenance_is_a_silence() {
    let mut world = World::new();
    world.maintained = vec![Scope {
        checks: vec!["job-1".to_owned()],
        ..Scope::default()
    }];
    let from = world.now;
    world.set(Thing { target: 1, job: 1 }, Some(Critical));
    world.set(Thing { target: 1, job: 2 }, Some(Warning));
    let written = world.pass(30 * MINUTE, from);
    assert_eq!(written.len(), 1);
    assert_eq!(told_in_words(&written[0].1), "ops target 1: 2 new warning");
    world.maintained.clear();
    let written = world.pass(MINUTE, from);
    assert_eq!(
        told_in_words(&written[0].1),
        "ops target 1: 1 new critical, 2 still warning"
    );
}

#[test]
fn all_messages_about_one_trouble_have_one_thread_and_the_next_trouble_has_another() {
    let mut world = World::new();
    let course = [
        (0, Warn(1, 1)),
        (10, Crit(1, 1)),
        (20, Well(1, 1)),
        (100, Warn(1, 1)),
    ];
    let _ = play(&mut world, &course, 110);
    let threads: Vec<_> = world
        .outbox
        .iter()
        .map(|letter| letter.thread.as_str())
        .collect();
    assert_eq!(threads, ["thread-1", "thread-1", "thread-1", "thread-4"]);
}
