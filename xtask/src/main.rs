//! The project's own commands, `cargo xtask …`; `docs/development.md` tells when to use which.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks"
)]

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod bench;
mod build;
mod chaos;
mod debian;
mod demo;
mod failure;
mod languages;
mod packs;
mod program;
mod servers;
mod setup;
mod steps;
mod test;
mod tidy;
mod totals;
mod workspace;

use build::Profile;
use failure::Failure;
use packs::ToolchainChoice;
use setup::Consent;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own commands")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the packs and the runner, then run `checkrun demo`
    Demo {
        #[command(flatten)]
        consent: Consent,
        /// Arguments for `checkrun demo`
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Build the release binary, packs embedded, and print where it is
    Build(Consent),
    /// Run everything: rules, formatting, lints, packs, unit, end-to-end and doc tests
    Test {
        #[command(flatten)]
        consent: Consent,
        /// Which compiler builds packs, the bundled ones and those of tests
        #[arg(long, value_enum, default_value_t)]
        toolchain: ToolchainChoice,
    },
    /// Keep the test servers running until Ctrl-C and print how tests find them
    Servers(Consent),
    /// Build the bundled packs to WebAssembly
    Packs {
        #[command(flatten)]
        consent: Consent,
        /// Which compiler builds them
        #[arg(long, value_enum, default_value_t)]
        toolchain: ToolchainChoice,
    },
    /// Build packs in JavaScript and Python with their own tools, and run them
    Languages(Consent),
    /// Install what the other commands need
    Setup(Consent),
    /// Hold the project's rules for its source files and documents
    Tidy,
    /// Kill the program again and again, and count what is lost and what is told twice
    Chaos {
        #[command(flatten)]
        consent: Consent,
        #[command(flatten)]
        extent: chaos::Extent,
    },
    /// Measure on the test servers
    Bench {
        #[command(flatten)]
        consent: Consent,
        /// What to measure
        #[arg(value_enum, default_value_t)]
        subject: bench::Subject,
        /// How the runner is compiled, for `schedule`
        #[arg(long, value_enum, default_value_t = Profile::Release)]
        profile: Profile,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Demo { consent, arguments } => demo::run(&consent, &arguments),
        Command::Build(consent) => build::run(&consent),
        Command::Test { consent, toolchain } => test::run(&consent, toolchain),
        Command::Servers(consent) => servers::run(&consent),
        Command::Packs { consent, toolchain } => packs::run(&consent, toolchain),
        Command::Languages(consent) => languages::run(&consent),
        Command::Setup(consent) => {
            setup::everything(&consent, ToolchainChoice::Auto).map(|_| ExitCode::SUCCESS)
        }
        Command::Tidy => tidy::run().map(|()| ExitCode::SUCCESS),
        Command::Chaos { consent, extent } => chaos::run(&consent, extent),
        Command::Bench {
            consent,
            subject,
            profile,
        } => bench::run(&consent, subject, profile),
    }
}
