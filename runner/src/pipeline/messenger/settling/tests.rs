//! What follows from the fates of an attempt, as a table.

use checkrun_history::notification::{Kind, MessageId};

use super::*;
use crate::model::delivery::{Delivery, Reply};

const CREATED: i64 = 1_795_456_328_000_000;
const SECOND: i64 = 1_000_000;

fn message(attempts: u32, content: Option<&str>) -> DueMessage {
    DueMessage {
        id: MessageId(20),
        route: "ops".to_owned(),
        target: Some("orders".to_owned()),
        kind: Kind::News,
        thread: String::new(),
        created_us: CREATED,
        attempts,
        content: content.map(str::to_owned),
        items: Vec::new(),
        accepted: Vec::new(),
        refused: Vec::new(),
        uncertain: Vec::new(),
        only_for: None,
    }
}

fn attempt(fates: &[Fate], end: End) -> Attempt {
    let delivery = |fate: &Fate| Delivery {
        recipient: "ops@example.org".to_owned(),
        fate: *fate,
        reply: (*fate == Fate::Refused).then(|| Reply::new(550, "nobody of this name")),
    };
    Attempt {
        deliveries: fates.iter().map(delivery).collect(),
        end,
        wait: None,
    }
}

#[test]
fn where_a_message_is_after_an_attempt() {
    use Fate::{Accepted, Deferred, Refused, Uncertain};
    use MessageState::{Failed, Open, Partly, Sent};
    let silent = || End::Stopped(Phase::Greeting, Cause::Closed);
    for (what, kept, fates, state) in [
        ("everybody has it", None, &[Accepted, Accepted][..], Sent),
        (
            "nobody has it, so it may change",
            None,
            &[Deferred, Deferred],
            Open,
        ),
        (
            "somebody has it, so it stays",
            None,
            &[Accepted, Deferred],
            Partly,
        ),
        ("somebody may have it", None, &[Uncertain], Partly),
        (
            "it may have arrived before",
            Some("{}"),
            &[Deferred],
            Partly,
        ),
        ("nobody ever will", None, &[Refused, Refused], Failed),
        (
            "nobody who is known to have it ever will",
            Some("{}"),
            &[Refused, Refused],
            Failed,
        ),
        (
            "one never will, the other later",
            None,
            &[Refused, Deferred],
            Open,
        ),
        (
            "one never will, the other has it",
            None,
            &[Accepted, Refused],
            Sent,
        ),
    ] {
        let settlement = of(
            &message(0, kept),
            &attempt(fates, silent()),
            &[],
            Means::Mail,
            Micros(CREATED),
        );
        assert_eq!(settlement.state, state, "{what}");
        assert_eq!(settlement.recipients.len(), fates.len(), "{what}");
    }
}

#[test]
fn a_message_is_given_up_after_three_days_of_trying() {
    use MessageState::{Failed, Open, Partly};
    let hours = |hours: i64| hours * 3600 * SECOND;
    for (what, attempts, kept, age, state) in [
        ("for three days, nearly", 400, None, hours(72) - 1, Open),
        ("for three days", 400, None, hours(72), Failed),
        ("partly, for too long", 400, Some("{}"), hours(72), Failed),
        ("the clock was set forward", 5, None, hours(10_000), Open),
        ("and somebody has it", 5, Some("{}"), hours(10_000), Partly),
        ("the clock was set back", 5, None, -hours(10_000), Open),
    ] {
        let settlement = of(
            &message(attempts, kept),
            &attempt(&[Fate::Deferred], busy()),
            &[],
            Means::Mail,
            Micros(CREATED + age),
        );
        assert_eq!(settlement.state, state, "{what}");
    }
}

#[test]
fn whoever_has_to_get_another_message_first_keeps_this_one_on_its_way() {
    let held = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let after = |held: &[String]| {
        let taken = attempt(&[Fate::Accepted], End::HandedOver);
        of(
            &message(0, None),
            &taken,
            held,
            Means::Mail,
            Micros(CREATED),
        )
    };
    assert_eq!(after(&[]).state, MessageState::Sent);
    let one = after(&held(&["dba@example.org"]));
    assert_eq!((one.state, one.next_us), (MessageState::Partly, CREATED));
    assert_eq!(
        one.error.as_deref(),
        Some("dba@example.org first has to get an earlier message about the same")
    );
    let three = after(&held(&["a@example.org", "b@example.org", "c@example.org"]));
    assert_eq!(
        three.error.as_deref(),
        Some("a@example.org and 2 more first have to get an earlier message about the same")
    );
}

#[test]
fn whoever_had_it_before_counts() {
    use MessageState::{Failed, Partly, Sent};
    for (what, accepted, fates, state) in [
        (
            "the last one refuses",
            &["a@b"][..],
            &[Fate::Refused][..],
            Sent,
        ),
        ("nobody is left", &["a@b"], &[], Sent),
        ("nobody is left who could have it", &[], &[], Failed),
        (
            "the last one has to wait",
            &["a@b"],
            &[Fate::Deferred],
            Partly,
        ),
    ] {
        let message = DueMessage {
            accepted: accepted.iter().map(ToString::to_string).collect(),
            ..message(3, Some("{}"))
        };
        let attempt = attempt(fates, busy());
        let settlement = of(&message, &attempt, &[], Means::Mail, Micros(CREATED));
        assert_eq!(settlement.state, state, "{what}");
    }
}

