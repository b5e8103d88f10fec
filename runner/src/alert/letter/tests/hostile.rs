//! Texts of checks and servers that want to be more than text: none of them is, in any field.

use std::collections::BTreeMap;

use super::super::wrap::WIDTH;
use super::super::{Templates, as_json, brief, headline, sample};
use super::{berlin, markup, with_templates, written};
use crate::alert::email::compose::compose;
use crate::alert::email::message::Message;
use crate::model::notification::{About, FindingFacts, Item, Limit, Notification};
use crate::model::text::is_unsafe;

const CANARIES: [&str; 16] = [
    "<img src=x onerror=alert(1)>",
    "\"><svg/onload=alert(1)>",
    "'><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</td></table></body></html>",
    "<!-- --><style>*{background:url(https://evil.example/x)}</style>",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% for x in range(9) %}{% endfor %}${7*7}{# #}",
    "\u{202e}gnp.exe\u{200b}\u{2066}",
    "\u{1b}[2J\u{1b}]52;c;x\u{7}\u{9b}31m\u{0}\u{7f}",
    "x\r\nBcc: a@evil.example\r\n\r\nbody",
    "lone\rreturn",
    "=?utf-8?q?x=0D=0ABcc:_a@b?=",
    "\r\n.\r\nMAIL FROM:<a@evil.example>",
    "&lt;b&gt; &amp;amp; &#60;",
    "cid:chart-1\" src=\"https://evil.example/x",
];

/// The same notification with this in place of every text. There is little to draw: that takes most of the
/// time, and no text is in a picture.
fn with_text(notification: &Notification, text: &str) -> Notification {
    let points_max = match notification.news.len() {
        1 if notification.others.len() == 1 => 2,
        _ => 0,
    };
    let own = || text.to_owned();
    let mut notification = notification.clone();
    notification.id = own();
    notification.thread = format!("{text}.");
    notification.route = own();
    notification.not_stored = Some(own());
    notification.origin.host = own();
    notification.origin.configuration = own();
    notification.origin.version = own();
    if let About::Target { name, labels } = &mut notification.about {
        *name = own();
        *labels = BTreeMap::from([(own(), own())]);
    }
    for item in notification.news.iter_mut().chain(&mut notification.others) {
        poison(item, text, points_max);
    }
    notification
}

fn poison(item: &mut Item, text: &str, points_max: usize) {
    let own = || text.to_owned();
    item.target = own();
    item.job = own();
    item.check = match item.check.as_str() {
        "checkrun/connection" => item.check.clone(),
        _ => own(),
    };
    item.object = match item.object.split_once('/') {
        Some((kind, _)) => format!("{kind}/{text}"),
        None => item.object.clone(),
    };
    item.text = own();
    item.advice = Some(own());
    item.findings.push(FindingFacts {
        title: own(),
        detail: own(),
        subject: Some(own()),
        advice: Some(format!("{text}!")),
        reference: Some(own()),
        evidence: vec![(own(), own())],
    });
    if let Some(measured) = &mut item.measured {
        measured.day.truncate(points_max);
        measured.series = own();
        measured.unit = own();
        for limit in [&mut measured.warning, &mut measured.critical] {
            *limit = Some(Limit {
                text: format!("> {text}"),
                lines: vec![0.8],
            });
        }
    }
    if let Some(taken) = &mut item.acknowledged {
        taken.by = own();
        taken.comment = own();
    }
}

#[test]
fn no_text_is_more_than_text() {
    for (_, clean) in sample::of_every_kind() {
        let pattern = with_text(&clean, "plain");
        let pattern = (headers(&written(&pattern)), tags(&written(&pattern)));
        for canary in CANARIES {
            let hostile = with_text(&clean, canary);
            let mail = written(&hostile);
            assert_eq!(headers(&mail), pattern.0, "{canary}");
            assert_eq!(tags(&mail), pattern.1, "{canary}");
            has_only_our_attributes(&mail);
            assert!(!mail.text.contains("49"), "{canary}: {}", mail.text);
            let html = mail.html.expect("HTML");
            let lines = [mail.text, html, brief(&hostile, &berlin())];
            let bad = |text: &String| text.chars().any(|c| c != '\n' && is_unsafe(c));
            assert_eq!(lines.iter().find(|text| bad(text)), None);
            for line in [mail.subject, headline(&hostile)] {
                assert!(!line.chars().any(is_unsafe), "{line:?}");
            }
        }
    }
}

