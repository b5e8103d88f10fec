//! What a guest can call, one file per interface of the contract, and what watches over the guest.

pub(super) mod context;
pub(super) mod convert;
pub(super) mod cpu;
pub(super) mod database;
pub(super) mod limiter;
pub(super) mod log;
mod output;
pub(super) mod state;
pub(super) mod wasi;
