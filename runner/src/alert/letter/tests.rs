//! What people get, for every kind of notification, and what holds for any.

mod alike;
mod any;
mod golden;
mod hostile;
mod markup;

use jiff::tz::TimeZone;

use super::{Letterhead, Templates, mail};
use crate::alert::email::message::Message;
use crate::model::mail::Mailbox;
use crate::model::notification::Notification;

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").expect("a zone")
}

fn with_templates(notification: &Notification, templates: &Templates) -> Message {
    let mailbox = |text: &str| Mailbox::parse(text).expect("an address");
    mail(
        notification,
        &Letterhead {
            from: &mailbox("checkrun <checkrun@example.org>"),
            to: &[mailbox("Operations <ops@example.org>")],
            prefix: None,
            zone: &berlin(),
            templates,
        },
    )
}

fn written(notification: &Notification) -> Message {
    with_templates(notification, &Templates::built_in())
}
