//! Where text goes: data to standard output, everything else to standard error.
//!
//! A reader that stops listening (`checkrun history list | head`) is no error.

use std::io::{self, ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether data could not be written since the program began.
static LOST: AtomicBool = AtomicBool::new(false);

/// Writes data to standard output. Where that fails it says so, and [`is_lost`] is true from then on.
pub fn data(text: &str) {
    let written = {
        let mut stdout = io::stdout().lock();
        stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush())
    };
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
        && !LOST.swap(true, Ordering::Relaxed)
    {
        note(&format!(
            "error: cannot write to standard output: {error}\n  part of the output is lost; send it elsewhere, or make room there"
        ));
    }
}

/// Whether any data is lost.
pub fn is_lost() -> bool {
    LOST.load(Ordering::Relaxed)
}

/// Writes one message to standard error, with a line break at the end.
pub fn note(text: &str) {
    // There is nowhere left to say that this failed.
    let _ = writeln!(io::stderr().lock(), "{}", text.trim_end());
}
