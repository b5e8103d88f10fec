//! Where text goes: data to standard output, everything else to standard error.
//!
//! A reader that stops listening (`checkrun history list | head`) is no error.

use std::io::{self, ErrorKind, Write};

/// Writes data to standard output.
pub fn data(text: &str) {
    let written = {
        let mut stdout = io::stdout().lock();
        stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush())
    };
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
    {
        note(&format!("cannot write to standard output: {error}"));
    }
}

/// Writes one message to standard error, with a line break at the end.
pub fn note(text: &str) {
    // There is nowhere left to say that this failed.
    let _ = writeln!(io::stderr().lock(), "{}", text.trim_end());
}
