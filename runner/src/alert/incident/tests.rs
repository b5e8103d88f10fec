//! The table of the machine, and its agreement with the reference over random pasts.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::reference::severity_after;
use super::*;
use crate::model::incident::Object;
use crate::model::run::{About, Outcome, Reason};
use crate::model::status::Status;

const G: Sign = Sign::Good;
const H: Sign = Sign::Held;
const N: Sign = Sign::Absent;
const W: Sign = Sign::Bad(Severity::Warning);
const C: Sign = Sign::Bad(Severity::Critical);

/// Every change with the place of the sign that caused it, counted from 1.
fn changes(signs: &[Sign], rules: &Rules) -> Vec<(usize, Change)> {
    let mut watch = None;
    let mut changes = Vec::new();
    for (place, sign) in (1_usize..).zip(signs) {
        let at = Micros(i64::try_from(place).expect("a small number"));
        let (next, change) = step(watch, *sign, at, rules);
        changes.extend(change.map(|change| (place, change)));
        watch = next;
    }
    changes
}

/// What it shows, the signs, and the changes with their places.
type Case = (&'static str, &'static [Sign], &'static [(usize, Change)]);

#[test]
fn the_table() {
    use Change::{Abandoned, Closed, Eased, Escalated, Opened};
    let cases: &[Case] = &[
        ("ok stays ok", &[G, G, G], &[]),
        ("two are a blip", &[W, W, G, W, W, G], &[]),
        ("three in a row open", &[W, W, W], &[(3, Opened)]),
        (
            "as bad as the least",
            &[C, W, C, C],
            &[(3, Opened), (4, Escalated)],
        ),
        ("one good is no recovery", &[W, W, W, G, W], &[(3, Opened)]),
        ("two are", &[W, W, W, G, G], &[(3, Opened), (5, Closed)]),
        (
            "worse counts at once",
            &[W, W, W, C],
            &[(3, Opened), (4, Escalated)],
        ),
        (
            "better takes three",
            &[C, C, C, W, W, C, W, W, W],
            &[(3, Opened), (9, Eased)],
        ),
        (
            "held is as before while pending",
            &[W, W, H, W],
            &[(4, Opened)],
        ),
        (
            "held is as before while recovering",
            &[W, W, W, G, H, G],
            &[(3, Opened), (6, Closed)],
        ),
        (
            "what does not apply any more is abandoned",
            &[W, W, W, N, W, N, N, N],
            &[(3, Opened), (7, Abandoned)],
        ),
        (
            "the last one says how it ends",
            &[W, W, W, N, G, N, N],
            &[(3, Opened), (5, Closed)],
        ),
        ("held alone is nothing", &[H, H, H, H], &[]),
        (
            "a second incident is confirmed anew",
            &[W, W, W, G, G, W, W, G],
            &[(3, Opened), (5, Closed)],
        ),
    ];
    for (what, signs, expected) in cases {
        assert_eq!(changes(signs, &Rules::default()), *expected, "{what}");
    }
}

#[test]
fn where_one_is_enough_it_opens_and_closes_at_once() {
    let rules = Rules {
        confirm: 1,
        escalate_confirm: 1,
        recover_after: 1,
    };
    assert_eq!(
        changes(&[W, C, W, G], &rules),
        [
            (1, Change::Opened),
            (2, Change::Escalated),
            (3, Change::Eased),
            (4, Change::Closed)
        ]
    );
}

#[test]
fn an_incident_remembers_when_it_began() {
    let mut watch = None;
    for at in 10..20 {
        (watch, _) = step(watch, W, Micros(at), &Rules::default());
    }
    assert_eq!(watch.map(|watch| watch.since), Some(Micros(10)));
}

#[test]
fn what_is_only_about_the_target_leaves_everything_of_the_job_as_it_was() {
    let verdict = Object::verdict();
    let bad = |about| Outcome {
        status: Status::Critical,
        summary: "no connection".into(),
        reasons: vec![Reason {
            object: Some(verdict.clone()),
            status: Status::Critical,
            text: "no connection".into(),
            advice: None,
        }],
        metrics: Vec::new(),
        findings: Vec::new(),
        failure: None,
        held: Vec::new(),
        about,
    };
    let firing = Watch {
        phase: FIRING,
        severity: Severity::Warning,
        since: Micros(1),
    };
    let finding = Object::finding("slow");
    let known = BTreeMap::from([(finding.clone(), firing)]);
    let rules = Rules::default();
    let of_job = consider(&known, &bad(About::Job), Micros(2), &rules);
    let moved: Vec<_> = of_job.iter().map(|movement| &movement.object).collect();
    assert_eq!(moved, [&finding, &verdict], "else it would count");
    let of_target = consider(&known, &bad(About::Target), Micros(2), &rules);
    assert_eq!(of_target, []);
}

fn sign() -> impl Strategy<Value = Sign> {
    prop_oneof![3 => Just(G), 1 => Just(N), 1 => Just(H), 3 => Just(W), 2 => Just(C)]
}

fn rules() -> impl Strategy<Value = Rules> {
    (1_u32..5, 1_u32..4, 1_u32..4).prop_map(|(confirm, escalate_confirm, recover_after)| Rules {
        confirm,
        escalate_confirm,
        recover_after,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100_000))]

    #[test]
    fn it_agrees_with_the_reference(signs in vec(sign(), 0..40), rules in rules()) {
        let mut watch = None;
        let mut incident: Option<Severity> = None;
        for (seen, sign) in (1..).zip(&signs) {
            let (next, change) = step(watch, *sign, Micros(seen), &rules);
            let place = usize::try_from(seen).expect("a small number");
            let severity = severity_after(&signs[..place], &rules);
            // Changes alone tell the same story as the state.
            incident = match change {
                None => incident,
                Some(Change::Closed | Change::Abandoned) => None,
                Some(_) => next.map(|watch| watch.severity),
            };
            prop_assert_eq!(incident, severity, "after {} of {:?}", place, signs);
            let firing = next.filter(|watch| !matches!(watch.phase, Phase::Pending { .. }));
            prop_assert_eq!(firing.map(|watch| watch.severity), severity);
            match change {
                Some(Change::Opened) => {
                    let was_open =
                        watch.is_some_and(|watch| !matches!(watch.phase, Phase::Pending { count: _ }));
                    prop_assert!(!was_open);
                }
                Some(_) => prop_assert!(watch.is_some()),
                None => {}
            }
            watch = next;
        }
    }
}
