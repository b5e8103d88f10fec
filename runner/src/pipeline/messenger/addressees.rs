//! [`Addressees`]: whom of a route's people a message is for at this attempt.

use checkrun_history::notification::DueMessage;

use crate::alert::channel::Channel;

/// The people of a route who have not got a message yet, and will.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Addressees {
    /// For whom it is now.
    pub open: Vec<String>,
    /// Who has to get an earlier message about the same first.
    pub held: Vec<String>,
}

impl Addressees {
    pub(super) fn of(message: &DueMessage, channel: &Channel) -> Self {
        let left = channel.recipients().iter();
        let left = left.filter(|one| !message.is_settled(one)).cloned();
        let (open, held) = match &message.only_for {
            None => (left.collect(), Vec::new()),
            Some(ready) => left.partition(|one| ready.contains(one)),
        };
        Self { open, held }
    }

    /// Those who could get it now are not the route's people any more.
    pub(super) fn all_wait(&self) -> bool {
        self.open.is_empty() && !self.held.is_empty()
    }
}
