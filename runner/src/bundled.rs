//! The packs that are part of this program, embedded by `build.rs`.

mod list {
    include!(concat!(env!("OUT_DIR"), "/bundled.rs"));
}

/// Name and WebAssembly of each, in the order of the names. Empty in a build without packs.
#[must_use]
pub fn packs() -> &'static [(&'static str, &'static [u8])] {
    list::BUNDLED
}
