//! Random courses with silences, acknowledgements, maintenance, reminders, mail that fails or is given up, and
//! clocks that jump, held against what must be true of all of them.

use std::collections::BTreeMap;

use checkrun_history::notification::*;
use checkrun_history::record::StoredStatus::{self, Critical, Warning};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use super::super::*;
use super::world::*;

#[derive(Clone, Debug)]
enum Step {
    Set(Thing, Option<StoredStatus>),
    Pass(i64),
    Silence(i64, i64),
    Acknowledge(Thing, i64, bool),
    Maintain(i64),
    EndMaintenance,
    Remind(bool),
    Doubt(i64),
    Sure,
    Deliver(bool),
    Hang(bool),
    GiveUp,
    Jump(i64),
}

/// Between two reminders of what is critical, and of a warning.
const REMIND_CRITICAL: i64 = 20 * MINUTE;
const REMIND_WARNING: i64 = 60 * MINUTE;

/// So few messages before there is a flood that three targets make one.
const MESSAGES_MAX: u32 = 3;

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
        1 => (1_i64..4).prop_map(Step::Maintain),
        1 => Just(Step::EndMaintenance),
        1 => any::<bool>().prop_map(Step::Remind),
        1 => (1_i64..4).prop_map(Step::Doubt),
        1 => Just(Step::Sure),
        2 => any::<bool>().prop_map(Step::Deliver),
        1 => any::<bool>().prop_map(Step::Hang),
        1 => Just(Step::GiveUp),
        1 => (-30_i64..30).prop_map(|minutes| Step::Jump(minutes * MINUTE)),
    ]
}

fn world() -> World {
    let mut world = World::new();
    world.audiences = vec![
        audience("ops", Role::Told, Warning),
        audience("oncall", Role::Told, Critical),
        audience("spare", Role::Fallback, Warning),
    ];
    world.rules.messages_max = MESSAGES_MAX;
    remind(&mut world, false);
    world
}

fn remind(world: &mut World, reminds: bool) {
    let every = |time: i64| reminds.then(|| Duration::from_micros(time.unsigned_abs()));
    world.rules.remind_warning = every(REMIND_WARNING);
    world.rules.remind_critical = every(REMIND_CRITICAL);
}

fn take(world: &mut World, step: Step) {
    match step {
        Step::Set(thing, severity) => world.set(thing, severity),
        Step::Pass(time) | Step::Jump(time) => world.now += time,
        Step::Silence(target, minutes) => {
            world.silence(&format!("target-{target}"), minutes * MINUTE);
        }
        Step::Acknowledge(thing, minutes, sticky) => {
            world.acknowledge(thing, minutes * MINUTE, sticky);
        }
        Step::Maintain(target) => {
            world.maintained = vec![Scope {
                targets: vec![format!("target-{target}")],
                ..Scope::default()
            }];
        }
        Step::EndMaintenance => world.maintained.clear(),
        Step::Remind(reminds) => remind(world, reminds),
        Step::Doubt(target) => world.doubtful.push(target),
        Step::Sure => world.doubtful.clear(),
        Step::Deliver(works) => deliver(world, works),
        Step::Hang(hangs) => world.hangs = hangs,
        Step::GiveUp => {
            let waits = |letter: &&mut Letter| !letter.is_sent && !letter.is_failed;
            if let Some(oldest) = world.outbox.iter_mut().find(waits) {
                oldest.is_failed = true;
            }
        }
    }
}

/// Whether messages leave: then also those that wait.
fn deliver(world: &mut World, works: bool) {
    world.delivers = works;
    for letter in world.outbox.iter_mut().filter(|letter| !letter.is_failed) {
        letter.is_sent |= works;
    }
}

fn thing_of(item: &MessageItem) -> Thing {
    Thing {
        target: item.key.job_id / 100,
        job: item.key.job_id % 100,
    }
}

/// Whether nobody is to be told of anything new about it, by whatever is not about one incident alone.
fn is_quiet(world: &World, thing: Thing) -> bool {
    let target = format!("target-{}", thing.target);
    let is_silenced = world.silences.iter().any(|silence| {
        silence.target == target && (silence.starts_us..silence.ends_us).contains(&world.now)
    });
    let is_maintained = |scope: &Scope| scope.targets.contains(&target);
    let is_down = thing.job != 9 && world.doubtful.contains(&thing.target);
    is_silenced || is_down || world.maintained.iter().any(is_maintained)
}

/// What must be true of one item of a message to somebody.
fn hold_item(
    world: &World,
    before: &Situation,
    message: &Dispatch,
    item: &MessageItem,
) -> TestCaseResult {
    let known = before.told.get(&(message.route.clone(), item.key.clone()));
    prop_assert_eq!(
        item.before,
        known.map(|told| told.severity),
        "what it thinks they know"
    );
    let has_ended = item.after.is_none() && item.flapping.is_none();
    prop_assert!(
        !has_ended || known.is_some(),
        "an end of what nobody was told: {message:?}"
    );
    let thing = thing_of(item);
    let is = world.severity(thing);
    let is_true = item.flapping == Some(Flapping::Begins) || item.after == is;
    prop_assert!(is_true, "said {:?}, is {is:?}: {message:?}", item.after);
    let is_worse = item.after > item.before && item.flapping != Some(Flapping::Ends);
    prop_assert!(
        !(is_worse && is_quiet(world, thing)),
        "told in spite of a mute: {message:?}"
    );
    Ok(())
}

