//! Whatever a notification holds, it becomes a mail.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use super::super::wrap::WIDTH;
use super::super::{BRIEF_CHARS_MAX, HEADLINE_CHARS_MAX, MAIL_BYTES_MAX, as_json, brief, headline};
use super::{berlin, markup, written};
use crate::alert::email::compose::compose;
use crate::model::incident::Severity;
use crate::model::notification::{
    About, Acknowledged, FindingFacts, Item, Limit, Measured, Notification, Origin, PastIncident,
    What,
};
use crate::model::run::Micros;

/// Texts with what is dangerous more often than chance would have it; some are long.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => any::<char>().prop_map(|c| c.to_string()),
        2 => "[a-z ]{1,12}",
        2 => prop::sample::select(vec![
            "<", ">", "&", "\"", "'", "/", "\r\n", "\u{1b}[", "\u{202e}", "{{", "}}", "{%", "-->",
        ]).prop_map(str::to_owned),
    ];
    (
        prop::collection::vec(piece, 0..12),
        prop_oneof![8 => 1..2_usize, 1 => 200..2000_usize],
    )
        .prop_map(|(pieces, times)| pieces.concat().repeat(times))
}

fn time() -> impl Strategy<Value = Micros> {
    prop_oneof![
        9 => (1_795_000_000_000_000_i64..1_796_000_000_000_000).prop_map(Micros),
        1 => any::<i64>().prop_map(Micros),
    ]
}

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![6 => 0.0..1.0_f64, 2 => -1e9..1e9_f64, 1 => any::<f64>()]
}

fn severity() -> impl Strategy<Value = Severity> {
    prop::sample::select(vec![Severity::Warning, Severity::Critical])
}

fn what() -> impl Strategy<Value = What> {
    prop_oneof![
        Just(What::New),
        Just(What::Worse),
        Just(What::Eased),
        Just(What::Recovered),
        Just(What::GoesOn),
        (any::<u32>(), any::<u64>()).prop_map(|(changes, seconds)| What::Flapping {
            changes,
            within: Duration::from_secs(seconds),
        }),
        Just(What::Settled),
        Just(What::Gone),
    ]
}

fn limit() -> impl Strategy<Value = Option<Limit>> {
    let limit = (text(), prop::collection::vec(value(), 0..3));
    prop::option::of(limit.prop_map(|(text, lines)| Limit { text, lines }))
}

fn measured() -> impl Strategy<Value = Measured> {
    let numbers = (
        value(),
        prop::option::of(value()),
        prop::option::of(value()),
    );
    let unit = prop::sample::select(vec!["ratio", "bytes", "seconds", "count", "x<y"]);
    let day = prop::collection::vec((time(), value()), 0..40);
    (text(), unit, numbers, limit(), limit(), day).prop_map(
        |(series, unit, (value, median, p95), warning, critical, day)| Measured {
            series,
            unit: unit.to_owned(),
            value,
            warning,
            critical,
            day,
            median,
            p95,
        },
    )
}

fn finding() -> impl Strategy<Value = FindingFacts> {
    let more = (
        prop::option::of(text()),
        prop::option::of(text()),
        prop::option::of(text()),
    );
    let evidence = prop::collection::vec((text(), text()), 0..15);
    (text(), text(), more, evidence).prop_map(
        |(title, detail, (subject, advice, reference), evidence)| FindingFacts {
            title,
            detail,
            subject,
            advice,
            reference,
            evidence,
        },
    )
}

