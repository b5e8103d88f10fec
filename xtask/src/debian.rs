//! Debian packages, installed without starting a server.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::process::Command;

use crate::failure::Failure;
use crate::program;
use crate::setup::Consent;

/// The package with PostgreSQL's programs.
pub const POSTGRESQL: &str = "postgresql";

/// The package with MariaDB's programs.
pub const MARIADB: &str = "mariadb-server";

/// The package with PgBouncer's program.
pub const PGBOUNCER: &str = "pgbouncer";

/// The package with the shell that reads a history as any other program does.
pub const SQLITE: &str = "sqlite3";

/// The package with the mail server that tests hand mail to.
pub const MAIL: &str = checkrun_testkit::mail::DEBIAN_PACKAGE;

/// The package with the program that ends others at a system call of theirs.
pub const STRACE: &str = "strace";

/// Monitoring plugins to compare with: the package, and a program of it.
pub const COMPARED: [(&str, &str); 2] = [
    (
        "monitoring-plugins-standard",
        "/usr/lib/nagios/plugins/check_pgsql",
    ),
    ("check-postgres", "check_postgres"),
];

/// The packages with a compiler and the source of the standard library.
pub const COMPILER: [&str; 3] = ["cargo-web", "rust-web-src", "rustc-web"];

/// Installs packages after asking; nothing for an empty list.
pub fn install(consent: &Consent, packages: &[&str]) -> Result<(), Failure> {
    if packages.is_empty() {
        return Ok(());
    }
    let names = packages.join(" ");
    if program::find("apt-get").is_none() {
        return Err(Failure::Missing(format!(
            "this needs what Debian calls {names}; this machine has no apt-get, so install the \
             equivalent packages yourself"
        )));
    }
    consent.ask(&description(packages))?;
    let mut shell = administrator_shell().ok_or_else(|| {
        Failure::Missing(format!(
            "this needs the Debian packages {names}; installing them takes root or sudo: \
             `apt-get install {names}`"
        ))
    })?;
    shell
        .args(["-c", include_str!("debian-install.sh"), "debian-install"])
        .args(packages);
    let status = shell.status().map_err(Failure::program("sh"))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::Missing(format!(
        "the Debian packages {names} could not be installed ({status}, apt-get says above why); \
         without a network, bring them by other means, then run this again"
    )))
}

/// The packages as a person should be asked about them.
pub fn description(packages: &[&str]) -> String {
    format!(
        "the Debian packages {} (no service is started)",
        packages.join(" ")
    )
}

/// A shell that may change the system, if we can have one.
fn administrator_shell() -> Option<Command> {
    match fs::metadata("/proc/self").ok()?.uid() {
        0 => Some(Command::new("sh")),
        _ => program::find("sudo").map(|sudo| {
            let mut command = Command::new(sudo);
            command.arg("sh");
            command
        }),
    }
}
