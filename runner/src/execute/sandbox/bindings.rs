//! The contract as Rust types, generated from `sdk/wit/check.wit`.
//!
//! Database calls wait, so they are async; everything else answers at once and stays sync, which
//! saves a future for every log line. All may trap, for what a check has no business to handle.

#![allow(
    missing_docs,
    clippy::all,
    unused_qualifications,
    reason = "generated; the documentation is in the contract"
)]

wasmtime::component::bindgen!({
    path: "../sdk/wit",
    world: "pack",
    imports: {
        "checkrun:check/database.query": async | trappable,
        "checkrun:check/database.connect": async | trappable,
        "checkrun:check/context.get-target": async | trappable,
        default: trappable,
    },
    exports: { default: async },
});
