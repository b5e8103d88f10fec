//! `cargo xtask bench`: release build, test servers, measurements, one table.
//!
//! A measurement is a function in [`MEASUREMENTS`]; it gets the built runner and the servers.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::Instant;

use checkrun_testkit::{ServerSet, Servers};

use crate::failure::Failure;
use crate::packs::{self, ToolchainChoice};
use crate::program;
use crate::setup::{self, Consent};
use crate::workspace::{self, BUNDLED_PACKS};

/// What every measurement works with.
#[derive(Debug)]
pub struct Bench<'a> {
    /// The release build of `checkrun`, packs embedded.
    pub runner: PathBuf,
    /// The test servers.
    pub servers: &'a Servers,
}

/// One line of the table.
#[derive(Debug)]
pub struct Row {
    /// What was measured, in words.
    pub name: String,
    /// The value with its unit.
    pub value: String,
    /// The figure that it should keep to, with its unit.
    pub goal: &'static str,
}

/// Measures one thing.
pub type Measurement = fn(&Bench<'_>) -> Result<Vec<Row>, Failure>;

/// All measurements in the order of the table.
const MEASUREMENTS: [Measurement; 2] = [binary_size, tcp_connection];

/// How many connections the median is taken of.
const CONNECTIONS: usize = 201;

/// Builds, starts the servers, measures, prints a Markdown table with the machine above it.
pub fn run(consent: &Consent) -> Result<ExitCode, Failure> {
    if MEASUREMENTS.is_empty() {
        return Err(Failure::Missing(
            "nothing is measured yet: add to MEASUREMENTS".to_owned(),
        ));
    }
    setup::servers(consent)?;
    packs::build(setup::packs(consent, ToolchainChoice::Auto)?)?;
    let mut build = program::cargo();
    build.args(["build", "--locked", "--release", "--package", "checkrun"]);
    program::run(build.env(BUNDLED_PACKS, workspace::packs_folder()))?;
    let set = ServerSet::start()?;
    let bench = Bench {
        runner: workspace::target_folder().join("release/checkrun"),
        servers: set.servers(),
    };
    println!(
        "{}\n\n| measured | value | goal |\n|---|---|---|",
        machine()
    );
    for measure in MEASUREMENTS {
        for Row { name, value, goal } in measure(&bench)? {
            println!("| {name} | {value} | {goal} |");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// How much there is to install.
fn binary_size(bench: &Bench<'_>) -> Result<Vec<Row>, Failure> {
    let bytes = fs::metadata(&bench.runner)
        .map_err(Failure::file(&bench.runner))?
        .len();
    let value = format!("{:.1} MiB", bytes as f64 / 1024.0 / 1024.0);
    Ok(vec![Row {
        name: "size of the release binary".to_owned(),
        value,
        goal: "none",
    }])
}

/// What the network stack takes of every connection to a test server.
fn tcp_connection(bench: &Bench<'_>) -> Result<Vec<Row>, Failure> {
    let Servers {
        postgres, mariadb, ..
    } = bench.servers;
    let mut rows = Vec::new();
    for endpoint in [postgres, mariadb] {
        let name = format!(
            "TCP connection to {} on loopback, median",
            endpoint.engine.name()
        );
        let mut times = Vec::with_capacity(CONNECTIONS);
        for _ in 0..CONNECTIONS {
            let started = Instant::now();
            TcpStream::connect((endpoint.host.as_str(), endpoint.port)).map_err(|source| {
                Failure::Program {
                    program: name.clone(),
                    source,
                }
            })?;
            times.push(started.elapsed());
        }
        times.sort();
        let value = format!("{} µs", times[CONNECTIONS / 2].as_micros());
        rows.push(Row {
            name,
            value,
            goal: "none",
        });
    }
    Ok(rows)
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
        "{}, {cores} cores, memory {}, Linux {}",
        line("/proc/cpuinfo", "model name"),
        line("/proc/meminfo", "MemTotal:"),
        kernel.trim()
    )
}
