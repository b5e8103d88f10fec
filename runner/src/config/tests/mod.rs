//! The configuration as a whole: what users see when something is wrong, and what works.

mod alerting;
mod at_once;
mod examples;
mod hostile;
mod packs;
mod plan;
mod problems;
mod routes;
mod schedule;
mod schema;
mod select;

use std::path::Path;

use super::{Config, Loaded, Problems, parse};

/// The file that all tests pretend to read.
const FILE: &str = "/etc/checkrun/checkrun.toml";

/// One target, for tests that are about something else.
const TARGET: &str = "[[target]]\nname = \"orders\"\nurl = \"postgres://monitor@db1/orders\"\n";

fn read(text: &str) -> Result<Loaded, Problems> {
    parse(Path::new(FILE), text)
}

fn config(text: &str) -> Config {
    match read(text) {
        Ok(loaded) => loaded.config,
        Err(problems) => panic!("{problems}"),
    }
}

fn refused(text: &str) -> Problems {
    match read(text) {
        Ok(_) => panic!("not refused: {text}"),
        Err(problems) => problems,
    }
}
