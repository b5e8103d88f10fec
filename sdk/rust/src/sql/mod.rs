//! What goes to the database and what comes back.
//!
//! - [`value`]: one SQL value
//! - [`convert`]: Rust types from values
//! - [`values`]: Rust types as values for the placeholders of a statement
//! - [`rows`]: the answer to a query, read by column name
//! - [`error`]: why there is no answer

pub mod convert;
pub mod error;
pub mod rows;
pub mod value;
pub mod values;
