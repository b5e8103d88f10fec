//! The binary `checkrun`.

fn main() {}
