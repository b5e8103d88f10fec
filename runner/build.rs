//! Lists the bundled packs for embedding.
//!
//! Reads the folder that `CHECKRUN_BUNDLED_PACKS` names, as `cargo xtask packs` fills it, and writes
//! `bundled.rs` into `OUT_DIR`: `pub static BUNDLED: &[(&str, &[u8])]`, the packs' names and bytes in
//! the order of their names. Without the variable the list is empty.

use std::env;
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

const VARIABLE: &str = "CHECKRUN_BUNDLED_PACKS";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={VARIABLE}");
    let packs = match env::var_os(VARIABLE) {
        Some(folder) => packs(Path::new(&folder))
            .map_err(|error| format!("{VARIABLE}={}: {error}", folder.display()))?,
        None => {
            println!(
                "cargo::warning=no packs are bundled: run `cargo xtask packs` and set \
                 {VARIABLE} to the folder `packs` in the target folder"
            );
            Vec::new()
        }
    };
    let output = env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?;
    fs::write(Path::new(&output).join("bundled.rs"), source(&packs)?)?;
    Ok(())
}

/// The absolute paths of all `.wasm` files in the folder, sorted.
fn packs(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut packs = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = fs::canonicalize(entry?.path())?;
        if path
            .extension()
            .is_some_and(|extension| extension == "wasm")
        {
            packs.push(path);
        }
    }
    packs.sort();
    if packs.is_empty() {
        return Err("there is no .wasm file; run `cargo xtask packs`".into());
    }
    Ok(packs)
}

fn source(packs: &[PathBuf]) -> Result<String, Box<dyn Error>> {
    let mut source = String::from(
        "/// The bundled packs: name and bytes, in the order of the names.\n\
         pub static BUNDLED: &[(&str, &[u8])] = &[\n",
    );
    for path in packs {
        let name = path
            .file_stem()
            .and_then(|name| name.to_str())
            .ok_or("a name is not UTF-8")?;
        let path = path.to_str().ok_or("the path of the folder is not UTF-8")?;
        writeln!(source, "    ({name:?}, include_bytes!({path:?})),")?;
    }
    source.push_str("];\n");
    Ok(source)
}