/// A reminder says nothing new, of nothing that is muted, and not too soon.
fn hold_reminder(world: &World, before: &Situation, message: &Dispatch) -> TestCaseResult {
    for item in &message.items {
        let is_known = item.after.is_some() && item.after <= item.before;
        prop_assert!(is_known, "a reminder of news: {message:?}");
        prop_assert!(!is_quiet(world, thing_of(item)), "a mute: {message:?}");
    }
    let worst = message.items.iter().filter_map(|item| item.after).max();
    let every = match worst {
        Some(Critical) => REMIND_CRITICAL,
        _ => REMIND_WARNING,
    };
    let target = message.target_id.expect("a reminder is about one");
    let own = before.last.get(&(message.route.clone(), Some(target)));
    let flood = before.last_flood.get(&(message.route.clone(), target));
    let last = [own, flood].into_iter().flatten();
    if let Some(last) = last.max_by_key(|last| last.id) {
        // Whatever way the clock was set.
        let passed = world.now.abs_diff(last.created_us);
        let every = if last.is_lost { every.min(HOUR) } else { every };
        prop_assert!(passed >= every.unsigned_abs(), "{passed} µs: {message:?}");
    }
    Ok(())
}

/// What must be true of messages that were just written, given the situation before.
fn hold(world: &World, before: &Situation, written: &[Dispatch]) -> TestCaseResult {
    for message in written {
        if let Some(stuck) = message.fallback_of {
            hold_stand_in(world, message, stuck)?;
            continue;
        }
        prop_assert!(
            !message.items.is_empty(),
            "a message without news: {message:?}"
        );
        for item in &message.items {
            hold_item(world, before, message, item)?;
        }
        if message.kind == Kind::Reminder {
            hold_reminder(world, before, message)?;
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
    Ok(())
}

/// What stands in for a message that nobody gets goes to nobody else, and says of each incident once.
fn hold_stand_in(world: &World, message: &Dispatch, stuck: MessageId) -> TestCaseResult {
    prop_assert_eq!(message.route.as_str(), "spare");
    let original = world.outbox.iter().find(|letter| letter.id == stuck);
    let original = original.expect("the message that it stands in for");
    prop_assert!(!original.is_sent && original.dispatch.route != "spare");
    prop_assert_eq!(original.dispatch.target_id, message.target_id);
    let stands_in = |letter: &&Letter| letter.dispatch.fallback_of == Some(stuck);
    let said = world.outbox.iter().filter(stands_in);
    let said = said.flat_map(|letter| &letter.dispatch.items);
    // How it goes on is said as often as there is something to say.
    let began = said.filter(|item| item.before.is_none());
    let mut incidents: Vec<_> = began.map(|item| item.incident).collect();
    let all = incidents.len();
    incidents.sort_unstable();
    incidents.dedup();
    prop_assert_eq!(incidents.len(), all, "said twice");
    Ok(())
}

/// What goes on and somebody was not given is known to the fallback.
fn hold_fallback(world: &World) -> TestCaseResult {
    let standings = world.situation().standings;
    let lost = world.outbox.iter().filter(|letter| letter.is_failed);
    for item in lost.flat_map(|letter| &letter.dispatch.items) {
        let goes_on =
            |standing: &Standing| standing.incident == item.incident && standing.severity.is_some();
        let thing = Thing {
            target: item.key.job_id / 100,
            job: item.key.job_id % 100,
        };
        let is_known = world.told("spare", thing).is_some();
        prop_assert!(is_known || !standings.iter().any(goes_on), "{thing:?}");
    }
    Ok(())
}

/// Of everything there is a limit. What was written before the clock was set back cannot be counted by time.
fn hold_numbers(world: &World, set_back_after: usize) -> TestCaseResult {
    let within = i64::try_from(world.rules.messages_within.as_micros()).expect("minutes");
    for name in ["ops", "oncall"] {
        let counts = |letter: &&Letter| {
            letter.dispatch.route == name
                && letter.dispatch.kind != Kind::Storm
                && letter.at >= world.now - within
        };
        let newer = &world.outbox[set_back_after..];
        let messages = newer.iter().filter(counts).count();
        prop_assert!(
            messages <= world.rules.messages_max as usize,
            "{messages} messages to {name}"
        );
    }
    let mut open = BTreeMap::new();
    for letter in world
        .outbox
        .iter()
        .filter(|one| !one.is_sent && !one.is_failed)
    {
        if letter.dispatch.kind == Kind::News && letter.dispatch.fallback_of.is_none() {
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

/// How many messages were written to those who are told.
fn decide_and_hold(world: &mut World, set_back_after: usize) -> Result<usize, TestCaseError> {
    let situation = world.situation();
    let written = world.decide();
    hold(world, &situation, &written)?;
    hold_numbers(world, set_back_after)?;
    Ok(written.len())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100_000))]

    #[test]
    fn whatever_happens(steps in vec(step(), 0..30)) {
        let mut world = world();
        let mut set_back_after = 0;
        for step in steps {
            if matches!(step, Step::Jump(time) if time < 0) {
                set_back_after = world.outbox.len();
            }
            take(&mut world, step);
            decide_and_hold(&mut world, set_back_after)?;
        }
        // Everything comes to rest: whoever is told knows what is.
        world.hangs = false;
        world.doubtful.clear();
        world.maintained.clear();
        remind(&mut world, false);
        deliver(&mut world, true);
        for _ in 0..20 {
            world.now += 21 * MINUTE;
            decide_and_hold(&mut world, set_back_after)?;
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
        hold_fallback(&world)?;
        // And says nothing more.
        let again = decide_and_hold(&mut world, set_back_after)?;
        prop_assert_eq!(again, 0);
    }
}
