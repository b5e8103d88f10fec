//! Courses that are longer, or need more than one route.

use checkrun_history::notification::MessageId;
use checkrun_history::record::StoredStatus::{Critical, Warning};

use super::super::*;
use super::courses::Do::*;
use super::courses::play;
use super::words::told_in_words;
use super::world::*;

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
fn a_flood_that_nobody_has_yet_takes_what_happens_meanwhile() {
    let mut world = World::new();
    let begin = (1..=46).map(|target| (0, Crit(target, 1)));
    let meanwhile = [(20, Well(3, 1)), (30, Warn(50, 1)), (40, Crit(3, 1))];
    let course: Vec<_> = [(0, MailFails)]
        .into_iter()
        .chain(begin)
        .chain(meanwhile)
        .collect();
    let told = play(&mut world, &course, 90);
    assert_eq!(
        told[1..],
        [
            "20.2 ops target 3 (joins): 1 well",
            "30.2 ops target 50 (joins): 1 new warning",
            "40.2 ops target 3 (joins): 1 new critical",
        ]
    );
    assert_eq!(world.outbox.len(), 1, "one message has all of it");
}

#[test]
fn while_a_message_is_being_handed_over_there_is_no_second_one() {
    let mut world = World::new();
    let course = [
        (0, MailFails),
        (0, Warn(1, 1)),
        (2, MailHangs(true)),
        (3, Crit(1, 1)),
        (4, Warn(2, 1)),
        (9, MailHangs(false)),
    ];
    assert_eq!(
        play(&mut world, &course, 20),
        [
            "0.5 ops target 1: 1 new warning",
            "4.5 ops target 2: 1 new warning",
            "9.2 ops target 1 (joins): 1 now critical",
        ]
    );
}

#[test]
fn after_a_flood_a_clock_that_is_set_back_reminds_once() {
    let mut world = World::new();
    let begin = (1..=46).map(|target| (0, Crit(target, 1)));
    let course: Vec<_> = begin.chain([(2, SetClock(-600))]).collect();
    let told = play(&mut world, &course, 120);
    let words: Vec<_> = told
        .iter()
        .map(|line| line.split(':').next().unwrap())
        .collect();
    assert_eq!(words, ["0.5 ops several storm", "-597.8 ops several storm"]);
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
            // It is as old as the warning that it was.
            "10.2 oncall target 1: 1 new critical",
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
