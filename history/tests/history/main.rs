//! The history file through its public interface: what is written is read back, and every way in
//! which a file or a disk can be bad has its answer. Several processes at once are in `processes`.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "these are tests, their shared functions included"
)]

mod any_record;
mod damage;
mod disk;
mod incidents;
mod notifications;
mod opening;
mod reading;
mod records;
mod round_trip;
mod soundness;
mod views;
mod without_file;
