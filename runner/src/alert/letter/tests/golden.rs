//! Every kind of notification in full, as people see it.

use super::super::{as_json, brief, headline, sample};
use super::{berlin, written};
use crate::alert::email::compose::compose;

/// Set to a folder, it gets every mail's HTML and pictures, to look at them in a browser.
const LOOK_VARIABLE: &str = "CHECKRUN_WRITE_MAILS";

#[test]
fn headlines() {
    let lines: Vec<String> = sample::of_every_kind()
        .iter()
        .map(|(name, notification)| format!("{name:24} {}", headline(notification)))
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn texts() {
    for (name, notification) in sample::of_every_kind() {
        let mail = written(&notification);
        assert_eq!(mail, written(&notification), "the same every time");
        let headers: Vec<String> = mail
            .marks
            .iter()
            .map(|(mark, value)| format!("{}: {value}", mark.header()))
            .collect();
        let whole = format!(
            "Subject: {}\n{}\n\n{}",
            mail.subject,
            headers.join("\n"),
            mail.text
        );
        insta::assert_snapshot!(format!("text_{name}"), whole);
    }
}

#[test]
fn the_example_in_the_documentation_is_what_is_sent() {
    let (_, notification) = sample::of_every_kind().remove(0);
    let mail = written(&notification);
    let example = format!("Subject: {}\n\n{}", mail.subject, mail.text);
    let document = include_str!("../../../../../docs/email.md");
    assert!(
        document.contains(&example),
        "docs/email.md lacks:\n{example}"
    );
}

#[test]
fn pages() {
    for (name, notification) in sample::of_every_kind() {
        let mail = written(&notification);
        let html = mail.html.clone().expect("built-in templates write HTML");
        insta::assert_snapshot!(format!("html_{name}"), html);
        if let Some(folder) = std::env::var_os(LOOK_VARIABLE) {
            let folder = std::path::Path::new(&folder);
            let mut html = html;
            for image in &mail.images {
                let file = format!("{name}-{}.png", image.name);
                html = html.replace(&format!("cid:{}", image.name), &file);
                std::fs::write(folder.join(file), &image.png).expect("a folder");
            }
            std::fs::write(folder.join(format!("{name}.html")), html).expect("a folder");
            let bytes = compose(&mail).expect("sound");
            std::fs::write(folder.join(format!("{name}.eml")), bytes).expect("a folder");
        }
    }
}

#[test]
fn short_texts() {
    let texts: Vec<String> = sample::of_every_kind()
        .iter()
        .map(|(name, notification)| format!("== {name}\n{}", brief(notification, &berlin())))
        .collect();
    insta::assert_snapshot!(texts.join("\n\n"));
}

#[test]
fn a_document() {
    let (_, mut notification) = sample::of_every_kind().remove(0);
    for item in &mut notification.news {
        if let Some(measured) = &mut item.measured {
            measured.day.truncate(2);
        }
    }
    insta::assert_snapshot!(format!("{:#}", as_json(&notification)));
}
