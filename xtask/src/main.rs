//! The project's own commands.
#![expect(clippy::print_stdout, reason = "a command-line tool")]

use checkrun_testkit::{ServerSet, servers};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let set = ServerSet::start()?;
    println!("export {}={}", servers::VARIABLE, set.file().display());
    loop {
        std::thread::park();
    }
}
