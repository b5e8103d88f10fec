//! `cargo xtask packs`: the bundled packs, from `checks/*` to `<target>/packs/<name>.wasm`.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use checkrun_testkit::wasm::Toolchain;
use clap::ValueEnum;

use crate::failure::Failure;
use crate::program;
use crate::setup::{self, Consent};
use crate::workspace;

/// What every package of a bundled pack is called before its own name.
const PACKAGE_PREFIX: &str = "checkrun-pack-";

/// The profile for packs in the workspace's `Cargo.toml`.
pub const PROFILE: &str = "pack";

/// The compiler that a person asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ToolchainChoice {
    /// rustup's when it has the target or can get it, else Debian's
    #[default]
    Auto,
    /// rustup's, with the standard library that it installs
    Rustup,
    /// Debian's packages, which compile the standard library from its source
    Debian,
}

/// Builds with the chosen compiler and says where the packs are.
pub fn run(consent: &Consent, choice: ToolchainChoice) -> Result<ExitCode, Failure> {
    for (name, path) in build(setup::packs(consent, choice)?)? {
        let size = fs::metadata(&path).map_err(Failure::file(&path))?.len();
        println!("{name}: {} ({} KiB)", path.display(), size.div_ceil(1024));
    }
    Ok(ExitCode::SUCCESS)
}

/// Builds all packs; gives each pack's name and file. A file whose content is the same is left
/// alone, so that nothing that embeds it is built again.
pub fn build(toolchain: Toolchain) -> Result<BTreeMap<String, PathBuf>, Failure> {
    let (cargo, built) = toolchain.cargo_build(PROFILE, &workspace::target_folder())?;
    let mut cargo = program::in_workspace(cargo);
    cargo.arg("--locked").args(
        packages()?
            .iter()
            .flat_map(|package| ["--package", package]),
    );
    program::run(&mut cargo)?;

    let folder = workspace::packs_folder();
    fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
    let mut packs = BTreeMap::new();
    for name in names()? {
        let from = built.join(format!("{}.wasm", package(&name).replace('-', "_")));
        let to = folder.join(format!("{name}.wasm"));
        let new = fs::read(&from).map_err(Failure::file(&from))?;
        if fs::read(&to).ok().as_ref() != Some(&new) {
            fs::write(&to, new).map_err(Failure::file(&to))?;
        }
        packs.insert(name, to);
    }
    remove_others(&packs)?;
    Ok(packs)
}

/// The names of the packages that are packs.
pub fn packages() -> Result<Vec<String>, Failure> {
    Ok(names()?.iter().map(|name| package(name)).collect())
}

/// The names of the folders in `checks/`, which are the names of the packs.
fn names() -> Result<Vec<String>, Failure> {
    let folder = workspace::folder().join("checks");
    let entries = fs::read_dir(&folder).map_err(Failure::file(&folder))?;
    let mut names: Vec<_> = entries
        .flatten()
        .filter(|entry| entry.path().join("Cargo.toml").is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    Ok(names)
}

fn package(name: &str) -> String {
    format!("{PACKAGE_PREFIX}{name}")
}

/// A pack that the project no longer has must not stay embedded.
fn remove_others(packs: &BTreeMap<String, PathBuf>) -> Result<(), Failure> {
    let folder = workspace::packs_folder();
    for entry in fs::read_dir(&folder)
        .map_err(Failure::file(&folder))?
        .flatten()
    {
        let path = entry.path();
        if !packs.values().any(|pack| *pack == path) {
            fs::remove_file(&path).map_err(Failure::file(&path))?;
        }
    }
    Ok(())
}
