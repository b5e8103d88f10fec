//! `cargo xtask demo`: from a clone to a running `checkrun demo`.

use std::process::ExitCode;

use crate::build::{self, Profile};
use crate::failure::Failure;
use crate::setup::Consent;

/// Builds packs and runner and runs the demo; its exit code becomes ours.
pub fn run(consent: &Consent, arguments: &[String]) -> Result<ExitCode, Failure> {
    let runner = build::runner(consent, Profile::Dev)?;
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
