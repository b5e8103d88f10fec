//! [`Heartbeat`]: who outside is told that the runner is alive, `[heartbeat]` with its secret looked up.

use std::time::Duration;

use super::route::Webhook;

/// Who outside is told that the runner is alive, and raises the alarm when nobody says so any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heartbeat {
    /// Where; its format means nothing here.
    pub server: Webhook,
    /// How often.
    pub every: Duration,
    /// Whether it is also told that something is wrong, at `…/fail`; otherwise it hears nothing then.
    pub tells_failure: bool,
}
