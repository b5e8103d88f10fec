//! What a notification looks like to those who get it. Everything here is made from the facts alone: no
//! clock, no files.
//!
//! [`headline`] is the whole of it in one line, [`brief`] a short text for chats, [`as_json`] the
//! document for programs.

mod brief;
mod headline;
pub mod json;
mod matter;
mod moment;
mod plain;

pub use self::brief::{BRIEF_CHARS_MAX, brief};
pub use self::headline::{HEADLINE_CHARS_MAX, headline};
pub use self::json::as_json;
pub use self::matter::severity_name;
