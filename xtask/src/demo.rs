//! `cargo xtask demo`: from a clone to a running `checkrun demo`.

use std::process::ExitCode;

use crate::failure::Failure;
use crate::packs;
use crate::program;
use crate::setup::{self, Consent};
use crate::workspace::{self, BUNDLED_PACKS};

/// Builds packs and runner and runs the demo; its exit code becomes ours.
pub fn run(consent: &Consent, arguments: &[String]) -> Result<ExitCode, Failure> {
    packs::build(setup::packs(consent, packs::ToolchainChoice::Auto)?)?;
    let mut build = program::cargo();
    build.args(["build", "--locked", "--package", "checkrun"]);
    program::run(build.env(BUNDLED_PACKS, workspace::packs_folder()))?;
    let runner = workspace::target_folder().join("debug/checkrun");
    let status = std::process::Command::new(&runner)
        .arg("demo")
        .args(arguments)
        .status()
        .map_err(Failure::program(&runner))?;
    let code = status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1);
    Ok(ExitCode::from(code))
}
