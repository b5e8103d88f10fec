//! The product seen from outside: the built binary against real servers.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "this is how a test fails"
)]

mod bad_configuration;
mod bad_history;
mod bad_pack;
mod bad_server;
mod concurrency;
mod configuration;
mod connections;
mod contrib;
mod diagnose;
mod doctor;
mod examples;
mod fleet;
mod formats;
mod halted_server;
mod history;
mod hostile_text;
mod incidents;
mod mail;
mod migrations;
mod muting;
mod notifications;
mod own_pack;
mod performance;
mod performance_command;
mod preflight;
mod refused_account;
mod schedule;
mod schemas;
mod selection;
mod status;
mod telling;
mod thresholds;
