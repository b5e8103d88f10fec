//! Where the project and its build products are.

use std::env;
use std::path::{Path, PathBuf};

/// The folder with the workspace's `Cargo.toml`.
pub fn folder() -> &'static Path {
    // This package lies directly in the workspace's folder.
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
}

/// Cargo's target folder: `CARGO_TARGET_DIR`, or `target` in the workspace.
pub fn target_folder() -> PathBuf {
    let path = env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    folder().join(path)
}

/// Where the built packs are collected; `runner/build.rs` embeds what lies there.
pub fn packs_folder() -> PathBuf {
    target_folder().join("packs")
}

/// The environment variable that tells `runner/build.rs` of [`packs_folder`].
pub const BUNDLED_PACKS: &str = "CHECKRUN_BUNDLED_PACKS";
