//! `headers = { Authorization = { env = … } }`: what a web server wants to see besides a message.

use super::{BY_REFERENCE, Value};
use crate::config::collector::{Collector, Remark};
use crate::config::elements::Context;
use crate::config::shape::fields::Fields;
use crate::config::source::Span;
use crate::model::secret::Secret;

/// Most headers.
const HEADERS_MAX: usize = 20;

/// Longest name, bytes.
const NAME_BYTES_MAX: usize = 100;

/// Longest value, bytes.
const VALUE_BYTES_MAX: usize = 4096;

/// What checkrun says itself, and what would change how a request is read.
const OURS: [&str; 15] = [
    "accept",
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "idempotency-key",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-checkrun-id",
];

/// Reads every header; `None` after a problem that was noted.
pub(super) fn decode_all(
    fields: Option<Fields<'_>>,
    context: &mut Context<'_, '_>,
) -> Option<Vec<(String, Value)>> {
    let Some(fields) = fields else {
        return Some(Vec::new());
    };
    let mut headers: Vec<(String, Value)> = Vec::new();
    let mut is_sound = true;
    for (key, value) in fields.entries() {
        let name = *key.get_ref();
        let lower = name.to_ascii_lowercase();
        let is_new = !headers
            .iter()
            .any(|(seen, _)| seen.eq_ignore_ascii_case(name));
        let fault = if !is_name(name) {
            Some("this is not the name of a header")
        } else if OURS.contains(&lower.as_str()) {
            Some("checkrun sets this header itself")
        } else if !is_new {
            Some("this header is there already; upper and lower case are the same")
        } else if value.get_ref().as_str() == Some("") {
            Some("this header has no value")
        } else if headers.len() >= HEADERS_MAX {
            Some("these are too many headers")
        } else {
            None
        };
        if let Some(fault) = fault {
            context.problems.error(&key.span(), Remark::new(fault));
            is_sound = false;
            continue;
        }
        let Some(value) = Value::decode(value, context) else {
            is_sound = false;
            continue;
        };
        if let Value::Text(at, text) = &value {
            is_sound &= check(text, at, context.problems);
            if looks_secret(&lower) {
                let remark = Remark::new("whoever reads this file knows this secret");
                context.problems.warning(at, remark.with_hint(BY_REFERENCE));
            }
        }
        headers.push((name.to_owned(), value));
    }
    is_sound.then_some(headers)
}

/// Whether the value can stand in a header; notes if it cannot, and does not repeat it.
pub(super) fn check(value: &Secret, at: &Span, problems: &mut Collector<'_>) -> bool {
    let text = value.reveal();
    let is_sound = text.len() <= VALUE_BYTES_MAX
        && text.trim() == text
        && text.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
    if !is_sound {
        let remark = Remark::new("this is not the value of a header").with_hint(format!(
            "a value has at most {VALUE_BYTES_MAX} letters, digits, punctuation and spaces of ASCII, on one line, with no space around it"
        ));
        problems.error(at, remark);
    }
    is_sound
}

/// A token of RFC 9110.
fn is_name(name: &str) -> bool {
    let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    (1..=NAME_BYTES_MAX).contains(&name.len()) && name.bytes().all(is_token)
}

fn looks_secret(name: &str) -> bool {
    ["auth", "cookie", "token", "secret", "key", "pass"]
        .iter()
        .any(|part| name.contains(part))
}
