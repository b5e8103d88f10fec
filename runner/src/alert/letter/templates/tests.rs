//! Templates that people write: what is wrong with them is said when they are read, with its place.

use super::*;
use crate::alert::letter::{Letterhead, mail};
use crate::model::mail::Mailbox;
use crate::model::notification::Notification;

fn sources(name: &str, text: &str) -> Vec<(String, String)> {
    vec![(name.to_owned(), text.to_owned())]
}

fn new() -> Notification {
    sample::of_every_kind().remove(0).1
}

fn sent(
    notification: &Notification,
    templates: &Templates,
) -> crate::alert::email::message::Message {
    let from = Mailbox::parse("checkrun@example.org").expect("an address");
    let letterhead = Letterhead {
        from: &from,
        to: std::slice::from_ref(&from),
        prefix: Some("[db]"),
        zone: &TimeZone::UTC,
        templates,
    };
    mail(notification, &letterhead)
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let endless = "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}";
    for (name, text, error) in [
        (
            "alert.txt",
            "one\n{% if %}",
            "alert.txt:2: syntax error: unexpected end of block",
        ),
        (
            "alert.txt",
            "one\ntwo {{ hedline }}",
            "alert.txt:2: undefined value: `hedline` is undefined",
        ),
        (
            "alert.html",
            "{% for item in news %}\n{{ item.titel }}{% endfor %}",
            "alert.html:2: undefined value: `item.titel` is undefined",
        ),
        (
            "alert.html",
            "{% include \"_footer.html\" %}",
            "alert.html:1: template not found: tried to include non-existing template '_footer.html'",
        ),
        (
            "subject.txt",
            endless,
            "subject.txt:1: engine ran out of fuel",
        ),
        (
            "alert.htm",
            "",
            "alert.htm: there is no such template; there are subject.txt, alert.txt, alert.html, \
             and parts that begin with `_`",
        ),
    ] {
        let found = Templates::from_sources(&sources(name, text)).expect_err(name);
        assert_eq!(found.to_string(), error);
    }
}

#[test]
fn what_is_replaced_is_used_and_the_rest_is_built_in() {
    let mut own = sources(
        "subject.txt",
        "{{ state }}\n in {% include \"_where.txt\" %}",
    );
    own.extend(sources(
        "_where.txt",
        "{{ target.name if target else \"many\" }}",
    ));
    let templates = Templates::from_sources(&own).expect("sound");
    let ours = sent(&new(), &templates);
    let theirs = sent(&new(), &Templates::built_in());
    assert_eq!(ours.subject, "problem in orders");
    assert_eq!(
        theirs.subject,
        "[db] CRIT orders: used ratio 93.4 % (> 90%)"
    );
    assert_eq!((ours.text, ours.html), (theirs.text, theirs.html));
}

#[test]
fn a_template_that_fails_later_loses_no_alert() {
    // Passes with every sample, and fails for a name that none of them has.
    let text = "\n{{ 1 // (0 if target and target.name == \"billing\" else 1) }}";
    let templates = Templates::from_sources(&sources("alert.txt", text)).expect("sound");
    let mut notification = new();
    assert_eq!(sent(&notification, &templates).text, "1\n");
    if let crate::model::notification::About::Target { name, .. } = &mut notification.about {
        *name = "billing".to_owned();
    }
    let mail = sent(&notification, &templates);
    let note =
        "! A template of the configuration failed, so this is the built-in form.\n  alert.txt:2: ";
    assert!(mail.text.starts_with(note), "{}", mail.text);
    assert!(
        mail.text.contains("checkrun alerts ack 4711"),
        "{}",
        mail.text
    );
    let html = mail.html.expect("HTML");
    assert!(
        html.contains("so this is the built-in form. alert.txt:2: "),
        "{html}"
    );
    assert_eq!(mail.subject, "[db] CRIT billing: used ratio 93.4 % (> 90%)");
}

#[test]
fn a_template_that_writes_too_much_is_not_used() {
    let text = "{% for n in range(2000) %}{{ \"x\" * 70 }}\n{% endfor %}";
    let templates = Templates::from_sources(&sources("alert.txt", text)).expect("sound");
    let mail = sent(&new(), &templates);
    assert!(
        mail.text.contains("makes a mail of more than 100 kB"),
        "{}",
        mail.text
    );
}

#[test]
fn a_picture_goes_with_the_mail_only_if_it_is_shown() {
    let templates = Templates::from_sources(&sources("alert.html", "<p>plain</p>")).expect("sound");
    assert!(sent(&new(), &templates).images.is_empty());
    assert_eq!(sent(&new(), &Templates::built_in()).images.len(), 1);
}
