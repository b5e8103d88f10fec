//! Several real processes on one history.
fn main() {}
