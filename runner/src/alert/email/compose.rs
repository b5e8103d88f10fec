//! From a [`Message`] to the bytes of RFC 5322: always the same for the same message.
//!
//! What stands in headers is cleaned here, because the encoder lets some control characters through
//! and does not touch what looks like an encoded word already.

use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{
    Attachment, Mailbox as LettreMailbox, MessageBuilder, MultiPart, SinglePart,
};
use lettre::message::{Message as Written, MessageBuilder as Builder};
use sha2::{Digest, Sha256};

use super::message::{Image, Message};
use crate::model::mail::{Address, Mailbox};
use crate::model::text::is_unsafe;

/// Longest value of a header, characters.
pub const HEADER_CHARS_MAX: usize = 200;

/// Longest text and longest HTML, bytes; mail programs cut at half of it.
pub const BODY_BYTES_MAX: usize = 256 * 1024;

/// Largest picture, bytes.
pub const IMAGE_BYTES_MAX: usize = 256 * 1024;

/// The last second that a date can say: 9999-12-31 23:59:59. The encoder panics at the next.
const DATE_SECONDS_MAX: u64 = 253_402_300_799;

/// Why a message cannot be written down.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// A sender or recipient that the encoder refuses.
    #[error("the address {address} is refused")]
    Address {
        /// Which.
        address: Address,
        /// Why.
        source: lettre::address::AddressError,
    },
    /// The encoder refuses the whole.
    #[error("the mail is refused: {0}")]
    Whole(#[from] lettre::error::Error),
}

/// Writes it down. Lines end with CR LF and have at most 998 bytes, all of them ASCII.
///
/// # Errors
/// An address that our own parser takes and the encoder does not.
pub fn compose(message: &Message) -> Result<Vec<u8>, ComposeError> {
    let seconds = u64::try_from(message.date.0.div_euclid(1_000_000)).unwrap_or(0);
    let seconds = seconds.min(DATE_SECONDS_MAX);
    let mut builder: MessageBuilder = Written::builder()
        .date(UNIX_EPOCH + Duration::from_secs(seconds))
        .message_id(Some(message.id.bracketed()))
        .from(mailbox(&message.from)?)
        .subject(header_text(&message.subject));
    for to in &message.to {
        builder = builder.to(mailbox(to)?);
    }
    if let Some(thread) = &message.thread {
        builder = builder
            .in_reply_to(thread.bracketed())
            .references(thread.bracketed());
    }
    builder = with_header(builder, "Auto-Submitted", "auto-generated");
    builder = with_header(builder, "X-Auto-Response-Suppress", "All");
    if let Some(list) = &message.list {
        let list = format!("<{}>", header_text(list).replace([' ', '<', '>'], "-"));
        builder = with_header(builder, "List-Id", &list);
    }
    for (mark, value) in &message.marks {
        builder = with_header(builder, mark.header(), value);
    }
    let written = match body(message) {
        Body::Text(part) => builder.singlepart(part)?,
        Body::Both(parts) => builder.multipart(parts)?,
    };
    Ok(written.formatted())
}

enum Body {
    Text(SinglePart),
    Both(MultiPart),
}

fn body(message: &Message) -> Body {
    let text = body_text(&message.text);
    let Some(html) = &message.html else {
        return Body::Text(SinglePart::plain(text));
    };
    let html = body_text(html);
    let boundary = boundary(message, &text, &html);
    let mut related = MultiPart::related()
        .boundary(format!("{boundary}-r"))
        .singlepart(SinglePart::html(html));
    for image in &message.images {
        related = related.singlepart(picture(image));
    }
    Body::Both(
        MultiPart::alternative()
            .boundary(format!("{boundary}-a"))
            .singlepart(SinglePart::plain(text))
            .multipart(related),
    )
}

fn picture(image: &Image) -> SinglePart {
    let plain = |c: char| match c {
        c if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') => c,
        _ => '-',
    };
    let name: String = image
        .name
        .chars()
        .take(HEADER_CHARS_MAX)
        .map(plain)
        .collect();
    let png = image.png[..image.png.len().min(IMAGE_BYTES_MAX)].to_vec();
    // The only way to name a type is to have it parsed; this one always is.
    let kind = ContentType::parse("image/png").unwrap_or(ContentType::TEXT_PLAIN);
    Attachment::new_inline(name).body(png, kind)
}

/// Depends on all of the content, so that no content can contain it.
fn boundary(message: &Message, text: &str, html: &str) -> String {
    let mut hash = Sha256::new();
    for part in [&message.id.bracketed(), text, html] {
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    let hash = hash.finalize();
    let digits: String = hash
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("checkrun-{digits}")
}

fn with_header(builder: Builder, name: &'static str, value: &str) -> Builder {
    builder.raw_header(HeaderValue::new(
        HeaderName::new_from_ascii_str(name),
        header_text(value),
    ))
}

fn mailbox(mailbox: &Mailbox) -> Result<LettreMailbox, ComposeError> {
    let name = mailbox.name.as_deref().map(header_text);
    Ok(LettreMailbox::new(name, address(&mailbox.address)?))
}

/// The same address, as the encoder has it.
pub(super) fn address(address: &Address) -> Result<lettre::Address, ComposeError> {
    lettre::Address::new(address.local_part(), address.domain()).map_err(|source| {
        ComposeError::Address {
            address: address.clone(),
            source,
        }
    })
}

/// One line that reads as it is meant: no control characters, none that reorder or hide, nothing that
/// a mail program takes for an encoded word; cut.
#[must_use]
pub fn header_text(text: &str) -> String {
    let mut words = String::new();
    for c in text.chars() {
        match c {
            '\r' | '\n' | '\t' | ' ' if words.ends_with(' ') => {}
            '\r' | '\n' | '\t' => words.push(' '),
            c if is_unsafe(c) => {}
            c => words.push(c),
        }
    }
    let words = words.replace("=?", "= ?");
    let words = words.trim();
    if words.chars().count() <= HEADER_CHARS_MAX {
        return words.to_owned();
    }
    let kept: String = words.chars().take(HEADER_CHARS_MAX - 1).collect();
    kept + "…"
}

/// Lines without control characters, cut.
fn body_text(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut text: String = text
        .chars()
        .filter(|&c| matches!(c, '\n' | '\t') || !c.is_control())
        .collect();
    if text.len() > BODY_BYTES_MAX {
        let end = (0..=BODY_BYTES_MAX)
            .rev()
            .find(|&at| text.is_char_boundary(at));
        text.truncate(end.unwrap_or(0));
        text.push_str("\n…\n");
    }
    text
}

#[cfg(test)]
mod tests;
