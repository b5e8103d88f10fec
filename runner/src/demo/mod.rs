//! What `checkrun demo` shows: a small shop's database that grows while checks watch it.
//!
//! `shop` plays the shop, [`CONFIGURATION`] is the real configuration that watches it; the command
//! itself, with everything it prints, is in `cli::demo`.

mod shop;

pub use shop::{Event, STORY, Shop};

/// Written to the demo's folder, and read from there as any other.
pub const CONFIGURATION: &str = include_str!("checkrun.toml");

/// Where the mail of [`CONFIGURATION`] goes, in the demo's folder.
pub const OUTBOX: &str = "outbox";