#[test]
fn whoever_takes_it_twice_without_a_word_does_not_get_it_again() {
    let silent = || attempt(&[Fate::Uncertain], End::Uncertain(Cause::Closed));
    let first = of(
        &message(0, None),
        &silent(),
        &[],
        Means::Mail,
        Micros(CREATED),
    );
    assert_eq!(first.state, MessageState::Partly);
    assert_eq!(first.recipients[0].fate, "uncertain");
    let again = DueMessage {
        uncertain: vec!["ops@example.org".to_owned()],
        ..message(1, Some("{}"))
    };
    let second = of(&again, &silent(), &[], Means::Mail, Micros(CREATED));
    assert_eq!(
        second.state,
        MessageState::Failed,
        "others are told instead"
    );
    assert_eq!(second.recipients[0].fate, "refused");
    assert_eq!(
        second.recipients[0].said.as_deref(),
        Some("twice no clear answer: it may have arrived")
    );
    let after_a_pause = DueMessage {
        uncertain: Vec::new(),
        ..again
    };
    let third = of(&after_a_pause, &silent(), &[], Means::Mail, Micros(CREATED));
    assert_eq!(
        third.state,
        MessageState::Partly,
        "there was a clear no between"
    );
}

#[test]
fn what_was_written_for_another_way_is_written_anew() {
    let other = End::Stopped(Phase::Content, Cause::OtherMeans);
    let attempt = attempt(&[Fate::Refused], other);
    let kept = message(1, Some("{}"));
    let settlement = of(&kept, &attempt, &[], Means::Webhook, Micros(CREATED));
    assert_eq!(settlement.state, MessageState::Open);
    assert_eq!(settlement.recipients, [], "nobody has refused anything");
}

fn busy() -> End {
    End::Stopped(Phase::Greeting, Cause::Busy(Reply::new(421, "later")))
}

#[test]
fn who_cannot_be_reached_is_tried_again_within_a_minute() {
    let refused = || Cause::NoConnection("nobody listens".to_owned());
    let silent = || Cause::Silent(Duration::from_secs(30));
    for (what, end, seconds) in [
        (
            "nobody listens",
            End::Stopped(Phase::Connect, refused()),
            30,
        ),
        ("nobody greets", End::Stopped(Phase::Greeting, silent()), 30),
        ("somebody says not now", busy(), 600),
        (
            "somebody broke off in the middle",
            End::Stopped(Phase::Content, Cause::Closed),
            600,
        ),
        ("perhaps it was taken", End::Uncertain(Cause::Closed), 600),
    ] {
        assert_eq!(pause(&message(9, None), &end).as_secs(), seconds, "{what}");
        let longest = (0..1000).map(|id| {
            let message = DueMessage {
                id: MessageId(id),
                ..message(9, None)
            };
            pause(&message, &end)
        });
        assert!(
            seconds > 30 || longest.max() <= Some(Duration::from_secs(36)),
            "{what}"
        );
    }
}

#[test]
fn pauses_grow_to_ten_minutes_and_are_spread() {
    let pauses: Vec<u64> = (0..9)
        .map(|attempts| pause(&message(attempts, None), &busy()).as_secs())
        .collect();
    assert_eq!(pauses, [15, 30, 60, 120, 300, 600, 600, 600, 600]);
    let of_messages = (0..1000).map(|id| {
        let message = DueMessage {
            id: MessageId(id),
            ..message(0, None)
        };
        pause(&message, &busy()).as_millis()
    });
    let (least, most) = of_messages.fold((u128::MAX, 0), |(least, most), one| {
        (least.min(one), most.max(one))
    });
    assert_eq!((least, most), (12_000, 18_000));
}

#[test]
fn whoever_asks_to_be_left_alone_is() {
    let mut attempt = attempt(
        &[Fate::Deferred],
        End::Stopped(Phase::Greeting, Cause::Closed),
    );
    attempt.wait = Some(Duration::from_secs(333));
    let settlement = of(
        &message(0, None),
        &attempt,
        &[],
        Means::Mail,
        Micros(CREATED),
    );
    assert_eq!(settlement.next_us - CREATED, 333 * SECOND);
}

#[test]
fn a_problem_says_what_happened_and_what_to_do() {
    let stopped = attempt(
        &[Fate::Deferred],
        End::Stopped(Phase::Greeting, Cause::Closed),
    );
    let refused = attempt(&[Fate::Accepted, Fate::Refused], End::HandedOver);
    let fine = attempt(&[Fate::Accepted], End::HandedOver);
    let told: Vec<Option<String>> = [stopped, refused, fine]
        .iter()
        .map(|attempt| problem(attempt, Means::Mail))
        .collect();
    assert_eq!(told[2], None);
    assert_eq!(
        told[1].as_deref(),
        Some("ops@example.org: 550 nobody of this name")
    );
    let stopped = told[0].as_deref().unwrap_or_default();
    assert!(
        stopped.starts_with("the server ended the connection; "),
        "{stopped}"
    );
}
