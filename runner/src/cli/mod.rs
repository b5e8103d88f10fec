//! The commands. The only code that prints or picks exit codes.
//!
//! [`main`] reads the command line and hands over to the command's file; `args` is the command line,
//! `exit` the codes, `output` where text goes, `setup` what several commands need first.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use self::args::{Arguments, Command};
use self::exit::Exit;
use crate::clock::Clock;
use crate::execute::sandbox::compile_pack_main;

mod alerts;
mod args;
mod config;
mod deliver;
mod demo;
mod diagnose;
mod doctor;
mod exit;
mod history;
mod inspect;
mod keeping;
mod muting;
mod output;
mod performance;
mod preflight;
mod progress;
mod run;
mod schedule;
mod setup;
mod status;
mod survey;
mod telling;
mod trial;

/// The whole program.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error).into(),
    };
    let exit = match arguments.command {
        Command::CompilePack => compile_pack(),
        command => match tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
        {
            Ok(runtime) => {
                let command = AssertUnwindSafe(|| runtime.block_on(dispatch(command)));
                // The panic has said what it was; the exit code says whose.
                let exit = catch_unwind(command).unwrap_or(Exit::Defect);
                // A name look-up may still hang in one of the runtime's threads; it is not waited for.
                runtime.shutdown_background();
                exit
            }
            Err(error) => {
                output::note(&format!(
                    "error: the system refuses to start threads: {error}"
                ));
                Exit::Defect
            }
        },
    };
    match exit {
        Exit::Status(_) if output::is_lost() => Exit::Output.into(),
        exit => exit.into(),
    }
}

async fn dispatch(command: Command) -> Exit {
    let environment = setup::environment();
    let clock = Clock::System;
    let ended = match command {
        Command::Demo(arguments) => demo::run(arguments, &environment, clock).await,
        Command::Run(arguments) => run::run(arguments, &environment, clock).await,
        Command::Schedule(arguments) => schedule::run(arguments, &environment, clock).await,
        Command::Preflight(arguments) => preflight::run(arguments, &environment, clock).await,
        Command::Performance(arguments) => performance::run(arguments, &environment, clock).await,
        Command::Status(arguments) => status::run(arguments, &environment, clock).await,
        Command::Diagnose(arguments) => diagnose::run(arguments, &environment, clock).await,
        Command::Doctor(arguments) => doctor::run(arguments, &environment, clock).await,
        Command::History(command) => history::run(command, &environment, clock),
        Command::Alerts(command) => alerts::run(command, &environment, clock).await,
        Command::Config(command) => config::run(command, &environment).await,
        Command::Inspect(arguments) => inspect::run(arguments, &environment).await,
        Command::CompilePack => Ok(compile_pack()),
    };
    ended.unwrap_or_else(|exit| exit)
}

fn usage(error: &clap::Error) -> Exit {
    // There is nowhere left to say that printing failed.
    let _ = error.print();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::OK,
        _ => Exit::Usage,
    }
}

fn compile_pack() -> Exit {
    match compile_pack_main(io::stdin().lock(), io::stdout().lock()) {
        Ok(()) => Exit::OK,
        Err(error) => {
            output::note(&error.to_string());
            Exit::Configuration
        }
    }
}
