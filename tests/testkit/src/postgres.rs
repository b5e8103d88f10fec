//! How PostgreSQL is found, initialised and started.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::owner::Owner;
use crate::server::{Launch, path_list};
use crate::template::run;
use crate::{Engine, StartError, account};

/// Passwords everywhere, so that a test sees what a client over the network sees.
const ACCESS: &str = "\
hostssl   all certified 127.0.0.1/32 cert
host      all certified 127.0.0.1/32 reject
hostnossl all tls_only  127.0.0.1/32 reject
host      all all       127.0.0.1/32 scram-sha-256
local     all all                    scram-sha-256
";

/// No durability and little memory: these servers hold nothing that matters.
const SETTINGS: [(&str, &str); 11] = [
    ("listen_addresses", "127.0.0.1"),
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("autovacuum", "off"),
    ("shared_buffers", "32MB"),
    ("max_connections", "100"),
    ("max_wal_size", "64MB"),
    ("min_wal_size", "32MB"),
    ("unix_socket_permissions", "0777"),
    ("log_line_prefix", "%m [%p] %q%u@%d "),
];

/// Makes a cluster at `data` with the roles and databases of the fixtures.
pub(crate) fn initialise(data: &Path, owner: Owner) -> Result<(), StartError> {
    let mut initdb = owner.command(program("initdb")?);
    initdb.args([
        "--no-sync",
        "--no-instructions",
        "--username=postgres",
        "--auth=reject",
    ]);
    initdb
        .args([
            "--encoding=UTF8",
            "--locale=C",
            "--wal-segsize=16",
            "--pgdata",
        ])
        .arg(data);
    run(&mut initdb, "")?;
    let access = data.join("pg_hba.conf");
    fs::write(&access, ACCESS)
        .map_err(|error| StartError::new(format!("write {}", access.display()), error))?;
    for (database, sql) in [
        ("postgres", include_str!("fixtures/postgres.sql")),
        (
            account::DATABASE,
            include_str!("fixtures/postgres-shop.sql"),
        ),
        (
            account::OTHER_DATABASE,
            include_str!("fixtures/postgres-other.sql"),
        ),
    ] {
        // The single-user mode needs no client, no port and no second process.
        let mut server = owner.command(program("postgres")?);
        server.args([
            "--single",
            "-j",
            "-c",
            "exit_on_error=on",
            "-c",
            "fsync=off",
            "-D",
        ]);
        server.arg(data).arg(database);
        run(&mut server, sql)?;
    }
    Ok(())
}

/// The server's command line.
pub(crate) fn command(launch: &Launch) -> Result<Command, StartError> {
    let mut command = launch.owner.command(program("postgres")?);
    let mut set = |name: &str, value: &str| {
        command.arg("-c").arg(format!("{name}={value}"));
    };
    for (name, value) in SETTINGS {
        set(name, value);
    }
    set("port", &launch.port.to_string());
    set(
        "unix_socket_directories",
        &launch.socket_folder().to_string_lossy(),
    );
    if let Some(pair) = &launch.key_pair {
        set("ssl", "on");
        set("ssl_ca_file", &launch.ca.to_string_lossy());
        set("ssl_cert_file", &pair.certificate.to_string_lossy());
        set("ssl_key_file", &pair.key.to_string_lossy());
    }
    for (name, value) in &launch.settings {
        set(name, value);
    }
    command.arg("-D").arg(launch.data_folder());
    Ok(command)
}

/// Whether the server takes connections: it says so in the last line of its process file. A standby
/// takes those that read.
pub(crate) fn is_ready(launch: &Launch) -> bool {
    fs::read_to_string(launch.data_folder().join("postmaster.pid")).is_ok_and(|lines| {
        lines
            .lines()
            .nth(7)
            .is_some_and(|state| matches!(state.trim(), "ready" | "standby"))
    })
}

/// The path of a server program: from the newest installed version, else from `PATH`.
fn program(name: &str) -> Result<PathBuf, StartError> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path())))
        .collect();
    versions.sort();
    let installed = versions
        .into_iter()
        .rev()
        .map(|(_, folder)| folder.join("bin"));
    installed
        .chain(path_list())
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
        .ok_or_else(|| StartError::not_installed(Engine::Postgres, name))
}
