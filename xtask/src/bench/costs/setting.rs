//! The databases, and a configuration with each check of the pack on each of them.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use checkrun_testkit::account::MONITOR;
use checkrun_testkit::{Endpoint, Servers};
use serde_json::Value;

use crate::bench::cold::remove_database;
use crate::failure::Failure;
use crate::program;
use crate::workspace;

/// The targets, by the names that the table shows.
pub const TARGETS: [&str; 3] = ["PostgreSQL", "MariaDB", "SQLite"];

/// What checks must be given, as the configuration writes it. A check without required parameters needs
/// no line here.
const REQUIRED_PARAMETERS: [(&str, &str); 1] =
    [("query", "sql = \"SELECT count(*) AS orders FROM orders\"")];

/// Where the account's password is found.
const PASSWORD_VARIABLE: &str = "COSTS_PASSWORD";

/// The ids of the checks in the pack `core`, in its order.
pub fn bundled_checks(runner: &Path) -> Result<Vec<String>, Failure> {
    let mut inspect = Command::new(runner);
    let text = program::output(inspect.args(["inspect", "core", "--format", "json"]))?;
    let unexpected = || Failure::Missing("`checkrun inspect core` lists no checks".into());
    let document: Value = serde_json::from_str(&text).map_err(|_| unexpected())?;
    let checks = document["packs"][0]["checks"]
        .as_array()
        .ok_or_else(unexpected)?;
    checks
        .iter()
        .map(|check| {
            let id = check["id"].as_str().ok_or_else(unexpected)?;
            let parameters = check["parameters"].as_array().ok_or_else(unexpected)?;
            let is_needy = parameters.iter().any(|it| it["required"] == true);
            if is_needy && parameters_of(id).is_none() {
                return Err(Failure::Missing(format!(
                    "core/{id} has required parameters: add them to REQUIRED_PARAMETERS in {}",
                    file!()
                )));
            }
            Ok(id.to_owned())
        })
        .collect()
}

/// The command that runs every check on every target once.
pub fn command(runner: &Path, servers: &Servers, checks: &[String]) -> Result<Command, Failure> {
    let folder = workspace::target_folder().join("bench/costs");
    fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
    let database = folder.join("shop.db");
    remove_database(&database)?;
    let rows = "CREATE TABLE orders(id INTEGER PRIMARY KEY, article TEXT);
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
                INSERT INTO orders SELECT i, 'article ' || i FROM n;";
    program::run(Command::new("sqlite3").arg(&database).arg(rows))?;
    let config = folder.join("checkrun.toml");
    fs::write(&config, configuration(servers, checks)).map_err(Failure::file(&config))?;
    let mut command = Command::new(runner);
    command
        .args(["run", "--no-record", "--format", "json", "--config"])
        .arg(config)
        .env("CHECKRUN_CACHE", folder.join("cache"))
        .env(PASSWORD_VARIABLE, MONITOR.password);
    Ok(command)
}

fn configuration(servers: &Servers, checks: &[String]) -> String {
    let [postgres, mariadb, sqlite] = TARGETS;
    let server = |name: &str, endpoint: &Endpoint| {
        format!(
            "\n[[target]]\nname = \"{name}\"\nurl = \"{}\"\n\
             password = {{ env = \"{PASSWORD_VARIABLE}\" }}\n",
            endpoint.url_without_password(MONITOR)
        )
    };
    let mut text = String::from("[run]\nparallel = 1\n");
    text += &server(postgres, &servers.postgres);
    text += &server(mariadb, &servers.mariadb);
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "\n[[target]]\nname = \"{sqlite}\"\nurl = \"sqlite:./shop.db\"\n"
    );
    for check in checks {
        let parameters = parameters_of(check).unwrap_or_default();
        let _ = write!(
            text,
            "\n[[check]]\nuse = \"core/{check}\"\ntargets = [\"*\"]\nparameters = {{ {parameters} }}\n"
        );
    }
    text
}

fn parameters_of(check: &str) -> Option<&'static str> {
    let (_, parameters) = REQUIRED_PARAMETERS.iter().find(|(id, _)| *id == check)?;
    Some(parameters)
}
