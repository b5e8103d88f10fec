//! When a target counts as unreachable, when it is asked, and whose word is taken.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::model::gate::{ASKED_EVERY, Reach};
use crate::model::incident::Phase;
use crate::model::run::About;
use crate::model::sql::{ConnectionClass, ConnectionError};
use crate::schedule::gates::gate::{ASKED_EVERY_MIN, CONFIRM_EVERY, RECOVER_EVERY};
use crate::schedule::gates::{REFUTED_MAX, Standing};

const SECOND: i64 = 1_000_000;

/// What happens to a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Happening {
    /// A run could not connect.
    Accused,
    /// It was asked.
    Asked(Answer),
}

use Answer::{Bad, Good, Lost};
use Happening::{Accused, Asked};

fn unreachable() -> Reach {
    Reach::Unreachable(ConnectionError {
        class: ConnectionClass::Refused,
        message: String::new(),
        attempts: 1,
    })
}

fn gates() -> Gates {
    let mut gates = Gates::default();
    gates.replace(["orders", "shop"], Micros(0));
    gates
}

fn apply(gates: &mut Gates, happening: Happening, now: Micros) -> Option<Turn> {
    match happening {
        Accused => {
            gates.take("orders", "a", &unreachable(), now);
            None
        }
        Asked(answer) => {
            gates.take_due(now);
            gates.answered("orders", answer, now)
        }
    }
}

