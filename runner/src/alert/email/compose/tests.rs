//! What is written down: the same every time, within the rules, whatever a server's names contain.

use proptest::prelude::*;

use super::*;
use crate::alert::email::message::{Mark, MessageId};
use crate::model::run::Micros;

fn sample() -> Message {
    let mailbox = |text: &str| Mailbox::parse(text).expect("an address");
    Message {
        id: MessageId::new("4711.ops.2", "db-watch.example"),
        date: Micros(1_795_471_020_123_456),
        from: mailbox("checkrun <checkrun@example.org>"),
        to: vec![
            mailbox("Jörg Müller <joerg@example.org>"),
            mailbox("ops@example.org"),
        ],
        thread: Some(MessageId::new("4711.thread", "db-watch.example")),
        list: Some("checkrun.db-watch.example".to_owned()),
        subject: "CRIT pg-prod-1: replication lag 412 s (> 300 s) — since 14:02".to_owned(),
        text: "Replication lag on pg-prod-1 is 412 s.\n.\n▁▂▃▅▇█\n".to_owned(),
        html: Some("<p>Replication lag</p><img src=\"cid:chart\" alt=\"412 s\">".to_owned()),
        images: vec![Image {
            name: "chart".to_owned(),
            png: b"\x89PNG\r\n\x1a\n".to_vec(),
        }],
        marks: vec![
            (Mark::Severity, "critical".to_owned()),
            (Mark::Target, "pg-prod-1".to_owned()),
        ],
    }
}

fn written(message: &Message) -> String {
    String::from_utf8(compose(message).expect("sound")).expect("ASCII")
}

/// Header lines unfolded, up to the empty line.
fn headers(mail: &str) -> Vec<String> {
    let (head, _) = mail.split_once("\r\n\r\n").expect("headers end");
    let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    head.split("\r\n").map(str::to_owned).collect()
}

/// Lines end with CR LF, are not too long, and are ASCII without control characters.
fn is_within_the_rules(mail: &str) -> bool {
    mail.ends_with("\r\n")
        && mail.split("\r\n").all(|line| {
            line.len() <= 998
                && line
                    .bytes()
                    .all(|b| b == b'\t' || (0x20..0x7f).contains(&b))
        })
}

#[test]
fn a_whole_mail() {
    let mail = written(&sample());
    assert_eq!(mail, written(&sample()), "the same every time");
    assert!(is_within_the_rules(&mail));
    insta::assert_snapshot!(mail.replace("\r\n", "\n"));
}

#[test]
fn a_date_that_cannot_be_said_is_the_nearest_that_can() {
    for (date, year) in [(i64::MIN, "1970"), (i64::MAX, "9999")] {
        let mail = written(&Message {
            date: Micros(date),
            ..sample()
        });
        let is_near = |header: &String| header.starts_with("Date: ") && header.contains(year);
        assert!(headers(&mail).iter().any(is_near), "{mail}");
    }
}

#[test]
fn text_alone_is_a_simple_mail() {
    let mail = written(&Message {
        html: None,
        ..sample()
    });
    assert!(!mail.contains("multipart"));
    insta::assert_snapshot!(mail.replace("\r\n", "\n"));
}

#[test]
fn hostile_headers_stay_one_line_and_say_what_they_say() {
    for (subject, shown) in [
        ("x\r\nBcc: a@b", "x Bcc: a@b"),
        ("x\rBcc: a@b", "x Bcc: a@b"),
        ("x\nBcc: a@b\n\nbody", "x Bcc: a@b body"),
        ("x\u{0}\u{7}\u{1b}[2J\u{7f}\u{9b}y", "x[2Jy"),
        (
            "=?utf-8?q?x=0D=0ABcc:_a@b?=",
            "= ?utf-8?q?x=0D=0ABcc:_a@b?=",
        ),
        ("=\u{200b}?utf-8?q?x?=", "= ?utf-8?q?x?="),
        ("a\u{202e}b\u{2066}c", "abc"),
        ("  spaces   inside ", "spaces inside"),
    ] {
        assert_eq!(header_text(subject), shown, "{subject:?}");
        let mail = written(&Message {
            subject: subject.to_owned(),
            ..sample()
        });
        let names = |mail: &str| {
            headers(mail)
                .iter()
                .map(|h| h.split(':').next().unwrap_or_default().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&mail), names(&written(&sample())), "{subject:?}");
        assert!(
            headers(&mail).contains(&format!("Subject: {shown}")),
            "{subject:?}: {mail}"
        );
    }
    assert_eq!(
        header_text(&"x".repeat(10_000)).chars().count(),
        HEADER_CHARS_MAX
    );
}

#[test]
fn a_body_of_any_size_is_bounded() {
    let mail = written(&Message {
        text: "ü".repeat(1024 * 1024),
        html: Some("<".repeat(1024 * 1024)),
        images: vec![Image {
            name: "\r\nx".into(),
            png: vec![0; 1024 * 1024],
        }],
        ..sample()
    });
    assert!(
        mail.len() < 4 * (2 * BODY_BYTES_MAX + IMAGE_BYTES_MAX),
        "{}",
        mail.len()
    );
    assert!(is_within_the_rules(&mail));
}

/// Texts with what is dangerous in mail more often than chance would have it.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<char>().prop_map(|c| c.to_string()),
        prop::sample::select(vec![
            "\r",
            "\n",
            "\r\n",
            "\0",
            "\r\n\r\n",
            "\r\n.\r\n",
            "=?",
            "?=",
            "=?utf-8?b?DQo=?=",
            "Bcc: a@b",
            "--checkrun-",
            " ",
            "\t",
            "\u{1b}[2J",
            "\u{9b}"
        ])
        .prop_map(str::to_owned),
        "[ -~]{1,120}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_text_adds_a_header_ends_the_mail_or_breaks_the_rules(
        subject in hostile(), value in hostile(), list in hostile(), text in hostile(), html in hostile(), id in hostile(),
    ) {
        let message = Message {
            id: MessageId::new(&id, &id),
            thread: Some(MessageId::new(&id, "host")),
            subject,
            list: Some(list),
            text,
            html: Some(html),
            marks: vec![(Mark::Target, value)],
            ..sample()
        };
        let mail = written(&message);
        prop_assert!(is_within_the_rules(&mail), "{}", mail);
        let found = headers(&mail);
        let names: Vec<&str> = found.iter().filter_map(|header| header.split(':').next()).collect();
        let expected = ["Date", "Message-ID", "From", "Subject", "To", "In-Reply-To", "References", "Auto-Submitted", "X-Auto-Response-Suppress", "List-Id", "X-Checkrun-Target", "MIME-Version", "Content-Type"];
        let mut sorted = (names, expected.to_vec());
        sorted.0.sort_unstable();
        sorted.1.sort_unstable();
        prop_assert_eq!(sorted.0, sorted.1, "{}", mail);
        prop_assert_eq!(&mail, &written(&message));
    }

    #[test]
    fn what_the_configuration_takes_for_an_address_the_encoder_takes_too(
        local in "[a-z0-9.+_'=~!#$%&*/?^`{|}-]{1,64}", domain in "[a-z0-9-]{1,20}(\\.[a-z0-9-]{1,20}){0,3}",
    ) {
        if let Ok(read) = Address::parse(&format!("{local}@{domain}")) {
            prop_assert!(address(&read).is_ok(), "{}", read);
        }
    }
}
