//! `cargo xtask bench`: the runner's own speed, with `fleet` only that of commands over many databases,
//! or with `costs` what each check costs the database.
//!
//! For the speed: release build, test servers, measurements, one table. Everything is measured in one
//! run on one machine, because machines are shared and noisy: only the ratios of one run mean anything
//! elsewhere. `library` measures inside a process, `cold` whole commands against monitoring plugins,
//! `many` ten thousand runs in one command, `fleet` commands over many databases.
//! `schedule` is a minute of `checkrun schedule` at several loads.

mod cold;
mod costs;
mod fleet;
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

/// What is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Subject {
    /// The runner in release mode, against plain drivers and monitoring plugins
    #[default]
    Speed,
    /// Of that, `preflight` and `status` over 75 databases, five of which hang
    Fleet,
    /// `checkrun schedule` under load; takes four minutes
    Schedule,
    /// Each bundled check, on each engine; writes docs/operations/costs.md
    Costs,
}

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
const MEASUREMENTS: [Measurement; 4] = [
    library::measure,
    cold::measure,
    many::measure,
    fleet::measure,
];

/// Measures one of them. Only `schedule` is of use in another profile than the release.
pub fn run(consent: &Consent, subject: Subject, profile: Profile) -> Result<ExitCode, Failure> {
    match subject {
        Subject::Speed => {
            setup::compared_plugins(consent)?;
            measure(consent, &MEASUREMENTS)
        }
        Subject::Fleet => measure(consent, &[fleet::measure]),
        Subject::Schedule => {
            let runner = build::runner(consent, profile)?;
            let folder = folder()?;
            begin_table();
            show(schedule::measure(&runner, &folder)?);
            Ok(ExitCode::SUCCESS)
        }
        Subject::Costs => costs::run(consent),
    }
}

/// Builds, starts the servers, measures, prints a Markdown table with the machine above it.
fn measure(consent: &Consent, measurements: &[Measurement]) -> Result<ExitCode, Failure> {
    setup::servers(consent)?;
    let runner = build::runner(consent, Profile::Release)?;
    let set = ServerSet::start()?;
    let bench = Bench {
        runner,
        folder: folder()?,
        servers: set.servers(),
        servers_file: set.file().to_owned(),
    };
    begin_table();
    for measure in measurements {
        show(measure(&bench)?);
    }
    Ok(ExitCode::SUCCESS)
}

/// Where measurements keep their files.
fn folder() -> Result<PathBuf, Failure> {
    let folder = workspace::target_folder().join("bench");
    fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
    Ok(folder)
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
        // The version, without what its builder called it.
        kernel.trim().split('-').next().unwrap_or_default(),
        line("/proc/loadavg", "")
            .split(' ')
            .next()
            .unwrap_or_default(),
    )
}