/// What it shows, what happens, and the turns with their places, counted from 1.
type Case = (&'static str, &'static [Happening], &'static [(usize, Turn)]);

#[test]
fn the_table() {
    let cases: &[Case] = &[
        (
            "nobody accuses it",
            &[Asked(Bad), Asked(Bad), Asked(Bad)],
            &[],
        ),
        ("it answers", &[Accused, Asked(Good)], &[]),
        (
            "two are a blip",
            &[Accused, Asked(Bad), Asked(Bad), Asked(Good)],
            &[],
        ),
        (
            "three in a row close",
            &[Accused, Asked(Bad), Asked(Bad), Asked(Bad)],
            &[(4, Turn::Closed)],
        ),
        (
            "further accusations change nothing",
            &[
                Accused,
                Asked(Bad),
                Accused,
                Accused,
                Asked(Bad),
                Asked(Good),
            ],
            &[],
        ),
        (
            "an attempt that was lost is none",
            &[Accused, Asked(Bad), Asked(Lost), Asked(Bad), Asked(Bad)],
            &[(5, Turn::Closed)],
        ),
        (
            "one good is not enough, two are",
            &[
                Accused,
                Asked(Bad),
                Asked(Bad),
                Asked(Bad),
                Asked(Good),
                Asked(Bad),
                Asked(Good),
                Asked(Good),
            ],
            &[(4, Turn::Closed), (8, Turn::Opened)],
        ),
    ];
    for (what, happenings, expected) in cases {
        let mut gates = gates();
        let mut turns = Vec::new();
        for (place, happening) in (1_usize..).zip(*happenings) {
            let now = Micros(i64::try_from(place).expect("small") * 60 * SECOND);
            let turn = apply(&mut gates, *happening, now);
            turns.extend(turn.map(|turn| (place, turn)));
        }
        assert_eq!(turns, *expected, "{what}");
    }
}

/// Seconds at which it is asked, when asking takes so long and always ends in the same way.
fn asked_at(gates: &mut Gates, answer: Answer, takes: i64, from: i64, until: i64) -> Vec<i64> {
    let mut asked = Vec::new();
    let mut over = None;
    for second in from..until {
        let now = Micros(second * SECOND);
        if over == Some(second) {
            gates.answered("orders", answer, now);
            over = None;
        }
        if gates.take_due(now) == ["orders"] {
            assert_eq!(over, None, "one after the other");
            asked.push(second);
            over = Some(second + takes);
        }
    }
    asked
}

#[test]
fn it_is_asked_at_once_then_to_confirm_then_now_and_then() {
    let mut gates = gates();
    assert_eq!(asked_at(&mut gates, Bad, 1, 0, 100), [] as [i64; 0]);
    gates.take("orders", "a", &unreachable(), Micros(100 * SECOND));
    assert_eq!(gates.idle_for(Micros(100 * SECOND)), Duration::ZERO);
    let asked = asked_at(&mut gates, Bad, 8, 100, 200);
    assert_eq!(asked, [100, 110, 120, 150, 180]);
    assert!(gates.is_closed("orders") && !gates.is_closed("shop"));
    let asked = asked_at(&mut gates, Good, 1, 200, 300);
    assert_eq!(asked, [210, 215], "and no more");
    assert_eq!(gates.standing("orders"), Standing::Open);
}

#[test]
fn whoever_accuses_it_again_and_again_it_is_not_asked_more_often() {
    let mut gates = gates();
    let mut asked = Vec::new();
    for second in 0..20 {
        let now = Micros(second * SECOND);
        gates.take("orders", "a", &Reach::Doubtful, now);
        if gates.take_due(now) == ["orders"] {
            asked.push(second);
            gates.answered("orders", Good, now);
        }
    }
    assert_eq!(asked, [0, 5, 10, 15]);
}

#[test]
fn it_begins_as_the_history_has_it() {
    let firing = Phase::Firing {
        worse: 0,
        better: 0,
    };
    for (phase, standing) in [
        (Phase::Pending { count: 2 }, Standing::Doubted { bad: 2 }),
        (Phase::Pending { count: 9 }, Standing::Doubted { bad: 2 }),
        (firing, Standing::Closed { good: 0 }),
        (Phase::Recovering { count: 1 }, Standing::Closed { good: 1 }),
    ] {
        let mut gates = gates();
        gates.recall("orders", phase, Micros(0));
        gates.recall("gone", phase, Micros(0));
        assert_eq!(gates.standing("orders"), standing);
        assert_eq!(gates.take_due(Micros(0)), ["orders"], "at once");
    }
}

#[test]
fn with_another_configuration_what_is_known_stays() {
    let mut gates = gates();
    let firing = Phase::Firing {
        worse: 0,
        better: 0,
    };
    gates.recall("orders", firing, Micros(0));
    gates.recall("shop", firing, Micros(0));
    assert_eq!(gates.take_due(Micros(0)), ["orders", "shop"]);
    gates.answered("orders", Bad, Micros(SECOND));
    gates.answered("shop", Bad, Micros(SECOND));
    let now = Micros(7 * SECOND);
    gates.replace(["orders", "new"], now);
    assert!(gates.is_closed("orders"));
    assert_eq!(
        gates.take_due(now),
        ["orders"],
        "perhaps it was the password"
    );
    gates.replace(["orders", "shop"], now);
    assert_eq!(gates.standing("shop"), Standing::Open, "forgotten");
}

#[test]
fn what_an_outcome_is_about() {
    let (bad, doubt) = (unreachable(), Reach::Doubtful);
    let closed: &[Happening] = &[Accused, Asked(Bad), Asked(Bad), Asked(Bad)];
    for (what, before, reach, expected) in [
        ("reached", closed, &Reach::Reached, About::Job),
        ("did not try", closed, &Reach::Untried, About::Job),
        ("the first that fails", &[], &bad, About::Target),
        ("one while it is down", closed, &bad, About::Target),
        ("a query that took too long", &[], &doubt, About::Job),
        (
            "the same, and it answers",
            &[Accused, Asked(Good)],
            &doubt,
            About::Job,
        ),
        ("the same, and nobody knows", &[Accused], &doubt, About::Job),
        (
            "the same, and it does not",
            &[Accused, Asked(Bad)],
            &doubt,
            About::Target,
        ),
        ("the same while it is down", closed, &doubt, About::Target),
    ] {
        let mut gates = gates();
        for (second, happening) in (0..).step_by(60).zip(before) {
            apply(&mut gates, *happening, Micros(second * SECOND));
        }
        assert_eq!(gates.about("orders", "a", reach), expected, "{what}");
    }
}

#[test]
fn a_job_that_alone_never_gets_in_counts_for_itself() {
    let mut gates = gates();
    for times in 0..REFUTED_MAX {
        let now = Micros(i64::from(times) * 60 * SECOND);
        assert_eq!(gates.about("orders", "a", &unreachable()), About::Target);
        apply(&mut gates, Accused, now);
        gates.take("orders", "b", &Reach::Reached, now);
        apply(&mut gates, Asked(Good), now);
    }
    assert_eq!(gates.about("orders", "a", &unreachable()), About::Job);
    assert_eq!(gates.about("orders", "b", &unreachable()), About::Target);
    // Until it does, or until nobody gets in.
    let mut reached = gates.clone();
    reached.take("orders", "a", &Reach::Reached, Micros(0));
    assert_eq!(reached.about("orders", "a", &unreachable()), About::Target);
    for minute in 10..13 {
        apply(&mut gates, Accused, Micros(minute * 60 * SECOND));
        apply(&mut gates, Asked(Bad), Micros(minute * 60 * SECOND));
    }
    assert_eq!(gates.about("orders", "a", &unreachable()), About::Target);
}

/// The same as a slow reading of everything from the beginning.
fn standing_after(happenings: &[Happening]) -> Standing {
    let mut standing = Standing::Open;
    let mut answers: Vec<Answer> = Vec::new();
    for happening in happenings {
        match happening {
            Accused if standing == Standing::Open => {
                answers.clear();
                standing = Standing::Doubted { bad: 0 };
            }
            Accused | Asked(Lost) => continue,
            Asked(answer) => answers.push(*answer),
        }
        let last = answers.last();
        let in_a_row = answers.iter().rev().take_while(|it| Some(*it) == last);
        let in_a_row = u32::try_from(in_a_row.count()).expect("small");
        standing = match (standing, last) {
            (Standing::Doubted { .. }, Some(Bad)) if in_a_row == 3 => Standing::Closed { good: 0 },
            (Standing::Doubted { .. }, Some(Bad)) => Standing::Doubted { bad: in_a_row },
            (Standing::Doubted { .. }, Some(Good)) => Standing::Open,
            (Standing::Closed { .. }, Some(Good)) if in_a_row == 2 => Standing::Open,
            (Standing::Closed { .. }, Some(Good)) => Standing::Closed { good: in_a_row },
            (Standing::Closed { .. }, Some(Bad)) => Standing::Closed { good: 0 },
            (same, _) => same,
        };
    }
    standing
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        2 => Just(Accused),
        3 => Just(Asked(Good)),
        5 => Just(Asked(Bad)),
        1 => Just(Asked(Lost)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn it_agrees_with_the_reference(happenings in vec(happening(), 0..40)) {
        let mut gates = gates();
        let mut suspended = false;
        for (place, happening) in (1_usize..).zip(&happenings) {
            let now = Micros(i64::try_from(place).expect("small") * 60 * SECOND);
            let turn = apply(&mut gates, *happening, now);
            let standing = gates.standing("orders");
            prop_assert_eq!(standing, standing_after(&happenings[..place]));
            // The turns alone tell the same story.
            match turn {
                Some(Turn::Closed) => { prop_assert!(!suspended); suspended = true; }
                Some(Turn::Opened) => { prop_assert!(suspended); suspended = false; }
                None => {}
            }
            prop_assert_eq!(suspended, gates.is_closed("orders"));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Attempts take up to nine seconds and end as the seed says; runs accuse as they like.
    #[test]
    fn attempts_are_apart_and_none_is_forgotten(
        attempts in vec((0_i64..9, prop_oneof![Just(Good), Just(Bad), Just(Lost)]), 1..60),
        accusations in vec(any::<bool>(), 600),
    ) {
        let mut gates = gates();
        let mut attempts = attempts.into_iter().cycle();
        let (mut under_way, mut last): (Option<(i64, Answer)>, Option<i64>) = (None, None);
        let mut not_open_since = None;
        for (second, accuses) in (0_i64..).zip(accusations) {
            let now = Micros(second * SECOND);
            if let Some((_, answer)) = under_way.filter(|(over, _)| *over <= second) {
                gates.answered("orders", answer, now);
                under_way = None;
            }
            if accuses {
                gates.take("orders", "a", &unreachable(), now);
            }
            if gates.take_due(now) == ["orders"] {
                prop_assert!(under_way.is_none(), "one after the other");
                prop_assert!(gates.standing("orders") != Standing::Open);
                let apart = ASKED_EVERY_MIN.min(RECOVER_EVERY).min(CONFIRM_EVERY);
                prop_assert!(last.is_none_or(|last| (second - last) * SECOND >= micros(apart)));
                last = Some(second);
                under_way = attempts.next().map(|(takes, answer)| (second + takes, answer));
            }
            not_open_since = match gates.standing("orders") {
                Standing::Open => None,
                _ => not_open_since.or(Some(second)),
            };
            if let Some(since) = not_open_since {
                let asked = last.unwrap_or(since).max(since);
                prop_assert!((second - asked) * SECOND <= micros(ASKED_EVERY) + 9 * SECOND);
            }
            prop_assert!(gates.idle_for(now) <= TICK);
        }
    }
}
