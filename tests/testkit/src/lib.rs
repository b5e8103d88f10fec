//! Throw-away PostgreSQL, MariaDB and mail servers for the tests, [`PgBouncer`] in front of them,
//! listeners that misbehave, small disks ([`Mount`]), and the compilers for tests that build a pack ([`wasm`]).
//!
//! A [`ServerSet`] is started once, by `cargo xtask test` or `cargo xtask servers`; tests find it
//! with [`Servers::from_environment`]. A test that stops, restarts or breaks a server starts one of
//! its own with [`Server::start`], which takes well under a second because it copies the set's
//! initialised data folder. A mail server is started by the test that needs it ([`mail`]); one that
//! misbehaves follows a script ([`mail_script`]), and so does every web server ([`web_script`]).
//!
//! Everything lives in one temporary folder, listens on loopback only and ends with its starter,
//! even when that is killed (see [`guard`](mod@guard)). No server that already runs is touched.

pub mod account;
pub mod certificates;
pub mod client;
pub mod deadline;
pub mod endpoint;
pub mod engine;
pub mod error;
mod guard;
pub mod listener;
pub mod mail;
pub mod mail_script;
mod mariadb;
pub mod mount;
mod owner;
pub mod pgbouncer;
mod postgres;
pub mod server;
pub mod servers;
pub mod signal;
mod template;
pub mod wasm;
pub mod web_script;

pub use account::Account;
pub use certificates::{Certificate, Certificates, KeyPair};
pub use client::Client;
pub use deadline::{Deadline, eventually};
pub use endpoint::Endpoint;
pub use engine::Engine;
pub use error::StartError;
pub use mount::Mount;
pub use pgbouncer::PgBouncer;
pub use server::{Options, Server};
pub use servers::{ServerSet, Servers};
pub use signal::Paused;
