//! Embeds the bundled packs: every `.wasm` in the folder named by `CHECKRUN_BUNDLED_PACKS`.
//!
//! `cargo xtask` builds the packs and sets the variable. Without it the binary has no packs of its
//! own, which cargo says as a warning and `checkrun` as a hint.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

const VARIABLE: &str = "CHECKRUN_BUNDLED_PACKS";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed={VARIABLE}");
    let packs = match env::var_os(VARIABLE) {
        Some(folder) => packs_in(Path::new(&folder))?,
        None => {
            println!("cargo::warning={VARIABLE} is not set, so no packs are bundled; build with `cargo xtask`");
            Vec::new()
        }
    };
    let mut list = String::from("pub static BUNDLED: &[(&str, &[u8])] = &[\n");
    for pack in packs {
        let name = pack.file_stem().unwrap_or_default().to_string_lossy();
        // Writing to a String cannot fail.
        let _ = writeln!(list, "    ({name:?}, include_bytes!({:?})),", pack.display().to_string());
    }
    list.push_str("];\n");
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("OUT_DIR is not set"))?;
    fs::write(Path::new(&out).join("bundled.rs"), list)
}

/// In the order of their names. Rebuilt when one of them changes, or one comes or goes.
fn packs_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut packs = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "wasm") {
            println!("cargo::rerun-if-changed={}", path.display());
            packs.push(path.canonicalize()?);
        }
    }
    packs.sort();
    Ok(packs)
}
