//! One cold `checkrun run` of one health check on PostgreSQL, connection and history write included,
//! against the monitoring plugins that do the same. The three take turns.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use checkrun_testkit::account::{DATABASE, MONITOR};

use super::{Bench, Row, median, milliseconds, ratio};
use crate::failure::Failure;
use crate::program;

const ROUNDS: usize = 31;

/// Where Debian's `monitoring-plugins-standard` has it.
const CHECK_PGSQL: &str = "/usr/lib/nagios/plugins/check_pgsql";

/// Measures whole commands, from start to exit.
pub fn measure(bench: &Bench<'_>) -> Result<Vec<Row>, Failure> {
    let config = bench.folder.join("cold.toml");
    let history = bench.folder.join("cold.db");
    remove_database(&history)?;
    let endpoint = &bench.servers.postgres;
    let text = format!(
        "[history]\npath = \"cold.db\"\n\n[[target]]\nname = \"shop\"\nurl = \"{}\"\n\
         password = {{ env = \"PGPASSWORD\" }}\n\n[[check]]\nuse = \"core/health\"\ntargets = [\"shop\"]\n",
        endpoint.url_without_password(MONITOR),
    );
    fs::write(&config, text).map_err(Failure::file(&config))?;
    let port = endpoint.port.to_string();

    let mut ours = Command::new(&bench.runner);
    ours.args(["run", "--config"]).arg(&config);
    ours.env("CHECKRUN_CACHE", bench.folder.join("cache"));
    let mut plugin = Command::new(CHECK_PGSQL);
    plugin.args([
        "-H",
        &endpoint.host,
        "-P",
        &port,
        "-d",
        DATABASE,
        "-l",
        MONITOR.name,
    ]);
    plugin.args(["-p", MONITOR.password]);
    let mut perl = Command::new("check_postgres");
    perl.args(["--action=connection", "-H", &endpoint.host, "-p", &port]);
    perl.arg(format!("--dbname={DATABASE}"))
        .args(["-u", MONITOR.name]);

    let mut commands = [ours, plugin, perl];
    let mut times = [const { Vec::new() }; 3];
    // The first round fills caches and is not counted.
    for round in 0..=ROUNDS {
        for (command, times) in commands.iter_mut().zip(&mut times) {
            let took = run(command.env("PGPASSWORD", MONITOR.password))?;
            if round > 0 {
                times.push(took);
            }
        }
    }
    let [ours, plugin, perl] = times.map(|mut times| median(&mut times));
    let memory = peak_memory_kib(commands[0].env("PGPASSWORD", MONITOR.password))?;
    Ok(vec![
        row(
            "cold `checkrun run` of one health check on PostgreSQL, median",
            ours,
            String::new(),
            "",
        ),
        row(
            "`check_pgsql`",
            plugin,
            format!("ours is {}", ratio(ours, plugin)),
            "≤ 1.5 ×",
        ),
        row(
            "`check_postgres --action=connection`",
            perl,
            format!("ours is {}", ratio(ours, perl)),
            "≤ 0.15 ×",
        ),
        Row {
            name: "resident memory of that `checkrun run`, peak".into(),
            value: format!("{:.1} MiB", memory as f64 / 1024.0),
            ratio: String::new(),
            goal: "≤ 64 MiB",
        },
    ])
}

fn row(name: &str, time: Duration, ratio: String, goal: &'static str) -> Row {
    Row {
        name: name.into(),
        value: milliseconds(time),
        ratio,
        goal,
    }
}

fn run(command: &mut Command) -> Result<Duration, Failure> {
    let start = Instant::now();
    program::output(command)?;
    Ok(start.elapsed())
}

/// The kernel's own high-water mark, read until the process is gone.
fn peak_memory_kib(command: &mut Command) -> Result<u64, Failure> {
    let mut child = command
        .stdout(Stdio::null())
        .spawn()
        .map_err(Failure::program(command.get_program()))?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while let Some(now) = fs::read_to_string(&status)
        .ok()
        .and_then(|text| high_water_kib(&text))
    {
        peak = now;
    }
    child
        .wait()
        .map_err(Failure::program(command.get_program()))?;
    Ok(peak)
}

fn high_water_kib(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim_end().parse().ok()
}

/// A history of an earlier benchmark would be measured along.
pub fn remove_database(path: &std::path::Path) -> Result<(), Failure> {
    for suffix in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(suffix);
        match fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Failure::file(&file)(error));
            }
            _ => {}
        }
    }
    Ok(())
}
