//! What the end-to-end tests stand on: a folder to run the built binary in, and what it said.
//!
//! A [`Stage`] has a folder with a configuration, and an environment with nothing else in it; its
//! [`Ended`] runs have been looked over for panics and passwords before a test sees them.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "this is how a test fails"
)]

pub mod administrator;
pub mod configuration;
pub mod ended;
pub mod fresh;
pub mod letter;
pub mod mime;
pub mod notices;
pub mod redaction;
pub mod running;
pub mod stage;
pub mod xml;

pub use administrator::administer;
pub use configuration::{password_variable, server_target};
pub use ended::Ended;
pub use fresh::FreshDatabase;
pub use letter::Letter;
pub use mime::Part;
pub use notices::Notices;
pub use redaction::snapshot;
pub use running::Running;
pub use stage::Stage;
