//! The binary `checkrun`; everything is in the library, where tests and benchmarks reach it.

use std::process::ExitCode;

fn main() -> ExitCode {
    checkrun::cli::main()
}
