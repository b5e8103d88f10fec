//! The runner with its packs embedded: `cargo xtask build` for the release, and what other commands
//! build first.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;

use crate::failure::Failure;
use crate::packs::{self, ToolchainChoice};
use crate::program;
use crate::setup::{self, Consent};
use crate::workspace::{self, BUNDLED_PACKS};

/// How the runner is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Profile {
    /// For the demo and the tests; shares its build products with them
    Dev,
    /// For use, and for measuring
    Release,
}

/// Builds the release binary and says where it is.
pub fn run(consent: &Consent) -> Result<ExitCode, Failure> {
    println!("{}", runner(consent, Profile::Release)?.display());
    Ok(ExitCode::SUCCESS)
}

/// Builds packs and runner; gives the runner's path.
pub fn runner(consent: &Consent, profile: Profile) -> Result<PathBuf, Failure> {
    packs::build(setup::packs(consent, ToolchainChoice::Auto)?)?;
    let mut build = program::cargo();
    build.args(["build", "--locked", "--package", "checkrun"]);
    let folder = match profile {
        Profile::Dev => "debug",
        Profile::Release => {
            build.arg("--release");
            "release"
        }
    };
    program::run(build.env(BUNDLED_PACKS, workspace::packs_folder()))?;
    Ok(workspace::target_folder().join(folder).join("checkrun"))
}
