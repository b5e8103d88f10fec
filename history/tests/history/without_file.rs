//! While the file cannot be written: people are told all the same, and afterwards the file has everything but
//! the runs. A disk that is full is a real one ([`Mount`]); otherwise the folder has another name for a while,
//! which works without rights and says so at once.

mod courses;
mod world;

use checkrun_history::notification::MessageState;
use checkrun_history::record::StateChangeRecord;
use checkrun_history::record::StoredStatus::{Critical, Warning};
use checkrun_history::{Cause, FactsQuestion, Reader, RunFilter, StateOwner, Writer};
use checkrun_testkit::Mount;

use crate::notifications::{assert_sound, wait};
use crate::records::*;
use world::{MINUTE, World, text};

#[test]
fn what_goes_wrong_while_the_disk_is_full_is_told_and_afterwards_known() {
    let folder = tempfile::tempdir().unwrap();
    let Some(_disk) = Mount::of_size("2m", folder.path()) else {
        return;
    };
    let path = folder.path().join("checkrun.db");
    let world = World::at(&path);
    world.run("orders", "health", 0, Some(Warning)).unwrap();
    world.run("orders", "health", 1, Some(Warning)).unwrap();
    assert_eq!(world.tell(1), ["orders: - → warning"]);

    let ballast = folder.path().join("ballast");
    // As much as fits.
    let _ = std::fs::write(&ballast, vec![0; 4 << 20]);
    let failure = world.run("shop", "health", 2, Some(Critical)).unwrap_err();
    assert_eq!(failure.cause, Cause::Full, "{failure}");
    let without = world.writer.without_file().unwrap();
    assert_eq!(without.error.cause, Cause::Full);
    world.run("shop", "health", 3, Some(Critical)).unwrap_err();
    world.run("orders", "health", 3, None).unwrap_err();
    world.run("orders", "health", 4, None).unwrap_err();
    assert_eq!(
        world.writer.without_file().unwrap().since_us,
        without.since_us
    );
    assert_eq!(
        world.tell(4),
        ["orders: warning → -", "shop: - → critical"],
        "people are told"
    );
    assert_eq!(world.tell(5), [""; 0], "once");
    assert_eq!(world.stored_incidents(), ["orders/health warning open"]);

    std::fs::remove_file(&ballast).unwrap();
    assert_eq!(world.tell(6), [""; 0], "and not again");
    assert!(world.writer.without_file().is_none());
    assert_eq!(
        world.stored_incidents(),
        ["orders/health warning over", "shop/health critical open"]
    );
    // It goes on as if nothing had been: two good runs end it.
    world.run("shop", "health", 7, None).unwrap();
    world.run("shop", "health", 8, None).unwrap();
    assert_eq!(world.tell(8), ["shop: critical → -"]);
    assert_sound(&path);
    let runs = Reader::open(&path).unwrap().runs(&RunFilter::newest(99));
    assert_eq!(runs.unwrap().len(), 4, "those that were not stored are not");
}

#[test]
fn a_disk_that_is_full_and_free_a_hundred_times() {
    let folder = tempfile::tempdir().unwrap();
    let Some(_disk) = Mount::of_size("2m", folder.path()) else {
        return;
    };
    let path = folder.path().join("checkrun.db");
    let world = World::at(&path);
    let ballast = folder.path().join("ballast");
    let (mut told, mut failures) = (Vec::new(), 0);
    for cycle in 0..100 {
        let (severity, minute) = ((cycle % 2 == 0).then_some(Critical), 10 * cycle);
        let _ = std::fs::write(&ballast, vec![0; 4 << 20]);
        // Where the log could be emptied, there is room for a run or two.
        for minute in [minute, minute + 1] {
            let stored = world.run("shop", "health", minute, severity);
            failures += usize::from(stored.is_err());
        }
        told.extend(world.tell(minute + 2));
        std::fs::remove_file(&ballast).unwrap();
        told.extend(world.tell(minute + 3));
        let without = world.writer.without_file();
        assert!(without.is_none(), "{cycle}: {without:?}");
    }
    assert!(failures >= 100, "the disk was full {failures} times");
    let expected = ["shop: - → critical", "shop: critical → -"];
    assert_eq!(told, expected.repeat(50));
    assert_sound(&path);
}

