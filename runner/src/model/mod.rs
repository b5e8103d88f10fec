//! The words of the product as types: what the stages hand to each other.
//!
//! Plain data, no I/O, no clock. The stages (`config`, `schedule`, `execute`, `evaluate`, `alert`, `record`,
//! `report`) know these types and not each other.
//!
//! - [`status`]: the one order in which states are compared
//! - [`engine`]: database engines and their versions
//! - [`sql`]: values, queries, result sets and errors at the database seam
//! - [`pack`]: what a pack says of itself: checks, parameters, metrics
//! - [`report`]: what a check returned, or why it returned nothing
//! - [`run`]: one execution of a job, and its judged outcome
//! - [`gate`]: whether a target can be reached, as runs learn it and as it is asked
//! - [`self_watch`]: what the runner learns of itself
//! - [`probe`]: what was seen on the way to a login
//! - [`schedule`]: when a job runs
//! - [`target`]: one database to look at; [`whereabouts`]: its address in sentences
//! - [`advice`]: what to try first, for everything that the host itself notices
//! - [`notification`]: what one message to people says
//! - [`alerting`]: when people are told
//! - [`route`]: who is told about what, and by which means; [`mail`]: how mail is sent
//! - [`heartbeat`]: who outside is told that the runner is alive
//! - [`delivery`]: what became of a message
//! - [`parameter`], [`unit`], [`secret`]: what configuration gives them

pub mod advice;
pub mod alerting;
pub mod delivery;
pub mod engine;
pub mod gate;
pub mod glob;
pub mod heartbeat;
pub mod incident;
pub mod job;
pub mod mail;
pub mod notification;
pub mod pack;
pub mod parameter;
pub mod probe;
pub mod report;
pub mod route;
pub mod run;
pub mod schedule;
pub mod secret;
pub mod self_watch;
pub mod sql;
pub mod status;
pub mod target;
pub mod text;
pub mod threshold;
pub mod unit;
pub mod whereabouts;
