//! `cargo xtask chaos`: the tests in `tests/chaos` for as long as one likes, with their figures.

use std::process::{Command, ExitCode};

use clap::Args;

use crate::failure::Failure;
use crate::packs::{self, ToolchainChoice};
use crate::program;
use crate::setup::{self, Consent};
use crate::workspace::{self, BUNDLED_PACKS};

/// How much is tried.
#[derive(Args, Debug)]
pub struct Extent {
    /// How often the schedule is killed; `cargo xtask test` takes 300
    #[arg(long, value_name = "N")]
    cycles: Option<u64>,
    /// Which moments, values and points are taken; the same number tries the same
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Kill at every system call, instead of a sample, and at nothing else
    #[arg(long, conflicts_with = "cycles")]
    sweep: bool,
}

/// Builds what is needed, then runs them.
pub fn run(consent: &Consent, extent: Extent) -> Result<ExitCode, Failure> {
    packs::build(setup::packs(consent, ToolchainChoice::Auto)?)?;
    setup::servers(consent)?;
    program::run(&mut cargo(&["build", "--locked", "--package", "checkrun"]))?;
    let mut tests = cargo(&[
        "test",
        "--locked",
        "--package",
        "checkrun-tests",
        "--test",
        "chaos",
        "--",
        "--nocapture",
        "--test-threads=1",
    ]);
    tests.env("CHECKRUN_CHAOS_SEED", extent.seed.to_string());
    if let Some(cycles) = extent.cycles {
        tests.arg("kills::");
        tests.env("CHECKRUN_CHAOS_CYCLES", cycles.to_string());
    }
    if extent.sweep {
        tests.arg("sweep::").env("CHECKRUN_CHAOS_SWEEP", "all");
    }
    program::run(&mut tests).map(|()| ExitCode::SUCCESS)
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = program::cargo();
    command
        .args(arguments)
        .env(BUNDLED_PACKS, workspace::packs_folder());
    command
}
