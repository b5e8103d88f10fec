//! `cargo xtask test`: everything that has to hold, the cheapest first, until something fails.

use std::fs;
use std::process::{Command, ExitCode};

use checkrun_testkit::wasm::{self, TARGET, Toolchain};
use checkrun_testkit::{ServerSet, servers};

use crate::failure::Failure;
use crate::packs::{self, ToolchainChoice};
use crate::program;
use crate::setup::{self, Consent, TestRunner};
use crate::steps::{Ended, Steps};
use crate::tidy;
use crate::totals::Totals;
use crate::workspace::{self, BUNDLED_PACKS};

/// Where nextest leaves its results, in the workspace wherever the target folder is;
/// `.config/nextest.toml` names the file.
const JUNIT: &str = "target/nextest/default/junit.xml";

/// Runs all steps, then prints how long each took and, last, the number of tests.
pub fn run(consent: &Consent, choice: ToolchainChoice) -> Result<ExitCode, Failure> {
    let mut steps = Steps::default();
    let mut totals = Totals::default();
    // The servers belong to this call, so they have ended when it returns, whatever its result.
    let result = run_steps(consent, choice, &mut steps, &mut totals);
    println!("\n{}", steps.table());
    println!("{totals}");
    result.map(|()| ExitCode::SUCCESS)
}

fn run_steps(
    consent: &Consent,
    choice: ToolchainChoice,
    steps: &mut Steps,
    totals: &mut Totals,
) -> Result<(), Failure> {
    steps.run("tidy", || tidy::run().map(done))?;
    steps.run("format", || cargo(["fmt", "--all", "--check"]))?;

    let mut tools = None;
    steps.run("setup", || {
        tools = Some(setup::everything(consent, choice)?);
        Ok(Ended::Done)
    })?;
    let Some((toolchain, runner)) = tools else {
        return Ok(());
    };

    // The packs come before the lints: the runner embeds them and would be built twice otherwise.
    steps.run("packs", || packs::build(toolchain).map(done))?;
    steps.run("lints", || {
        cargo([
            "clippy",
            "--locked",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ])
    })?;
    // Neither runner of tests builds the binary that the end-to-end tests run.
    steps.run("binary", || {
        cargo(["build", "--locked", "--package", "checkrun"])
    })?;
    steps.run("pack lints", || lint_packs(toolchain))?;
    steps.run("deny", deny)?;

    let mut set = None;
    steps.run("servers", || {
        set = Some(ServerSet::start()?);
        Ok(Ended::Done)
    })?;
    let Some(set) = set else { return Ok(()) };

    steps.run("tests", || tests(runner, toolchain, &set, totals))?;
    steps.run("doc tests", || {
        let command = with_packs(["test", "--locked", "--workspace", "--doc"]);
        totals
            .add_cargo_test(&mut for_tests(command, toolchain, &set))
            .map(done)
    })
}

/// All test binaries, against the servers.
fn tests(
    runner: TestRunner,
    toolchain: Toolchain,
    set: &ServerSet,
    totals: &mut Totals,
) -> Result<Ended, Failure> {
    if runner == TestRunner::Cargo {
        let command = with_packs(["test", "--locked", "--workspace", "--all-targets"]);
        return totals
            .add_cargo_test(&mut for_tests(command, toolchain, set))
            .map(done);
    }
    let junit = workspace::folder().join(JUNIT);
    if junit.exists() {
        fs::remove_file(&junit).map_err(Failure::file(&junit))?;
    }
    let command = with_packs([
        "nextest",
        "run",
        "--locked",
        "--workspace",
        "--no-fail-fast",
    ]);
    let result = program::run(&mut for_tests(command, toolchain, set));
    totals.add_junit(&junit);
    result.map(done)
}

/// The code that only exists in WebAssembly, which the lints of this machine do not see.
fn lint_packs(toolchain: Toolchain) -> Result<Ended, Failure> {
    if toolchain == Toolchain::Debian {
        println!("skipped: there is no clippy for {TARGET} without rustup's target");
        return Ok(Ended::Skipped);
    }
    let mut command = program::cargo();
    command.args([
        "clippy",
        "--locked",
        "--profile",
        packs::PROFILE,
        "--target",
        TARGET,
    ]);
    command.args(
        packs::packages()?
            .iter()
            .flat_map(|package| ["--package", package]),
    );
    program::run(command.args(["--", "-D", "warnings"])).map(done)
}

/// Licences, security advisories and sources of the dependencies, as `deny.toml` wants them.
fn deny() -> Result<Ended, Failure> {
    if program::succeeds(program::cargo().args(["deny", "--version"])) {
        return cargo(["deny", "--locked", "check", "licenses", "bans", "sources"]);
    }
    println!("skipped: cargo-deny is not installed; `cargo install --locked cargo-deny` gets it");
    Ok(Ended::Skipped)
}

fn cargo<const N: usize>(arguments: [&str; N]) -> Result<Ended, Failure> {
    program::run(&mut with_packs(arguments)).map(done)
}

/// Cargo, told of the packs each time: otherwise the runner would be built anew at every change.
fn with_packs<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = program::cargo();
    command
        .args(arguments)
        .env(BUNDLED_PACKS, workspace::packs_folder());
    command
}

/// A command that runs tests, told of their servers and of their compiler for packs.
fn for_tests(mut command: Command, toolchain: Toolchain, set: &ServerSet) -> Command {
    command
        .env(servers::VARIABLE, set.file())
        .env(wasm::VARIABLE, toolchain.name());
    command
}

fn done<T>(_: T) -> Ended {
    Ended::Done
}
