//! checkrun runs database checks compiled to WebAssembly, keeps every result and reports it.
//!
//! The modules are stages in the order data moves; a stage never calls another, only `pipeline` and the
//! commands in `cli` name several:
//!
//! `config` → `schedule` → `execute` (`sandbox`, `database`) → `evaluate` → `alert` → `record` → `report`
//!
//! `model` has the types they hand to each other, `clock` the time, `cli` the commands, `operations`
//! the documents of those commands that answer one question.

pub mod alert;
pub mod bundled;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod evaluate;
pub mod execute;
pub mod model;
pub mod operations;
pub mod pipeline;
pub mod record;
pub mod report;
pub mod schedule;
