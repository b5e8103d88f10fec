//! The stage that runs a check: a pack in the `sandbox`, asking one database through `database`.
//!
//! The two halves meet at one seam, the trait [`database::Database`]: the sandbox calls it and knows no
//! driver, the database code implements it and knows no WebAssembly.

pub mod database;
pub mod sandbox;
