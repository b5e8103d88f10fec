//! `checkrun schedule` under load: SQLite targets with ten jobs each, every ten seconds; history, incidents
//! and mail on.
//!
//! How late runs begin is read from the history, what they cost from `/proc`.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::Row;
use super::cold::remove_database;
use crate::failure::Failure;
use crate::program;

/// Runs a second; each target has [`CHECKS`] jobs that run every [`INTERVAL`].
const RATES: [usize; 3] = [100, 300, 1000];
const CHECKS: usize = 10;
const INTERVAL: Duration = Duration::from_secs(10);

/// One database in so many has more orders than there may be, which opens an incident.
const WRONG_OF: usize = 20;

/// Until everything has run once, what is wrong has been confirmed and told, and a little more.
const WARM_UP: Duration = Duration::from_secs(60);
const MEASURED: Duration = Duration::from_secs(60);

/// Clock ticks a second in `/proc`, on every Linux of today.
const TICKS: f64 = 100.0;

/// Measures every rate.
pub fn measure(runner: &Path, folder: &Path) -> Result<Vec<Row>, Failure> {
    let mut rows = Vec::new();
    for rate in RATES {
        let seen = Seen::of(
            runner,
            &configure(folder, rate)?,
            &folder.join("schedule/cache"),
        )?;
        rows.extend(seen.rows(rate));
    }
    Ok(rows)
}

/// Makes the databases and a configuration with this many runs a second.
fn configure(folder: &Path, rate: usize) -> Result<PathBuf, Failure> {
    let folder = folder.join("schedule");
    fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
    remove_database(&folder.join("history.db"))?;
    let first = folder.join("0.db");
    remove_database(&first)?;
    let rows = "CREATE TABLE orders(id INTEGER PRIMARY KEY, article TEXT);
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
                INSERT INTO orders SELECT i, 'article ' || i FROM n;";
    program::run(Command::new("sqlite3").arg(&first).arg(rows))?;
    let mut text = String::from(
        "[history]\npath = \"history.db\"\n\n\
         [email]\nsmtp = \"file:outbox\"\nfrom = \"checkrun@localhost\"\n\n\
         [[route]]\nto = [\"ops@localhost\"]\n",
    );
    for target in 0..rate * INTERVAL.as_secs() as usize / CHECKS {
        let database = folder.join(format!("{target}.db"));
        if target > 0 {
            fs::copy(&first, &database).map_err(Failure::file(&database))?;
        }
        if target % WRONG_OF == 1 {
            let more = "INSERT INTO orders(article) SELECT article FROM orders;";
            program::run(Command::new("sqlite3").arg(&database).arg(more))?;
        }
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "\n[[target]]\nname = \"t{target}\"\nurl = \"sqlite:./{target}.db\"\n"
        );
    }
    for check in 0..CHECKS {
        let _ = write!(
            text,
            "\n[[check]]\nname = \"c{check}\"\nuse = \"core/query\"\ntargets = [\"*\"]\nevery = \"{}s\"\n\
             parameters = {{ sql = \"SELECT count(*) AS orders FROM orders\" }}\n",
            INTERVAL.as_secs()
        );
        if check == 0 {
            text.push_str("thresholds.orders = { critical = \"> 150\" }\n");
        }
    }
    let config = folder.join("checkrun.toml");
    fs::write(&config, text).map_err(Failure::file(&config))?;
    Ok(config)
}

/// What was seen of one schedule within the measured time.
struct Seen {
    runs: usize,
    skipped: u64,
    /// Open incidents, and messages about them.
    told: String,
    /// Seconds, least first.
    late: Vec<f64>,
    /// Of one core.
    cpu: f64,
    memory_kib: u64,
    peak_kib: u64,
}

