//! Random courses with silences, acknowledgements, mail that fails and clocks that jump, held against
//! what must be true of all of them.

use std::collections::BTreeMap;

use checkrun_history::notification::*;
use checkrun_history::record::StoredStatus::{self, Critical, Warning};
use proptest::collection::vec;
use proptest::prelude::*;

use super::super::*;
use super::world::*;

#[derive(Clone, Debug)]
enum Step {
    Set(Thing, Option<StoredStatus>),
    Pass(i64),
    Silence(i64, i64),
    Acknowledge(Thing, i64, bool),
    Doubt(i64),
    Sure,
    Deliver(bool),
    Jump(i64),
}

fn thing() -> impl Strategy<Value = Thing> {
    (1_i64..4, prop_oneof![1_i64..4, Just(9)]).prop_map(|(target, job)| Thing { target, job })
}

fn step() -> impl Strategy<Value = Step> {
    let severity = prop_oneof![
        2 => Just(None),
        2 => Just(Some(Warning)),
        2 => Just(Some(Critical)),
    ];
    prop_oneof![
        8 => (thing(), severity).prop_map(|(thing, severity)| Step::Set(thing, severity)),
        8 => (1_i64..40).prop_map(|units| Step::Pass(units * units * 2 * SECOND)),
        1 => (1_i64..4, 1_i64..120).prop_map(|(target, minutes)| Step::Silence(target, minutes)),
        1 => (thing(), 1_i64..300, any::<bool>()).prop_map(|(t, m, s)| Step::Acknowledge(t, m, s)),
        1 => (1_i64..4).prop_map(Step::Doubt),
        1 => Just(Step::Sure),
        2 => any::<bool>().prop_map(Step::Deliver),
        1 => (-30_i64..30).prop_map(|minutes| Step::Jump(minutes * MINUTE)),
    ]
}

fn world() -> World {
    let mut world = World::new();
    world.audiences = vec![
        audience("ops", Role::Told, Warning),
        audience("oncall", Role::Told, Critical),
    ];
    // What is said again is a matter of its own.
    world.rules.remind_warning = None;
    world.rules.remind_critical = None;
    world
}

/// What must be true of messages that were just written.
fn hold(
    world: &World,
    known: &BTreeMap<(String, ObjectKey), Told>,
    written: &[Dispatch],
) -> Result<(), TestCaseError> {
    for message in written {
        prop_assert!(
            !message.items.is_empty(),
            "a message without news: {message:?}"
        );
        for item in &message.items {
            let before = known.get(&(message.route.clone(), item.key.clone()));
            prop_assert_eq!(
                item.before,
                before.map(|told| told.severity),
                "what it thinks they know"
            );
            let has_ended = item.after.is_none() && item.flapping.is_none();
            prop_assert!(
                !has_ended || before.is_some(),
                "an end of what nobody was told: {:?}",
                message
            );
            let thing = Thing {
                target: item.key.job_id / 100,
                job: item.key.job_id % 100,
            };
            let is = world.severity(thing);
            let is_true = item.flapping == Some(Flapping::Begins) || item.after == is;
            prop_assert!(is_true, "said {:?}, is {is:?}: {message:?}", item.after);
        }
        let routes_groups = written
            .iter()
            .filter(|other| other.route == message.route && other.target_id == message.target_id);
        prop_assert_eq!(
            routes_groups.count(),
            1,
            "two messages at once about one target"
        );
    }
    for name in ["ops", "oncall"] {
        let load = world
            .situation()
            .load
            .get(name)
            .copied()
            .unwrap_or_default();
        prop_assert!(
            load.messages <= world.rules.messages_max,
            "{} messages",
            load.messages
        );
    }
    let mut open = BTreeMap::new();
    for letter in world.outbox.iter().filter(|letter| !letter.is_sent) {
        if letter.dispatch.kind == Kind::News {
            *open
                .entry((&letter.dispatch.route, letter.dispatch.target_id))
                .or_insert(0) += 1;
        }
    }
    for (group, count) in open {
        prop_assert!(count <= 1, "{count} open messages for {group:?}");
    }
    Ok(())
}

fn decide_and_hold(world: &mut World) -> Result<usize, TestCaseError> {
    let situation = world.situation();
    let written = world.decide();
    hold(world, &situation.told, &written)?;
    Ok(written.len())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn whatever_happens(steps in vec(step(), 0..30)) {
        let mut world = world();
        for step in steps {
            match step {
                Step::Set(thing, severity) => world.set(thing, severity),
                Step::Pass(time) => world.now += time,
                Step::Silence(target, minutes) => world.silence(&format!("target-{target}"), minutes * MINUTE),
                Step::Acknowledge(thing, minutes, sticky) => world.acknowledge(thing, minutes * MINUTE, sticky),
                Step::Doubt(target) => world.doubtful.push(target),
                Step::Sure => world.doubtful.clear(),
                Step::Deliver(works) => {
                    world.delivers = works;
                    if works {
                        world.outbox.iter_mut().for_each(|letter| letter.is_sent = true);
                    }
                }
                Step::Jump(time) => world.now += time,
            }
            decide_and_hold(&mut world)?;
        }
        // Everything comes to rest: whoever is told knows what is.
        world.delivers = true;
        world.outbox.iter_mut().for_each(|letter| letter.is_sent = true);
        world.doubtful.clear();
        for _ in 0..20 {
            world.now += 21 * MINUTE;
            decide_and_hold(&mut world)?;
        }
        for target in 1..4 {
            for job in [1, 2, 3, 9] {
                let thing = Thing { target, job };
                let is = world.severity(thing);
                let told = world.told("ops", thing).map(|told| told.severity);
                // Less bad goes with the next message, which need not have come.
                let agrees = told == is || (told == Some(Critical) && is == Some(Warning));
                prop_assert!(agrees, "{thing:?} is {is:?}, told {told:?}");
                let told = world.told("oncall", thing).map(|told| told.severity);
                let agrees = match is {
                    None => told.is_none(),
                    Some(Critical) => told == Some(Critical),
                    Some(_) => true,
                };
                prop_assert!(agrees, "{thing:?} is {is:?}, on call was told {told:?}");
            }
        }
        // And says nothing more.
        let again = decide_and_hold(&mut world)?;
        prop_assert_eq!(again, 0);
    }
}
