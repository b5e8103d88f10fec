//! What a notification looks like to those who get it. Everything here is made from the facts alone: no
//! clock, no files.
//!
//! [`mail`] makes a mail of it, by [`Templates`], which may be replaced; [`headline`] is the whole of it in
//! one line, [`brief`] a short text for chats, [`as_json`] the document for programs.

mod brief;
mod chart;
mod command;
mod context;
mod day;
mod headline;
pub mod json;
mod mail;
mod matter;
mod moment;
mod plain;
mod sample;
mod sentence;
mod sparkline;
mod templates;
mod wrap;

pub use self::brief::{BRIEF_CHARS_MAX, brief};
pub use self::headline::{HEADLINE_CHARS_MAX, headline};
pub use self::json::as_json;
pub use self::mail::{Letterhead, MAIL_BYTES_MAX, mail};
pub use self::matter::severity_name;
pub use self::templates::{TemplateError, Templates};

#[cfg(test)]
mod tests;
