//! Any course of runs, decisions and messages ends the same whether the file was away in between or not.

use checkrun_history::record::StoredStatus::{self, Critical, Warning};
use proptest::prelude::*;

use super::world::World;

#[derive(Clone, Copy, Debug)]
enum Step {
    Run(&'static str, &'static str, Option<StoredStatus>),
    /// Of another process, which finds the file wherever it is.
    OtherRun(&'static str, &'static str, Option<StoredStatus>),
    Tell,
    /// Decides, and nothing is handed over yet.
    Decide,
    Leave,
    ComeBack,
    /// A minute goes by.
    Nothing,
}

fn runs() -> impl Strategy<Value = (&'static str, &'static str, Option<StoredStatus>)> {
    (
        prop::sample::select(vec!["orders", "shop"]),
        prop::sample::select(vec!["health", "size"]),
        prop::sample::select(vec![None, Some(Warning), Some(Critical)]),
    )
}

fn own_steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => runs().prop_map(|(target, job, severity)| Step::Run(target, job, severity)),
        2 => Just(Step::Tell),
        1 => Just(Step::Decide),
        1 => Just(Step::Leave),
        1 => Just(Step::ComeBack),
    ]
}

fn all_steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => own_steps(),
        2 => runs().prop_map(|(target, job, severity)| Step::OtherRun(target, job, severity)),
    ]
}

/// What was told, in its order.
fn take(world: &World, steps: &[Step]) -> Vec<String> {
    // Messages of one moment are in the order in which their targets were first seen.
    for (target, job) in [
        ("orders", "health"),
        ("orders", "size"),
        ("shop", "health"),
        ("shop", "size"),
    ] {
        world.run(target, job, 0, None).unwrap();
    }
    let mut told = Vec::new();
    let mut is_away = false;
    for (minute, step) in (1..).zip(steps) {
        match *step {
            Step::Run(target, job, severity) => {
                let result = world.run(target, job, minute, severity);
                assert_eq!(result.is_err(), is_away, "{result:?}");
            }
            Step::OtherRun(target, job, severity) => {
                let path = if is_away { world.away() } else { world.path() };
                World::at(&path).run(target, job, minute, severity).unwrap();
            }
            Step::Tell => told.extend(world.tell(minute)),
            Step::Decide => drop(world.due(minute)),
            Step::Leave if !is_away => {
                world.leave();
                is_away = true;
            }
            Step::ComeBack if is_away => {
                world.come_back();
                is_away = false;
            }
            Step::Leave | Step::ComeBack | Step::Nothing => {}
        }
    }
    if is_away {
        world.come_back();
    }
    let end = i64::try_from(steps.len()).unwrap() + 1;
    // Once for what was decided already, once for what waited for that.
    told.extend(world.tell(end));
    told.extend(world.tell(end + 1));
    assert!(world.writer.without_file().is_none());
    told
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_file_ends_as_if_it_had_never_been_away(steps in prop::collection::vec(own_steps(), 1..40)) {
        let steady: Vec<Step> = steps
            .iter()
            .map(|step| match step {
                Step::Leave | Step::ComeBack => Step::Nothing,
                step => *step,
            })
            .collect();
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (one, other) = (World::in_folder(one.path()), World::in_folder(other.path()));
        prop_assert_eq!(take(&one, &steps), take(&other, &steady));
        one.assert_consistent("away");
        prop_assert_eq!(one.dump(), other.dump());
    }

    #[test]
    fn beside_another_process_nothing_is_told_twice_and_nothing_is_lost(
        steps in prop::collection::vec(all_steps(), 1..40)
    ) {
        let folder = tempfile::tempdir().unwrap();
        let world = World::in_folder(folder.path());
        let told = take(&world, &steps);
        world.assert_consistent("beside another");
        // Everything that is open is told, and nothing else: there is no more news.
        prop_assert_eq!(world.tell(1000), Vec::<String>::new());
        // An item may say what is known where others of its message do not.
        let twice = |text: &String| text.split(", ").all(|item| {
            let (before, after) = item.rsplit_once(": ").map_or(item, |it| it.1).split_once(" → ").unwrap();
            before == after && before != "-"
        });
        prop_assert!(!told.iter().any(twice), "{:?}", told);
    }
}
