//! How long a diagnosis may take, and how much it does.
//!
//! Name, connection, handshake, login, query and each round of the performance stage take at most the
//! target's `connect_timeout` each; the stages that run checks have limits of their own. So one target
//! takes at most eleven times its `connect_timeout` and [`CHECKS`] and [`CONNECTIONS`] and what
//! goodbyes take: with the default of 5 s, a minute and a half. A server that does not answer at all
//! fails an early stage and takes no more than twice its `connect_timeout`.

use std::time::Duration;

/// The checks of one target, together.
pub const CHECKS: Duration = Duration::from_secs(20);

/// The check that counts connections.
pub const CONNECTIONS: Duration = Duration::from_secs(10);

/// Connections that the performance stage opens, one after another.
pub const ROUNDS: u32 = 3;

/// Checks that run at once on one target; a diagnosis should not add to what it looks for.
pub const CHECKS_AT_ONCE: u32 = 2;

/// A certificate that ends sooner is a warning.
pub const EXPIRY_WARNING_DAYS: i64 = 14;

/// Checks that a stage names one by one; more are counted.
pub const NAMED_MAX: usize = 10;
