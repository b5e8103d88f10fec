//! What goes to the database and what comes back.
//!
//! - [`value`]: one SQL value
//! - [`convert`]: Rust types from values
//! - [`values`]: Rust types as values for the placeholders of a statement
//! - [`rows`]: the answer to a query, read by column name
//! - [`error`]: why there is no answer
//! - `text`: a value as people write it

pub mod convert;
pub mod error;
pub mod rows;
mod text;
pub mod value;
pub mod values;
