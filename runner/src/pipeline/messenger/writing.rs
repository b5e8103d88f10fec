//! Writing a message down: as it was handed over before, or as it is true now.

use std::sync::Arc;

use checkrun_history::notification::DueMessage;
use checkrun_history::{FactsQuestion, MessageFacts, Reader};

use super::{Messenger, facts};
use crate::alert::channel::{Channel, Content};
use crate::record::explain;

/// What became of writing it down.
pub(super) enum Writing {
    /// It can be handed over.
    Written(Content),
    /// Nothing of it is left in the history, as after somebody has deleted from it.
    Nothing,
    /// The history cannot be read now, or a defect of ours is in the way; that is no reason to give a
    /// message up.
    NotNow(String),
}

impl Messenger {
    pub(super) async fn content(&self, message: &DueMessage, channel: &Channel) -> Writing {
        let kept = message.content.as_deref();
        if let Some(content) = kept.and_then(|text| Content::from_text(text).ok()) {
            return Writing::Written(content);
        }
        let now = self.clock.now();
        let (facts, not_stored) = match self.facts(facts::question(message, now)).await {
            Ok(facts) => facts,
            Err(problem) => return Writing::NotNow(problem),
        };
        let orders = Arc::clone(&self.orders);
        let (message, channel) = (message.clone(), channel.clone());
        // Draws a picture.
        let written = tokio::task::spawn_blocking(move || {
            let notification = facts::notification(facts, &message, &orders, now, not_stored)?;
            Some(channel.write(&notification, &orders.zone))
        });
        match written.await {
            Ok(Some(content)) => Writing::Written(content),
            Ok(None) => Writing::Nothing,
            Err(_) => Writing::NotNow(
                "a defect of checkrun is in the way of writing this message; please report it"
                    .to_owned(),
            ),
        }
    }

    /// What the history says, and why it cannot be written, if so: then its writer knows more than the file.
    async fn facts(
        &self,
        question: FactsQuestion,
    ) -> Result<(MessageFacts, Option<String>), String> {
        if let Some(without_file) = self.recorder.without_file() {
            let facts = self.recorder.message_facts(question).await;
            let facts = facts.map_err(|error| error.to_string())?;
            return Ok((facts, Some(without_file.problem)));
        }
        let history = self.history.clone();
        // Reads a week of values.
        let read =
            tokio::task::spawn_blocking(move || Reader::open(&history)?.message_facts(&question));
        match read.await {
            Ok(facts) => Ok((facts.map_err(|error| explain(&error))?, None)),
            Err(_) => Err("a defect of checkrun is in the way of reading the history".to_owned()),
        }
    }
}