#[test]
fn what_a_message_says_while_the_file_is_away() {
    let home = tempfile::tempdir().unwrap();
    let world = World::in_folder(home.path());
    for minute in 0..3 {
        world
            .run("orders", "health", minute, Some(Warning))
            .unwrap();
    }
    world.run("orders", "size", 3, Some(Critical)).unwrap();
    world.leave();
    world.run("orders", "size", 4, Some(Critical)).unwrap_err();
    let due = world.due(5);
    let question = FactsQuestion {
        incidents: vec![due[0].items[0].incident],
        target: Some("orders".to_owned()),
        more: Vec::new(),
        others_max: 9,
        now_us: NOW_US + 5 * MINUTE,
        turns_since_us: NOW_US,
    };
    let facts = wait(|done| world.writer.message_facts(question, done)).unwrap();
    let of = |facts: &[checkrun_history::ToldFacts]| -> Vec<String> {
        facts
            .iter()
            .map(|one| {
                let (job, values) = (&one.incident.job, one.measured.as_ref());
                let values = values.map_or(0, |series| series.day.len());
                format!("{job}: {values} values, {} findings", one.findings.len())
            })
            .collect()
    };
    assert_eq!(of(&facts.told), ["size: 2 values, 1 findings"]);
    assert_eq!(of(&facts.others), ["health: 3 values, 1 findings"]);
    world.come_back();
}

#[test]
fn what_waits_to_be_told_is_asked_where_the_truth_is() {
    let home = tempfile::tempdir().unwrap();
    let world = World::in_folder(home.path());
    for minute in 0..2 {
        let _ = world.run("orders", "health", minute, Some(Warning));
    }
    let due = world.due(2);
    let unsent = || wait(|done| world.writer.outbox(NOW_US, NOW_US, done)).map(|it| it.unsent);
    assert_eq!(unsent().unwrap(), 1);
    world.leave();
    world.seal(due[0].id);
    world.settle(due[0].id, 3, MessageState::Sent, "accepted");
    assert_eq!(unsent().unwrap(), 0, "it was told meanwhile");
    let frozen = Reader::open(&world.away()).unwrap().outbox(NOW_US).unwrap();
    assert_eq!(frozen.unsent, 1, "which the file does not know");
    world.come_back();
    assert_eq!(unsent().unwrap(), 0);
    assert_eq!(world.reader().outbox(NOW_US).unwrap().unsent, 0);
}

#[test]
fn what_checks_remember_meanwhile_is_in_the_file_afterwards() {
    let home = tempfile::tempdir().unwrap();
    let world = World::in_folder(home.path());
    let remember = |minute: i64, key: &str, value: &str| {
        let mut run = run("queue", "orders", NOW_US + minute * MINUTE);
        run.state_changes = vec![StateChangeRecord {
            key: key.to_owned(),
            value: value.to_owned(),
        }];
        wait(|done| world.writer.record(run, done))
    };
    remember(0, "count", "1").unwrap();
    remember(1, "since", "noon").unwrap();
    world.leave();
    remember(2, "count", "2").unwrap_err();
    remember(3, "count", "3").unwrap_err();
    remember(4, "last", "7").unwrap_err();
    world.come_back();
    assert_eq!(world.tell(5), [""; 0]);
    let check = run("queue", "orders", NOW_US).check;
    let owner = StateOwner {
        job: "queue",
        check: &check,
        target: "orders",
    };
    let remembered = world.reader().states(&[owner]).unwrap().remove(0);
    let mut remembered: Vec<_> = remembered
        .iter()
        .map(|entry| format!("{}={}", entry.key, entry.value))
        .collect();
    remembered.sort();
    assert_eq!(remembered, ["count=3", "last=7", "since=noon"]);
}

#[test]
fn a_history_that_is_not_there_at_the_start_comes_later() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("home/checkrun.db");
    assert_eq!(
        Writer::open(&path, NOW_US).unwrap_err().cause,
        Cause::NoFolder
    );
    let world = World::at(&path);
    assert_eq!(
        world.writer.without_file().unwrap().error.cause,
        Cause::NoFolder
    );
    world.run("shop", "health", 0, Some(Critical)).unwrap_err();
    world.run("shop", "health", 1, Some(Critical)).unwrap_err();
    assert_eq!(world.tell(1), ["shop: - → critical"]);
    std::fs::create_dir(folder.path().join("home")).unwrap();
    assert_eq!(world.tell(2), [""; 0]);
    assert_eq!(world.stored_incidents(), ["shop/health critical open"]);
    world.run("shop", "health", 3, Some(Critical)).unwrap();
    assert_eq!(world.tell(3), [""; 0]);
    assert_sound(&path);
}

#[test]
fn a_file_that_is_no_history_is_refused_also_for_long() {
    let folder = tempfile::tempdir().unwrap();
    let error = Writer::open_for_long(folder.path(), NOW_US).unwrap_err();
    assert_eq!(error.cause, Cause::NotAFile);
}

