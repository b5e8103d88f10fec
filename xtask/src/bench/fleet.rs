//! `preflight` and `status` over a fleet of 75 databases, five of which hang.
//!
//! Whatever the number of databases, such a command should take hardly longer than the one target that
//! takes longest: a row says by how much it does.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use checkrun_testkit::account::{BOSS, DATABASE, MONITOR};
use checkrun_testkit::listener::BlackHole;
use checkrun_testkit::{Endpoint, Engine, Servers};

use super::cold::remove_database;
use super::{Bench, Row, median};
use crate::failure::Failure;
use crate::program;

const SQLITE: usize = 50;
/// On each of the two servers.
const ON_SERVER: usize = 10;
const DEAD: usize = 5;

/// Of a dead target: two attempts, and the pause that the runner makes between them.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const CONNECT_ATTEMPTS: u32 = 2;
const PAUSE: Duration = Duration::from_millis(500);

const ROUNDS: usize = 5;

/// The commands, with the exit code that five dead databases give them.
const COMMANDS: [(&str, i32); 2] = [("preflight", 1), ("status", 2)];

/// Each command some times over the same fleet.
pub fn measure(bench: &Bench<'_>) -> Result<Vec<Row>, Failure> {
    let hole = BlackHole::open()
        .map_err(|error| Failure::Missing(format!("no address where nothing answers: {error}")))?;
    let databases = Databases::create(bench.servers)?;
    let config = configure(bench, &hole)?;
    let longest = CONNECT_TIMEOUT * CONNECT_ATTEMPTS + PAUSE;
    let mut rows = Vec::new();
    for (name, code) in COMMANDS {
        let mut times = Vec::new();
        for round in 0..=ROUNDS {
            let took = run(&mut command(bench, name, &config), code)?;
            // The first one compiles the packs.
            if round > 0 {
                times.push(took);
            }
        }
        rows.extend(rows_of(name, median(&mut times), longest));
    }
    databases.remove()?;
    Ok(rows)
}

fn rows_of(command: &str, wall: Duration, longest: Duration) -> [Row; 2] {
    let total = SQLITE + 2 * ON_SERVER + DEAD;
    let seconds = |time: f64| format!("{time:.2} s");
    [
        Row {
            name: format!(
                "`checkrun {command}` over {total} databases, {DEAD} of them hanging for {} s",
                longest.as_secs_f64()
            ),
            value: seconds(wall.as_secs_f64()),
            ratio: String::new(),
            goal: "",
        },
        Row {
            name: "its wall time − longest possible time of one target".into(),
            value: seconds(wall.as_secs_f64() - longest.as_secs_f64()),
            ratio: String::new(),
            goal: "≤ 1 s",
        },
    ]
}

fn command(bench: &Bench<'_>, name: &str, config: &Path) -> Command {
    let mut command = Command::new(&bench.runner);
    command
        .args([name, "--format", "json", "--config"])
        .arg(config);
    command
        .env("CHECKRUN_CACHE", bench.folder.join("cache"))
        .env("FLEET_PASSWORD", MONITOR.password)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

fn run(command: &mut Command, code: i32) -> Result<Duration, Failure> {
    let start = Instant::now();
    let status = command
        .status()
        .map_err(Failure::program(command.get_program()))?;
    if status.code() == Some(code) {
        return Ok(start.elapsed());
    }
    Err(Failure::Exit {
        line: program::line(command),
        status,
    })
}

/// Makes the SQLite files and the configuration.
fn configure(bench: &Bench<'_>, hole: &BlackHole) -> Result<PathBuf, Failure> {
    let folder = bench.folder.join("fleet");
    fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
    let first = folder.join("0.db");
    remove_database(&first)?;
    program::run(Command::new("sqlite3").arg(&first).arg("CREATE TABLE t(n)"))?;
    let mut text = String::new();
    for n in 0..SQLITE {
        let database = folder.join(format!("{n}.db"));
        if n > 0 {
            fs::copy(&first, &database).map_err(Failure::file(&database))?;
        }
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "[[target]]\nname = \"sqlite-{n}\"\nurl = \"sqlite:./{n}.db\"\n\n"
        );
    }
    let password = "password = { env = \"FLEET_PASSWORD\" }\n";
    for endpoint in [&bench.servers.postgres, &bench.servers.mariadb] {
        let engine = endpoint.engine.name();
        for n in 0..ON_SERVER {
            let url = endpoint.url_without_password(MONITOR);
            let url = url.trim_end_matches(DATABASE);
            let database = database(n);
            let _ = write!(
                text,
                "[[target]]\nname = \"{engine}-{n}\"\nurl = \"{url}{database}\"\n{password}\n"
            );
        }
    }
    let address = hole
        .address()
        .map_err(|error| Failure::Missing(format!("no address of the listener: {error}")))?;
    let timeout = CONNECT_TIMEOUT.as_secs();
    for n in 0..DEAD {
        let _ = write!(
            text,
            "[[target]]\nname = \"dead-{n}\"\nurl = \"postgres://monitor@{address}/{DATABASE}\"\n{password}\
             connect_timeout = \"{timeout}s\"\nconnect_attempts = {CONNECT_ATTEMPTS}\n\n"
        );
    }
    let config = folder.join("checkrun.toml");
    fs::write(&config, text).map_err(Failure::file(&config))?;
    Ok(config)
}

/// The databases of the fleet on both servers.
struct Databases<'a>(&'a Servers);

impl<'a> Databases<'a> {
    fn create(servers: &'a Servers) -> Result<Self, Failure> {
        for n in 0..ON_SERVER {
            let name = database(n);
            let create = format!("CREATE DATABASE {name}");
            ask(&servers.postgres, &create)?;
            let grant = format!("GRANT SELECT ON {name}.* TO {}@'%'", MONITOR.name);
            ask(&servers.mariadb, &format!("{create}; {grant}"))?;
        }
        Ok(Self(servers))
    }

    fn remove(self) -> Result<(), Failure> {
        for n in 0..ON_SERVER {
            for endpoint in [&self.0.postgres, &self.0.mariadb] {
                ask(endpoint, &format!("DROP DATABASE {}", database(n)))?;
            }
        }
        Ok(())
    }
}

fn database(n: usize) -> String {
    format!("fleet_{n}")
}

/// Sends statements with the server's own client.
fn ask(endpoint: &Endpoint, sql: &str) -> Result<(), Failure> {
    let port = endpoint.port.to_string();
    let mut client = match endpoint.engine {
        Engine::Postgres => {
            let mut psql = Command::new("psql");
            psql.env("PGPASSWORD", BOSS.password);
            psql.args(["--no-psqlrc", "--quiet", "--dbname", DATABASE]);
            psql.args(["--username", BOSS.name, "--command", sql]);
            psql
        }
        Engine::Mariadb => {
            let mut mariadb = Command::new("mariadb");
            mariadb.env("MYSQL_PWD", BOSS.password);
            // Files of the machine may name another server.
            mariadb.args(["--no-defaults", "--protocol=tcp"]);
            mariadb.args(["--user", BOSS.name, "--execute", sql]);
            mariadb
        }
    };
    program::run(client.args(["--host", &endpoint.host, "--port", &port]))
}
