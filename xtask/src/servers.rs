//! `cargo xtask servers`: the test servers, for as long as somebody needs them.

use std::process::ExitCode;

use checkrun_testkit::{ServerSet, servers};

use crate::failure::Failure;
use crate::setup::{self, Consent};

/// Starts the servers, says how tests find them, and waits for the end of this process.
pub fn run(consent: &Consent) -> Result<ExitCode, Failure> {
    setup::servers(consent)?;
    let set = ServerSet::start()?;
    println!("export {}={}", servers::VARIABLE, set.file().display());
    eprintln!("PostgreSQL on port {}", set.servers().postgres.port);
    eprintln!("MariaDB on port {}", set.servers().mariadb.port);
    eprintln!("Both end with this command: Ctrl-C.");
    loop {
        // The guards of the servers end them when this process ends, in whatever way.
        std::thread::park();
    }
}
