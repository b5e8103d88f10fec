//! Waiting for what the history's writer does about messages: see [`checkrun_history::notification`].

use checkrun_history::incident::IncidentId;
use checkrun_history::notification::{
    Acknowledgement, Decide, DueMessage, MessageId, Question, Settlement, Silence,
};
use checkrun_history::{
    Done, Error, FactsQuestion, MessageFacts, NotAcknowledged, OutboxState, Writer,
};
use tokio::sync::oneshot;

use super::{Recorder, explain};
use crate::model::run::Micros;

/// Why the history could not do it: what failed, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotWritten(String);

impl Recorder {
    /// See [`Writer::reconcile`].
    ///
    /// # Errors
    /// Nothing was decided: the history cannot be written.
    pub async fn reconcile(
        &self,
        question: Question<'_>,
        decide: Decide,
    ) -> Result<Vec<DueMessage>, NotWritten> {
        self.ask(|writer, done| writer.reconcile(question, decide, done))
            .await
    }

    /// See [`Writer::seal`].
    ///
    /// # Errors
    /// The history cannot be written, so the message must not be handed over yet.
    pub async fn seal(
        &self,
        now: Micros,
        id: MessageId,
        content: String,
    ) -> Result<(), NotWritten> {
        self.ask(|writer, done| writer.seal(now.0, id, content, done))
            .await
    }

    /// See [`Writer::settle`].
    ///
    /// # Errors
    /// The history cannot be written; it will believe that the message was being handed over.
    pub async fn settle(&self, settlement: Settlement) -> Result<(), NotWritten> {
        self.ask(|writer, done| writer.settle(settlement, done))
            .await
    }

    /// See [`Writer::resume_deliveries`].
    ///
    /// # Errors
    /// The history cannot be written.
    pub async fn resume_deliveries(&self, now: Micros) -> Result<usize, NotWritten> {
        self.ask(|writer, done| writer.resume_deliveries(now.0, done))
            .await
    }

    /// See [`Writer::retire`].
    ///
    /// # Errors
    /// The history cannot be written.
    pub async fn retire(
        &self,
        configured: Vec<(String, String)>,
        now: Micros,
    ) -> Result<usize, NotWritten> {
        self.ask(|writer, done| writer.retire(configured, now.0, done))
            .await
    }

    /// See [`Writer::message_facts`].
    ///
    /// # Errors
    /// The history cannot be written.
    pub async fn message_facts(&self, question: FactsQuestion) -> Result<MessageFacts, NotWritten> {
        self.ask(|writer, done| writer.message_facts(question, done))
            .await
    }

    /// What waits to be told, and what was given up since then; see [`Writer::outbox`].
    ///
    /// # Errors
    /// Neither the file nor memory can be asked.
    pub async fn outbox(&self, since: Micros, now: Micros) -> Result<OutboxState, NotWritten> {
        self.ask(|writer, done| writer.outbox(since.0, now.0, done))
            .await
    }

    /// See [`Writer::silence`].
    ///
    /// # Errors
    /// The history cannot be written.
    pub async fn silence(&self, silence: Silence) -> Result<i64, NotWritten> {
        self.ask(|writer, done| writer.silence(silence, done)).await
    }

    /// See [`Writer::lift_silence`].
    ///
    /// # Errors
    /// The history cannot be written.
    pub async fn lift_silence(&self, id: i64, now: Micros) -> Result<bool, NotWritten> {
        self.ask(|writer, done| writer.lift_silence(id, now.0, done))
            .await
    }

    /// See [`Writer::acknowledge`].
    ///
    /// # Errors
    /// The history cannot be written.
    pub async fn acknowledge(
        &self,
        incident: IncidentId,
        acknowledgement: Acknowledgement,
    ) -> Result<Result<(), NotAcknowledged>, NotWritten> {
        self.ask(|writer, done| writer.acknowledge(incident, acknowledgement, done))
            .await
    }

    async fn ask<T: Send + 'static>(
        &self,
        what: impl FnOnce(&Writer, Done<T>),
    ) -> Result<T, NotWritten> {
        let (sender, answer) = oneshot::channel::<Result<T, Error>>();
        // Nobody waits any more: what was written stays written.
        let done: Done<T> = Box::new(move |result| drop(sender.send(result)));
        what(&self.writer, done);
        match answer.await {
            Ok(result) => result.map_err(|error| NotWritten(explain(&error))),
            Err(_) => Err(NotWritten(
                "the history's writer died; this is a defect of checkrun".to_owned(),
            )),
        }
    }
}
