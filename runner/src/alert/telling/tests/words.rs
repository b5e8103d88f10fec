//! What a message tells, in a line that a table can hold.

use checkrun_history::notification::*;
use checkrun_history::record::StoredStatus;

/// `ops: target 1: job-1 new critical`
pub fn told_in_words(message: &Dispatch) -> String {
    let mut items: Vec<String> = message.items.iter().map(item_in_words).collect();
    items.sort();
    let about = match message.target_id {
        Some(target) => format!("target {target}"),
        None => "several".to_owned(),
    };
    let how = match message.kind {
        Kind::News => "",
        Kind::Reminder => " again",
        Kind::Storm => " storm",
        Kind::Remedy => " remedy",
    };
    let joins = if message.joins.is_some() {
        " (joins)"
    } else {
        ""
    };
    format!(
        "{} {about}{how}{joins}: {}",
        message.route,
        items.join(", ")
    )
}

fn item_in_words(item: &MessageItem) -> String {
    let job = item.key.job_id % 100;
    let word = |severity: StoredStatus| severity.as_str();
    let what = match (item.flapping, item.before, item.after) {
        (Some(Flapping::Begins), ..) => "flaps".to_owned(),
        (Some(Flapping::Ends), _, None) => "rests, well".to_owned(),
        (Some(Flapping::Ends), _, Some(now)) => format!("rests, {}", word(now)),
        (None, None, Some(now)) => format!("new {}", word(now)),
        (None, Some(_), None) => "well".to_owned(),
        (None, Some(before), Some(now)) if before == now => format!("still {}", word(now)),
        (None, Some(_), Some(now)) => format!("now {}", word(now)),
        (None, None, None) => "came and went".to_owned(),
    };
    format!("{job} {what}")
}