#[test]
fn a_program_that_ends_soon_is_not_told_that_something_is_written() {
    let home = tempfile::tempdir().unwrap();
    let mut world = World::in_folder(home.path());
    world.writer = Writer::open(&world.path(), NOW_US).unwrap();
    world.leave();
    let error = world.try_tell(0).unwrap_err();
    assert_eq!(error.cause, Cause::NoFolder);
    world.come_back();
    assert_eq!(world.tell(1), [""; 0]);
}

#[test]
fn somebody_deletes_the_history_meanwhile_and_nobody_is_told_twice() {
    let home = tempfile::tempdir().unwrap();
    let world = World::in_folder(home.path());
    for minute in 0..2 {
        world
            .run("orders", "health", minute, Some(Warning))
            .unwrap();
    }
    assert_eq!(world.tell(2), ["orders: - → warning"]);
    world.leave();
    world.run("shop", "health", 3, Some(Critical)).unwrap_err();
    world.run("shop", "health", 4, Some(Critical)).unwrap_err();
    assert_eq!(world.tell(4), ["shop: - → critical"]);
    // An empty folder: the file that there was is elsewhere.
    std::fs::create_dir(home.path().join("home")).unwrap();
    assert_eq!(world.tell(5), [""; 0]);
    assert_eq!(
        world.stored_incidents(),
        ["orders/health warning open", "shop/health critical open"]
    );
    world.run("orders", "health", 6, None).unwrap();
    world.run("orders", "health", 7, None).unwrap();
    assert_eq!(world.tell(8), ["orders: warning → -"]);
    assert_sound(&world.path());
}

#[test]
fn a_message_that_was_on_its_way_when_the_file_went_away() {
    let home = tempfile::tempdir().unwrap();
    let world = World::in_folder(home.path());
    for minute in 0..2 {
        world
            .run("orders", "health", minute, Some(Warning))
            .unwrap();
    }
    let due = world.due(2);
    world.seal(due[0].id);
    world.leave();
    world.settle(due[0].id, 3, MessageState::Partly, "deferred");
    let due = world.due(9);
    assert_eq!(due[0].content.as_deref(), Some("as it is"));
    assert_eq!(text(&due[0]), "orders: - → warning");
    world.come_back();
    let due = world.due(9);
    assert_eq!(due[0].content.as_deref(), Some("as it is"), "carried over");
    world.seal(due[0].id);
    world.settle(due[0].id, 10, MessageState::Sent, "accepted");
    let messages = world.reader().messages(9).unwrap();
    assert_eq!(messages.len(), 1);
    assert_eq!(
        (messages[0].state, messages[0].attempts),
        (MessageState::Sent, 2)
    );
}

/// Another process reaches the file and judges the same jobs.
#[test]
fn what_two_processes_saw_of_the_same_thing() {
    type Seen = &'static [Option<checkrun_history::record::StoredStatus>];
    const BAD: Seen = &[Some(Critical), Some(Critical)];
    const GOOD: Seen = &[None, None];
    for (case, before, here, there, expected) in [
        ("both see it begin", GOOD, BAD, BAD, "critical open"),
        ("only here", GOOD, BAD, GOOD, "critical open"),
        ("only there", GOOD, GOOD, BAD, "critical open"),
        ("both see it end", BAD, GOOD, GOOD, "critical over"),
        (
            "the end is seen there only",
            BAD,
            BAD,
            GOOD,
            "critical open",
        ),
        (
            "the end is seen here only, there it goes on as it was",
            BAD,
            GOOD,
            BAD,
            "critical over",
        ),
        (
            "the end is seen here, there it was well for a moment",
            BAD,
            GOOD,
            &[None],
            "critical open",
        ),
    ] {
        let home = tempfile::tempdir().unwrap();
        let world = World::in_folder(home.path());
        for (minute, severity) in (0..).zip(before) {
            world.run("shop", "health", minute, *severity).unwrap();
        }
        let _ = world.tell(5);
        world.leave();
        for (minute, severity) in (10..).zip(here) {
            world.run("shop", "health", minute, *severity).unwrap_err();
        }
        let _ = world.tell(15);
        let other = World::at(&world.away());
        for (minute, severity) in (20..).zip(there) {
            other.run("shop", "health", minute, *severity).unwrap();
        }
        drop(other);
        world.come_back();
        let _ = world.tell(30);
        assert!(world.writer.without_file().is_none(), "{case}");
        let incidents = world.stored_incidents();
        assert_eq!(incidents.len(), 1, "{case}: {incidents:?}");
        assert_eq!(incidents[0], format!("shop/health {expected}"), "{case}");
        world.assert_consistent(case);
    }
}
