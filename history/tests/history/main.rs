//! The history file through its public interface: what is written is read back, and every way in
//! which a file or a disk can be bad has its answer. Several processes at once are in `processes`.

mod damage;
mod disk;
mod opening;
mod reading;
#[path = "../records.rs"]
mod records;
mod round_trip;
mod views;