impl Seen {
    fn of(runner: &Path, config: &Path, cache: &Path) -> Result<Self, Failure> {
        let mut command = Command::new(runner);
        command.args(["schedule", "--config"]).arg(config);
        command.env("CHECKRUN_CACHE", cache).stdout(Stdio::null());
        let child = command
            .spawn()
            .map_err(Failure::program(command.get_program()))?;
        let mut running = Running(child);
        thread::sleep(WARM_UP);
        let history = config.with_file_name("history.db");
        let (begun, cpu, from) = (Instant::now(), running.cpu()?, database_time(&history)?);
        thread::sleep(MEASURED);
        let cpu = (running.cpu()? - cpu) / begun.elapsed().as_secs_f64();
        let (memory_kib, peak_kib) = (running.kib("VmRSS:")?, running.kib("VmHWM:")?);
        running.stop()?;
        let until = from + MEASURED.as_secs_f64();
        let answer = program::output(Command::new("sqlite3").arg(&history).arg(format!(
            "SELECT late_seconds, overlapped + missed FROM v_slot \
             WHERE due >= {from} AND due < {until}"
        )))?;
        let told = program::output(Command::new("sqlite3").arg(&history).arg(
            "SELECT (SELECT count(*) FROM v_incident WHERE closed IS NULL) || ' open, '
                 || (SELECT count(*) FROM v_notification WHERE state = 'sent') || ' mails'",
        ))?;
        let mut seen = Self {
            runs: 0,
            skipped: 0,
            told: told.trim().to_owned(),
            late: Vec::new(),
            cpu,
            memory_kib,
            peak_kib,
        };
        for line in answer.lines() {
            let (late, skipped) = line.split_once('|').unwrap_or((line, "0"));
            seen.runs += 1;
            seen.skipped += skipped.parse().unwrap_or(0);
            seen.late.push(late.parse().unwrap_or(f64::INFINITY));
        }
        seen.late.sort_by(f64::total_cmp);
        Ok(seen)
    }

    fn rows(&self, rate: usize) -> [Row; 5] {
        let late = |percent: usize| {
            let index = self.late.len().saturating_sub(1) * percent / 100;
            self.late.get(index).copied().unwrap_or(f64::INFINITY) * 1e3
        };
        let row = |what: &str, value: String, goal| Row {
            name: format!("schedule, {rate} runs/s: {what}"),
            value,
            ratio: String::new(),
            goal,
        };
        let per_second = self.runs as f64 / MEASURED.as_secs_f64();
        [
            row(
                "runs recorded, times skipped",
                format!("{per_second:.0} runs/s, {} skipped", self.skipped),
                "",
            ),
            row("incidents, and mails about them", self.told.clone(), ""),
            row(
                "how late runs begin, p50, p99 and worst",
                format!("{:.0}, {:.0}, {:.0} ms", late(50), late(99), late(100)),
                "p99 ≤ 250 ms",
            ),
            row(
                "processor time, of one core",
                format!("{:.0} %", self.cpu * 100.0),
                "",
            ),
            row(
                "resident memory, at the end and peak",
                format!(
                    "{:.0}, {:.0} MiB",
                    self.memory_kib as f64 / 1024.0,
                    self.peak_kib as f64 / 1024.0
                ),
                "≤ 256 MiB",
            ),
        ]
    }
}

/// The wall clock as the history's own program sees it, seconds since 1970.
fn database_time(history: &Path) -> Result<f64, Failure> {
    let answer = program::output(
        Command::new("sqlite3")
            .arg(history)
            .arg("SELECT (julianday('now') - 2440587.5) * 86400.0"),
    )?;
    answer
        .trim()
        .parse()
        .map_err(|_| Failure::Missing(format!("no time from sqlite3 but `{answer}`")))
}

/// A schedule that is ended with its measurement, however that ends.
struct Running(Child);

impl Running {
    /// Seconds of processor time so far.
    fn cpu(&self) -> Result<f64, Failure> {
        let stat = self.proc("stat")?;
        // The name in brackets may have anything in it; what follows has no brackets.
        let fields: Vec<&str> = stat
            .rsplit_once(')')
            .map_or("", |(_, rest)| rest)
            .split_whitespace()
            .collect();
        let ticks = |place: usize| fields.get(place).and_then(|text| text.parse::<f64>().ok());
        match (ticks(11), ticks(12)) {
            (Some(user), Some(system)) => Ok((user + system) / TICKS),
            _ => Err(Failure::Missing(format!("no processor time in `{stat}`"))),
        }
    }

    fn kib(&self, key: &str) -> Result<u64, Failure> {
        let status = self.proc("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix(key));
        line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok())
            .ok_or_else(|| Failure::Missing(format!("no {key} of the schedule: has it ended?")))
    }

    fn proc(&self, file: &str) -> Result<String, Failure> {
        let path = format!("/proc/{}/{file}", self.0.id());
        fs::read_to_string(&path).map_err(Failure::file(&path))
    }

    fn stop(&mut self) -> Result<(), Failure> {
        let id = self.0.id().to_string();
        program::run(Command::new("sh").args(["-c", "kill -s TERM \"$1\"", "kill", &id]))?;
        self.0
            .wait()
            .map(drop)
            .map_err(Failure::program("checkrun schedule"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
