//! Who was told what: deciding about it, handing messages over and muting, each in one transaction.
//!
//! [`situation`] reads what a decision needs, [`dispatch`] writes what was decided, [`delivery`] follows
//! a message on its way, [`muting`] is what people say about it, [`retirement`] ends what is gone.

mod delivery;
mod dispatch;
mod muting;
mod retirement;
mod situation;

use rusqlite::Connection;

use super::entry::{Asked, Done};
use super::{Pending, Writer};
use crate::incident::IncidentId;
use crate::notification::{
    Acknowledgement, Decide, DueMessage, MessageId, Question, Settlement, Silence,
};
use crate::reader::facts::{self, FactsQuestion, MessageFacts};

pub use muting::NotAcknowledged;

/// What a decision is asked about, as the entry keeps it.
#[derive(Clone, Debug)]
struct OwnedQuestion {
    now_us: i64,
    turns_since_us: i64,
    messages_since_us: i64,
    stuck_before_us: i64,
    gate_check: String,
    routes: Vec<String>,
}

impl Writer {
    /// Asks `decide` what is to be told and writes that; gives the messages that are to be handed over
    /// now, those that wait longest first.
    pub fn reconcile(&self, question: Question<'_>, decide: Decide, done: Done<Vec<DueMessage>>) {
        let question = OwnedQuestion {
            now_us: question.now_us,
            turns_since_us: question.turns_since_us,
            messages_since_us: question.messages_since_us,
            stuck_before_us: question.stuck_before_us,
            gate_check: question.gate_check.to_owned(),
            routes: question.routes.to_vec(),
        };
        let now_us = question.now_us;
        self.enter(now_us, done, move |conn| {
            dispatch::forget_others(conn, &question.routes)?;
            let situation = situation::load(conn, &question)?;
            for message in decide(&situation) {
                dispatch::write(conn, &message, now_us)?;
            }
            delivery::forget(conn, now_us)?;
            delivery::due(conn, now_us)
        });
    }

    /// From now on this is what the message says, whatever happens; it is being handed over.
    pub fn seal(&self, now_us: i64, id: MessageId, content: String, done: Done<()>) {
        self.enter(now_us, done, move |conn| delivery::seal(conn, id, &content));
    }

    /// Writes down what became of an attempt.
    pub fn settle(&self, settlement: Settlement, done: Done<()>) {
        self.enter(settlement.now_us, done, move |conn| {
            delivery::settle(conn, &settlement)
        });
    }

    /// Messages that a program was handing over when it was killed may have arrived or not: they are to
    /// be handed over again, as they are. How many. Only for the one program that hands messages over.
    pub fn resume_deliveries(&self, now_us: i64, done: Done<usize>) {
        self.enter(now_us, done, move |conn| delivery::resume(conn, now_us));
    }

    /// What there is to say in a message, from where the truth is: while the file cannot be written, from
    /// memory, which has the newest hours only.
    pub fn message_facts(&self, question: FactsQuestion, done: Done<MessageFacts>) {
        self.enter(question.now_us, done, move |conn| {
            facts::of_message(conn, &question)
        });
    }

    /// Mutes; gives the mute's number.
    pub fn silence(&self, silence: Silence, done: Done<i64>) {
        self.enter(silence.created_us, done, move |conn| {
            muting::silence(conn, &silence)
        });
    }

    /// Ends a mute early; whether there was one to end.
    pub fn lift_silence(&self, id: i64, now_us: i64, done: Done<bool>) {
        self.enter(now_us, done, move |conn| muting::lift(conn, id, now_us));
    }

    /// Takes an incident on; its severity is the one that it has now, whatever is given.
    pub fn acknowledge(
        &self,
        incident: IncidentId,
        acknowledgement: Acknowledgement,
        done: Done<Result<(), NotAcknowledged>>,
    ) {
        self.enter(acknowledgement.created_us, done, move |conn| {
            muting::acknowledge(conn, incident, &acknowledgement)
        });
    }

    /// Ends the incidents of jobs that a schedule has run and that are not configured any more, given
    /// as target and job; how many incidents.
    pub fn retire(&self, configured: Vec<(String, String)>, now_us: i64, done: Done<usize>) {
        self.enter(now_us, done, move |conn| {
            retirement::retire(conn, &configured, now_us)
        });
    }

    fn enter<T: Send + 'static>(
        &self,
        now_us: i64,
        done: Done<T>,
        work: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) {
        self.send(Pending::Entry(Box::new(Asked::new(now_us, work, done))));
    }
}
