//! [`News`]: what the messenger has done, for whoever shows it.

use std::time::Duration;

use checkrun_history::notification::{DueMessage, MessageState, RecipientFate, Settlement};

use crate::alert::channel::Content;
use crate::model::delivery::Fate;
use crate::record::NotWritten;

/// What the messenger has done.
#[derive(Debug)]
pub enum News<'a> {
    /// It was decided what is to be told, which may be nothing.
    Decided,
    /// A message is with everybody it is for, or will never be.
    Over {
        /// Whose.
        route: &'a str,
        /// About which target; none for several.
        target: Option<&'a str>,
        /// What was handed over; none if it never came to that.
        content: Option<&'a Content>,
        /// What went wrong, if it is not with everybody.
        problem: Option<&'a str>,
    },
    /// It will be tried again.
    Deferred {
        /// Whose.
        route: &'a str,
        /// What went wrong.
        problem: &'a str,
        /// In so long.
        again_in: Duration,
    },
    /// Everybody who can have it has it; the others have to get an earlier message first.
    Waiting {
        /// Whose.
        route: &'a str,
        /// About which target; none for several.
        target: Option<&'a str>,
        /// Who, and for what.
        problem: &'a str,
    },
    /// The history cannot be written, so nobody can be told.
    Stuck(&'a NotWritten),
}

impl<'a> News<'a> {
    /// Of a message that was handed over, or not.
    pub(super) fn of(
        message: &'a DueMessage,
        content: &'a Content,
        settlement: &'a Settlement,
    ) -> Self {
        let problem = settlement.error.as_deref();
        let (route, target) = (message.route.as_str(), message.target.as_deref());
        match settlement.state {
            MessageState::Sent | MessageState::Failed => Self::Over {
                route,
                target,
                content: Some(content),
                problem,
            },
            MessageState::Partly if settlement.recipients.iter().all(is_settled) => Self::Waiting {
                route,
                target,
                problem: problem.unwrap_or_default(),
            },
            MessageState::Open | MessageState::Sending | MessageState::Partly => Self::Deferred {
                route,
                problem: problem.unwrap_or("it may have arrived or not"),
                again_in: Duration::from_micros(settlement.next_us.abs_diff(settlement.now_us)),
            },
        }
    }
}

/// Nobody was asked in vain.
fn is_settled(recipient: &RecipientFate) -> bool {
    [Fate::Accepted, Fate::Refused]
        .map(Fate::as_str)
        .contains(&recipient.fate)
}
