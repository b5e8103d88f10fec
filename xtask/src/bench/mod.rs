//! `cargo xtask bench`: release build, test servers, measurements, one table.
//!
//! Everything is measured in one run on one machine, because machines are shared and noisy: only the
//! ratios of one run mean anything elsewhere. `library` measures inside a process, `cold` whole
//! commands against monitoring plugins, `many` ten thousand runs in one command, `schedule` a minute of
//! `checkrun schedule` at several loads.

mod cold;
mod library;
mod many;
mod schedule;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use checkrun_testkit::{ServerSet, Servers};
use clap::ValueEnum;

use crate::build::{self, Profile};
use crate::failure::Failure;
use crate::setup::{self, Consent};
use crate::workspace;

/// What every measurement works with.
#[derive(Debug)]
pub struct Bench<'a> {
    /// The release build of `checkrun`, packs embedded.
    pub runner: PathBuf,
    /// A folder for this run's files, with the compiled packs' cache.
    pub folder: PathBuf,
    /// The test servers, and the file that tells of them.
    pub servers: &'a Servers,
    /// For programs that look for the servers themselves.
    pub servers_file: PathBuf,
}

/// One line of the table.
#[derive(Debug)]
pub struct Row {
    /// What was measured, in words.
    pub name: String,
    /// The value with its unit.
    pub value: String,
    /// How it compares, where it is compared.
    pub ratio: String,
    /// The figure that it should keep to.
    pub goal: &'static str,
}

/// Measures one thing.
type Measurement = fn(&Bench<'_>) -> Result<Vec<Row>, Failure>;

/// All measurements in the order of the table.
const MEASUREMENTS: [Measurement; 3] = [library::measure, cold::measure, many::measure];

/// What to measure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// Everything
    #[default]
    All,
    /// `checkrun schedule` under load alone, which takes four minutes
    Schedule,
}

/// Builds, measures, prints a Markdown table with the machine above it.
pub fn run(consent: &Consent, what: What, profile: Profile) -> Result<ExitCode, Failure> {
    let folder = workspace::target_folder().join("bench");
    fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
    match what {
        What::All => everything(consent, profile, folder),
        What::Schedule => {
            let runner = build::runner(consent, profile)?;
            begin_table();
            show(schedule::measure(&runner, &folder)?);
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Starts the servers, too.
fn everything(consent: &Consent, profile: Profile, folder: PathBuf) -> Result<ExitCode, Failure> {
    setup::servers(consent)?;
    setup::compared_plugins(consent)?;
    let runner = build::runner(consent, profile)?;
    let set = ServerSet::start()?;
    let bench = Bench {
        runner,
        folder,
        servers: set.servers(),
        servers_file: set.file().to_owned(),
    };
    begin_table();
    for measure in MEASUREMENTS {
        show(measure(&bench)?);
    }
    show(schedule::measure(&bench.runner, &bench.folder)?);
    Ok(ExitCode::SUCCESS)
}

fn begin_table() {
    println!(
        "{}\n\n| measured | value | ratio | goal |\n|---|---|---|---|",
        machine()
    );
}

fn show(rows: Vec<Row>) {
    for Row {
        name,
        value,
        ratio,
        goal,
    } in rows
    {
        println!("| {name} | {value} | {ratio} | {goal} |");
    }
}

/// The middle one of some durations.
fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

fn ratio(a: Duration, b: Duration) -> String {
    format!("{:.2} ×", a.as_secs_f64() / b.as_secs_f64())
}

/// Processor, number of cores, memory and kernel, as far as the system tells.
fn machine() -> String {
    let line = |file: &str, key: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let value = text.lines().find_map(|line| line.strip_prefix(key));
        value.map_or("unknown".to_owned(), |value| {
            value.trim_matches([' ', '\t', ':']).to_owned()
        })
    };
    let cores = thread::available_parallelism().map_or(0, usize::from);
    let kernel = fs::read_to_string(Path::new("/proc/sys/kernel/osrelease")).unwrap_or_default();
    format!(
        "{}, {cores} cores, memory {}, Linux {}; load {} before",
        line("/proc/cpuinfo", "model name"),
        line("/proc/meminfo", "MemTotal:"),
        kernel.trim(),
        line("/proc/loadavg", "")
            .split(' ')
            .next()
            .unwrap_or_default(),
    )
}
