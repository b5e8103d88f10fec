//! tmp
mod bindings;
mod engine_room;
mod host;
pub mod limits;
mod refusal;
mod run_state;
mod text;
mod ticker;
