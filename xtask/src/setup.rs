//! `cargo xtask setup`: finds what is missing, asks once, installs it.
//!
//! The other commands call the part that they need: [`packs`] and [`servers`].

use std::env;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::Command;

use checkrun_testkit::wasm::{self, Toolchain};
use clap::Args;

use crate::debian;
use crate::failure::Failure;
use crate::packs::ToolchainChoice;
use crate::program;

/// How long rustup may take for the target, 15 MB, before Debian's compiler is taken.
const RUSTUP_LIMIT_SECONDS: &str = "120";

/// The test runner's version that the project is known to work with.
const NEXTEST: &str = "cargo-nextest@0.9.143";
const NEXTEST_DESCRIPTION: &str = "the test runner cargo-nextest from crates.io (some minutes)";

/// Whether something may be installed.
#[derive(Args, Debug)]
pub struct Consent {
    /// Install what is missing without a question (also with CI=true in the environment)
    #[arg(long)]
    yes: bool,
}

/// A program that runs the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestRunner {
    /// Each test in a process of its own, with time limits.
    Nextest,
    /// `cargo test`, where nextest could not be had.
    Cargo,
}

/// All that any command needs, with one question for all of it.
pub fn everything(
    consent: &Consent,
    choice: ToolchainChoice,
) -> Result<(Toolchain, TestRunner), Failure> {
    let mut packages = missing_servers();
    let toolchain = compiler(choice)?;
    if toolchain.is_none() {
        packages.extend(debian::COMPILER);
    }
    let mut wanted = Vec::new();
    if !packages.is_empty() {
        wanted.push(debian::description(&packages));
    }
    if !has_nextest() {
        wanted.push(NEXTEST_DESCRIPTION.to_owned());
    }
    if !wanted.is_empty() {
        consent.ask(&wanted.join(" and "))?;
    }
    let agreed = Consent { yes: true };
    debian::install(&agreed, &packages)?;
    Ok((toolchain.unwrap_or(Toolchain::Debian), test_runner()))
}

/// The monitoring plugins that the benchmark compares with.
pub fn compared_plugins(consent: &Consent) -> Result<(), Failure> {
    let missing: Vec<_> = debian::COMPARED
        .into_iter()
        .filter(|(_, program)| program::find(program).is_none() && !Path::new(program).is_file())
        .map(|(package, _)| package)
        .collect();
    debian::install(consent, &missing)
}

/// The programs of the test servers, and those that break what they serve.
pub fn servers(consent: &Consent) -> Result<(), Failure> {
    debian::install(consent, &missing_servers())
}

/// A compiler for packs.
pub fn packs(consent: &Consent, choice: ToolchainChoice) -> Result<Toolchain, Failure> {
    if let Some(toolchain) = compiler(choice)? {
        return Ok(toolchain);
    }
    debian::install(consent, &debian::COMPILER)?;
    Ok(Toolchain::Debian)
}

/// The installed compiler of this choice; none when Debian's has to be installed. Asks rustup for
/// the target when that is all it takes.
fn compiler(choice: ToolchainChoice) -> Result<Option<Toolchain>, Failure> {
    let rustup =
        || (Toolchain::Rustup.is_installed() || rustup_adds_target()).then_some(Toolchain::Rustup);
    let debian = || {
        Toolchain::Debian
            .is_installed()
            .then_some(Toolchain::Debian)
    };
    Ok(match choice {
        ToolchainChoice::Auto if Toolchain::Rustup.is_installed() => Some(Toolchain::Rustup),
        // Once Debian's compiler had to be installed, rustup's server is not tried every time.
        ToolchainChoice::Auto => debian().or_else(rustup),
        ToolchainChoice::Rustup => Some(rustup().ok_or_else(no_target)?),
        ToolchainChoice::Debian => debian(),
    })
}

fn no_target() -> Failure {
    Failure::Missing(format!(
        "rustup could not install the target {}; try the same command with `--toolchain debian`",
        wasm::TARGET
    ))
}

/// The target goes into rustup's own folder, so nobody is asked.
fn rustup_adds_target() -> bool {
    eprintln!("xtask: rustup target add {}", wasm::TARGET);
    let mut rustup = Command::new("timeout");
    rustup.args([
        RUSTUP_LIMIT_SECONDS,
        "rustup",
        "target",
        "add",
        wasm::TARGET,
    ]);
    program::run(&mut rustup).is_ok() && Toolchain::Rustup.is_installed()
}

/// The Debian packages of the servers and of what breaks them whose programs are not there.
fn missing_servers() -> Vec<&'static str> {
    let installed =
        |name: &str| program::find(name).is_some() || Path::new("/usr/sbin").join(name).is_file();
    let mut packages = Vec::new();
    if !Path::new("/usr/lib/postgresql").is_dir() && !installed("initdb") {
        packages.push(debian::POSTGRESQL);
    }
    if !installed("mariadbd") && !installed("mysqld") {
        packages.push(debian::MARIADB);
    }
    if !installed("pgbouncer") {
        packages.push(debian::PGBOUNCER);
    }
    if !installed("sqlite3") {
        packages.push(debian::SQLITE);
    }
    if !installed("exim4") {
        packages.push(debian::MAIL);
    }
    if !installed("strace") {
        packages.push(debian::STRACE);
    }
    packages
}

fn has_nextest() -> bool {
    program::succeeds(program::cargo().args(["nextest", "--version"]))
}

/// nextest, installed if need be, or cargo's own runner.
fn test_runner() -> TestRunner {
    if has_nextest() {
        return TestRunner::Nextest;
    }
    match program::run(program::cargo().args(["install", "--locked", NEXTEST])) {
        Ok(()) => TestRunner::Nextest,
        Err(failure) => {
            eprintln!("xtask: {failure}; `cargo test` runs the tests instead, without time limits");
            TestRunner::Cargo
        }
    }
}

impl Consent {
    /// Asks on a terminal whether `what` may be installed; an error when it may not.
    pub fn ask(&self, what: &str) -> Result<(), Failure> {
        if self.yes || env::var_os("CI").is_some_and(|value| value == "true") {
            return Ok(());
        }
        let refused = |why: &str| {
            Failure::Missing(format!(
                "this needs {what}; {why}. Install it yourself, or let `cargo xtask setup --yes` do it"
            ))
        };
        if !io::stdin().is_terminal() {
            return Err(refused(
                "nobody is at the terminal to agree to its installation",
            ));
        }
        eprint!("xtask: install {what}? [y/N] ");
        let mut answer = String::new();
        let read = io::stderr()
            .flush()
            .and_then(|()| io::stdin().read_line(&mut answer));
        match (read, answer.trim()) {
            (Ok(_), "y" | "Y" | "yes") => Ok(()),
            _ => Err(refused("you did not agree to its installation")),
        }
    }
}