/// The names of all headers.
fn headers(mail: &Message) -> Vec<String> {
    let mail = String::from_utf8(compose(mail).expect("sound")).expect("ASCII");
    let (head, _) = mail.split_once("\r\n\r\n").expect("headers end");
    let head = head.replace("\r\n ", " ");
    let name = |line: &str| line.split(':').next().unwrap_or_default().to_owned();
    head.split("\r\n").map(name).collect()
}

fn page(mail: &Message) -> markup::Page {
    markup::parse(mail.html.as_ref().expect("HTML")).expect("well-formed")
}

fn tags(mail: &Message) -> Vec<String> {
    page(mail).tags
}

/// None that loads or runs something.
fn has_only_our_attributes(mail: &Message) {
    for (name, value) in page(mail).attributes {
        let is_ours = match name.as_str() {
            "src" => value.starts_with("cid:chart-") && value.len() == "cid:chart-1".len(),
            "href" | "background" => false,
            "style" => !value.contains("url(") && !value.contains("expression"),
            name => !name.starts_with("on"),
        };
        assert!(is_ours, "{name}={value:?}");
    }
}

#[test]
fn a_template_cannot_switch_escaping_off() {
    let tricks = [
        "{% autoescape false %}{{ route }}{% endautoescape %}",
        "{% autoescape false %}{% set x %}{{ route }}{% endset %}{{ x }}{% endautoescape %}",
        "{% autoescape false %}{% set x = route ~ route %}{{ x }}{% endautoescape %}",
        "{% autoescape false %}{% macro m() %}{{ route }}{% endmacro %}{{ m() }}{% endautoescape %}",
        "{{ [route, route] | join(route) }}",
        "{{ route | replace('x', '<b>') }}",
        "{{ route | indent(2) }}",
        "{% filter upper %}{{ route }}{% endfilter %}",
        "{{ '%s' | format(route) }}",
        "{{ route | list | join }}",
        "{% for c in route %}{{ c }}{% endfor %}",
        "{% include '_part.txt' %}",
    ];
    let (_, notification) = sample::of_every_kind().remove(0);
    let hostile = with_text(&notification, "<b>\"'&x");
    for trick in tricks {
        let sources = [
            (
                "alert.html".to_owned(),
                format!("<p title=\"{trick}\">{trick}</p>"),
            ),
            ("_part.html".to_owned(), "{{ route }}".to_owned()),
            ("_part.txt".to_owned(), "{{ route }}".to_owned()),
        ];
        // What is not allowed at all is refused when the templates are read.
        let Ok(templates) = Templates::from_sources(&sources) else {
            continue;
        };
        let html = with_templates(&hostile, &templates).html.expect("HTML");
        assert!(!html.to_lowercase().contains("<b>"), "{trick}: {html}");
        assert!(!html.contains("\"'"), "{trick}: {html}");
    }
    let safe = [("alert.html".to_owned(), "{{ route | safe }}".to_owned())];
    let error = Templates::from_sources(&safe).expect_err("no such filter");
    assert_eq!(
        error.to_string(),
        "alert.html:1: unknown filter: filter safe is unknown"
    );
}

#[test]
fn the_document_has_the_texts_as_they_are() {
    let (_, clean) = sample::of_every_kind().remove(0);
    for canary in CANARIES {
        let hostile = with_text(&clean, canary);
        let document = as_json(&hostile);
        assert_eq!(document["route"], canary);
        assert_eq!(document["news"][0]["text"], canary);
    }
}

#[test]
fn lines_keep_to_their_width() {
    for (name, notification) in sample::of_every_kind() {
        let mail = written(&notification);
        for line in mail.text.lines() {
            let is_command = line.trim_start().starts_with("checkrun alerts");
            let columns = line.chars().count();
            assert!(columns <= WIDTH || is_command, "{name}: {line}");
            assert_eq!(line.trim_end(), line, "{name}: a blank at the end");
        }
        assert!(!mail.text.contains("\n\n\n"), "{name}: {}", mail.text);
    }
}
