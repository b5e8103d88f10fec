//! From a notification to a mail that is certain to come out: what is too large is said in less detail, and
//! what the templates cannot say, the built-in ones do.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::brief::brief;
use super::chart;
use super::context::{Context, Detail};
use super::headline::subject;
use super::matter::Matter;
use super::templates::{TemplateError, Templates};
use crate::alert::email::compose::compose;
use crate::alert::email::message::{Image, Mark, Message, MessageId};
use crate::model::incident::Severity;
use crate::model::mail::Mailbox;
use crate::model::notification::{About, Notification, What};

/// Largest mail, bytes as they are sent: somewhat above it, the first mail programs cut.
pub const MAIL_BYTES_MAX: usize = 100_000;

/// What a mail has that the notification does not say.
#[derive(Clone, Copy, Debug)]
pub struct Letterhead<'l> {
    /// Who sends it.
    pub from: &'l Mailbox,
    /// Who gets it.
    pub to: &'l [Mailbox],
    /// What every subject begins with.
    pub prefix: Option<&'l str>,
    /// The zone of its times.
    pub zone: &'l TimeZone,
    /// What it looks like.
    pub templates: &'l Templates,
}

/// The notification as a mail of at most [`MAIL_BYTES_MAX`] bytes. The same notification gives the same
/// mail. If the templates cannot write it, the built-in ones do, and the mail says why.
#[must_use]
pub fn mail(notification: &Notification, letterhead: &Letterhead<'_>) -> Message {
    let mut charts = Charts::new();
    let why = match attempt(
        notification,
        letterhead,
        letterhead.templates,
        None,
        &mut charts,
    ) {
        Ok(Some(message)) => return message,
        Ok(None) => format!("makes a mail of more than {} kB", MAIL_BYTES_MAX / 1000),
        Err(error) => error.to_string(),
    };
    let note =
        format!("A template of the configuration failed, so this is the built-in form. {why}");
    let built_in = Templates::built_in();
    match attempt(
        notification,
        letterhead,
        &built_in,
        Some(&note),
        &mut charts,
    ) {
        Ok(Some(message)) => message,
        // Neither was ever seen; an alert is worth a third way all the same.
        Ok(None) | Err(_) => bare(notification, letterhead),
    }
}

/// What was drawn already, by name: that takes longer than all the rest.
type Charts = BTreeMap<String, Option<Vec<u8>>>;

/// By these templates in as much detail as there is room for; none if there is not even room for the least.
fn attempt(
    notification: &Notification,
    letterhead: &Letterhead<'_>,
    templates: &Templates,
    note: Option<&str>,
    charts: &mut Charts,
) -> Result<Option<Message>, TemplateError> {
    for detail in &Detail::DEGREES {
        let (prefix, zone) = (letterhead.prefix, letterhead.zone);
        let mut context = Context::of(notification, prefix, zone, detail);
        context.push_note(note, detail);
        let written = templates.write(&context)?;
        let images = images(notification, &context, &written.html, charts);
        let message = Message {
            images,
            html: Some(written.html),
            ..envelope(notification, letterhead, written.subject, written.text)
        };
        if is_small_enough(&message) {
            return Ok(Some(message));
        }
    }
    Ok(None)
}

/// As it is sent. What cannot be composed is not judged here: whoever sends it tells.
fn is_small_enough(message: &Message) -> bool {
    compose(message).map_or(true, |bytes| bytes.len() <= MAIL_BYTES_MAX)
}

fn bare(notification: &Notification, letterhead: &Letterhead<'_>) -> Message {
    let subject = subject(notification, letterhead.prefix);
    let text = brief(notification, letterhead.zone) + "\n";
    envelope(notification, letterhead, subject, text)
}

fn envelope(
    notification: &Notification,
    letterhead: &Letterhead<'_>,
    subject: String,
    text: String,
) -> Message {
    let host = &notification.origin.host;
    let is_first = notification.thread == notification.id;
    Message {
        id: MessageId::new(&notification.id, host),
        date: notification.written,
        from: letterhead.from.clone(),
        to: letterhead.to.to_vec(),
        thread: (!is_first).then(|| MessageId::new(&notification.thread, host)),
        list: Some(format!("checkrun.{host}")),
        subject,
        text,
        html: None,
        images: Vec::new(),
        marks: marks(notification),
    }
}

/// The charts that the HTML shows.
fn images(
    notification: &Notification,
    context: &Context,
    html: &str,
    charts: &mut Charts,
) -> Vec<Image> {
    let cards = notification.news.iter().zip(&context.news);
    cards
        .filter_map(|(item, card)| {
            let name = &card.measured.as_ref()?.chart.as_ref()?.cid;
            if !html.contains(&format!("cid:{name}\"")) {
                return None;
            }
            let drawn = charts.entry(name.clone());
            let png = drawn.or_insert_with(|| chart::png(item, notification.written));
            Some(Image {
                name: name.clone(),
                png: png.clone()?,
            })
        })
        .collect()
}

fn marks(notification: &Notification) -> Vec<(Mark, String)> {
    let news = &notification.news;
    let matter = Matter::of(notification);
    let distinct = |texts: Vec<String>| {
        let mut distinct: Vec<String> = Vec::new();
        for text in texts {
            if !distinct.contains(&text) {
                distinct.push(text);
            }
        }
        distinct.join(", ")
    };
    let mut marks = vec![
        (Mark::State, matter.as_str().to_owned()),
        (Mark::Severity, matter.severity_mark(news).to_owned()),
    ];
    if let About::Target { name, .. } = &notification.about {
        marks.push((Mark::Target, name.clone()));
        let jobs = news.iter().map(|item| item.job.clone()).collect();
        marks.push((Mark::Check, distinct(jobs)));
        let incidents = news.iter().map(|item| item.incident.to_string());
        marks.push((Mark::Incident, distinct(incidents.collect())));
    }
    let is_urgent = news.iter().any(|item| {
        item.severity == Severity::Critical && matches!(item.what, What::New | What::Worse)
    });
    if is_urgent {
        marks.push((Mark::Importance, "high".to_owned()));
    }
    marks
}
