//! `cargo xtask bench costs`: what each bundled check costs the database, as a table in the documentation.
//!
//! Every check of the pack runs some times on the test PostgreSQL, MariaDB and a SQLite file, one run
//! after the other, so that none waits for another. `setting` makes the databases and the
//! configuration, `cost` reads what the runs used, `page` writes the table between its marks.

mod cost;
mod page;
mod setting;

use std::process::ExitCode;

use checkrun_testkit::ServerSet;

use crate::build::{self, Profile};
use crate::failure::Failure;
use crate::setup::{self, Consent};

/// Runs that are counted; the one before them fills the servers' caches.
const ROUNDS: usize = 5;

/// Builds, starts the servers, runs all checks, and writes the page.
pub fn run(consent: &Consent) -> Result<ExitCode, Failure> {
    setup::servers(consent)?;
    // Rows, bytes and the servers' time are the same whoever counts them; only connecting is some of
    // our own work, most of it in dependencies, which this profile optimises too.
    let runner = build::runner(consent, Profile::Dev)?;
    let set = ServerSet::start()?;
    let checks = setting::bundled_checks(&runner)?;
    let mut command = setting::command(&runner, set.servers(), &checks)?;
    let mut rounds = Vec::new();
    for round in 0..=ROUNDS {
        let runs = cost::runs(&mut command)?;
        if round > 0 {
            rounds.push(runs);
        }
    }
    let table = page::table(&checks, &rounds);
    println!("{table}");
    page::write(&table)?;
    Ok(ExitCode::SUCCESS)
}
