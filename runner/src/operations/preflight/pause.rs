//! How long `--wait` waits until it asks a database again.

use std::time::Duration;

use crate::model::sql::ConnectionClass;
use crate::operations::Trouble;

/// Until a database is asked again that may be ready any moment.
pub const PAUSE: Duration = Duration::from_secs(1);

/// The longest one. A login that fails every second locks the account on many a server.
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// The pause after this many answers that are not good enough, at least 1, of which this is the newest
/// trouble.
#[must_use]
pub fn pause(trouble: Option<&Trouble>, in_vain: u32) -> Duration {
    if trouble.is_some_and(needs_somebody) {
        let factor = 2_u32.saturating_pow(in_vain);
        return PAUSE.saturating_mul(factor).min(PAUSE_MAX);
    }
    PAUSE
}

/// Time alone rarely makes it go away: somebody has to change something. A name that does not resolve is
/// not among it: in containers it appears with the service.
fn needs_somebody(trouble: &Trouble) -> bool {
    use ConnectionClass::{AccountRefused, Authentication, Other, Protocol, Tls};
    [AccountRefused, Authentication, Other, Protocol, Tls]
        .iter()
        .any(|class| class.as_str() == trouble.class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_where_somebody_has_to_change_something() {
        for (class, seconds) in [
            (None, [1, 1, 1, 1, 1, 1]),
            (Some("refused"), [1, 1, 1, 1, 1, 1]),
            (Some("starting-up"), [1, 1, 1, 1, 1, 1]),
            (Some("timed-out"), [1, 1, 1, 1, 1, 1]),
            (Some("authentication"), [2, 4, 8, 16, 30, 30]),
            (Some("account-refused"), [2, 4, 8, 16, 30, 30]),
            (Some("tls"), [2, 4, 8, 16, 30, 30]),
            (Some("protocol"), [2, 4, 8, 16, 30, 30]),
            (Some("dns"), [1, 1, 1, 1, 1, 1]),
        ] {
            let trouble = class.map(|class| Trouble {
                class: class.to_owned(),
                message: String::new(),
                advice: None,
            });
            let pauses = [1, 2, 3, 4, 5, u32::MAX].map(|n| pause(trouble.as_ref(), n).as_secs());
            assert_eq!(pauses, seconds, "{class:?}");
        }
    }
}