fn item() -> impl Strategy<Value = Item> {
    let object = prop_oneof![
        text().prop_map(|text| format!("metric/{text}")),
        text().prop_map(|text| format!("finding/{text}")),
        Just("verdict".to_owned()),
        Just("judging".to_owned()),
    ];
    let check = prop_oneof![text(), Just("checkrun/connection".to_owned())];
    let names = (text(), text(), check, object);
    let state = (
        what(),
        any::<i64>(),
        severity(),
        severity(),
        time(),
        prop::option::of(time()),
    );
    let past = prop::collection::vec((time(), time(), severity()), 0..8);
    let taken = prop::option::of((text(), text(), time()));
    let words = (text(), prop::option::of(text()));
    let findings = prop::collection::vec(finding(), 0..8);
    let suspended = prop_oneof![Just(0), any::<usize>()];
    let rest = (
        words,
        prop::option::of(measured()),
        findings,
        past,
        taken,
        suspended,
    );
    (names, state, rest).prop_map(
        |(
            (target, job, check, object),
            (what, incident, severity, peak, since, until),
            ((text, advice), measured, findings, past, taken, suspended),
        )| Item {
            what,
            incident,
            target,
            job,
            check,
            object,
            severity,
            peak,
            since,
            until,
            text,
            advice,
            measured,
            findings,
            past: past
                .into_iter()
                .map(|(since, until, peak)| PastIncident { since, until, peak })
                .collect(),
            acknowledged: taken.map(|(by, comment, until)| Acknowledged { by, comment, until }),
            suspended,
        },
    )
}

fn about() -> impl Strategy<Value = About> {
    let labels = prop::collection::vec((text(), text()), 0..12);
    prop_oneof![
        4 => (text(), labels).prop_map(|(name, labels)| About::Target {
            name,
            labels: labels.into_iter().collect::<BTreeMap<_, _>>(),
        }),
        1 => (any::<usize>(), any::<usize>(), any::<usize>(), any::<u32>()).prop_map(
            |(targets, problems, over, seconds)| About::Storm {
                targets,
                problems,
                over,
                next_after: Duration::from_secs(seconds.into()),
            }
        ),
    ]
}

fn notification() -> impl Strategy<Value = Notification> {
    let names = (text(), text(), text());
    let news = (prop::collection::vec(item(), 0..9), any::<usize>());
    let others = prop::collection::vec(item(), 0..4);
    let times = (
        time(),
        prop::option::of(time()),
        prop::option::of(any::<u64>()),
    );
    let origin = (text(), text(), text());
    (
        names,
        about(),
        news,
        others,
        times,
        prop::option::of(text()),
        origin,
    )
        .prop_map(
            |(
                (id, thread, route),
                about,
                (news, left_out),
                others,
                (written, delayed_since, reminder),
                not_stored,
                (host, configuration, version),
            )| Notification {
                id,
                thread,
                written,
                route,
                about,
                news,
                left_out,
                others,
                delayed_since,
                reminder_after: reminder.map(Duration::from_secs),
                not_stored,
                origin: Origin {
                    host,
                    configuration,
                    version,
                },
            },
        )
}

/// A line may be too long only for one word that is.
fn is_as_narrow_as_it_can_be(line: &str) -> bool {
    line.chars().count() <= WIDTH
        || line.trim_start().starts_with("checkrun alerts")
        || line
            .trim_start()
            .split(' ')
            .any(|word| word.chars().count() > WIDTH / 2)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_notification_becomes_a_sound_mail(notification in notification()) {
        let mail = written(&notification);
        let html = mail.html.clone().expect("the built-in templates write any");
        let page = markup::parse(&html);
        prop_assert!(page.is_ok(), "{:?}\n{html}", page.err());
        let bytes = compose(&mail).expect("sound").len();
        prop_assert!(bytes <= MAIL_BYTES_MAX, "{bytes} bytes");
        for line in mail.text.lines() {
            prop_assert!(is_as_narrow_as_it_can_be(line), "{line}");
        }
        prop_assert!(mail.subject.chars().count() <= HEADLINE_CHARS_MAX, "{}", mail.subject);
        prop_assert_eq!(&mail.subject, &headline(&notification));
        prop_assert!(brief(&notification, &berlin()).chars().count() <= BRIEF_CHARS_MAX);
        prop_assert!(as_json(&notification).is_object());
    }
}
