//! [`Messenger`]: tells people. It asks what is to be told, writes that down, hands it over, and writes
//! down what became of it, in this order, so that killing it at any point loses nothing.
//!
//! | killed | afterwards |
//! |---|---|
//! | before a message is in the outbox | it is decided again |
//! | before it is sealed | it is written down again, with what is true then |
//! | while it is handed over | it is handed over again, the same to the last byte, with the same id |
//! | after that, before it is settled | likewise: the one case in which somebody gets it twice |
//!
//! While the history's file cannot be written, the writer of a schedule keeps all this in memory and people are
//! told; what was told then is forgotten if the program is killed, and may be told again.
//!
//! At most one messenger works on a history: whoever has the schedule's lock.

mod addressees;
mod facts;
mod maintenance;
mod news;
mod orders;
mod parcel;
mod places;
mod settling;
mod writing;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use checkrun_history::notification::{DueMessage, Question, Settlement};
use tokio::task::JoinSet;

use crate::alert::telling::{self, FLAPPING_WINDOW, STUCK_AFTER, View};
use crate::clock::Clock;
use crate::model::gate::{CONNECTION_CHECK, CONNECTION_JOB};
use crate::model::job::Job;
use crate::model::run::Micros;
use crate::record::{NotWritten, Recorder};

pub use news::News;
pub use orders::Orders;
use parcel::Handed;
use places::Places;
pub use settling::GIVE_UP_AFTER;

/// Tells people.
pub struct Messenger {
    orders: Arc<Orders>,
    recorder: Arc<Recorder>,
    history: PathBuf,
    clock: Clock,
    places: Places,
    in_flight: JoinSet<Handed>,
    /// What became of messages while that could not be written down, oldest first.
    unwritten: VecDeque<Settlement>,
    stage: Stage,
}

/// What is done before the first turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// Nothing.
    New,
    /// What a killed messenger was handing over is to be handed over again.
    Resumed,
    /// The incidents of jobs that are gone have ended, too.
    Begun,
}

/// What is left to do after a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// Messages that are being handed over.
    pub in_flight: usize,
}

impl Messenger {
    /// One that has not done anything yet.
    #[must_use]
    pub fn new(
        orders: Arc<Orders>,
        recorder: Arc<Recorder>,
        history: PathBuf,
        clock: Clock,
    ) -> Self {
        Self {
            orders,
            recorder,
            history,
            clock,
            places: Places::default(),
            in_flight: JoinSet::new(),
            unwritten: VecDeque::new(),
            stage: Stage::New,
        }
    }

    /// Goes on with other orders.
    pub fn replace(&mut self, orders: Arc<Orders>) {
        self.orders = orders;
        // What this one is handing over must not be handed over a second time.
        self.stage = self.stage.min(Stage::Resumed);
    }

    /// Before each turn of a schedule: [`Self::resume`] at first, and [`Self::retire_others`] at first and
    /// with other orders.
    ///
    /// # Errors
    /// The history cannot be written; what is left to do is done the next time.
    pub async fn begin(&mut self) -> Result<(), NotWritten> {
        if self.stage == Stage::New {
            self.resume().await?;
            self.stage = Stage::Resumed;
        }
        if self.stage == Stage::Resumed {
            self.retire_others().await?;
            self.stage = Stage::Begun;
        }
        Ok(())
    }

    /// Before the first turn: what a killed messenger was handing over is handed over again.
    ///
    /// # Errors
    /// The history cannot be written.
    pub async fn resume(&self) -> Result<usize, NotWritten> {
        self.recorder.resume_deliveries(self.clock.now()).await
    }

    /// Decides, says what came of earlier messages, and begins to hand over what is due.
    pub async fn turn(&mut self, tell: &mut (impl FnMut(News<'_>) + Send)) -> Left {
        while let Some(handed) = self.in_flight.try_join_next() {
            self.say(handed, tell);
        }
        match self.decide().await {
            Ok(due) => {
                tell(News::Decided);
                for message in due {
                    let Some(place) = self.places.take(&message.route) else {
                        continue;
                    };
                    if let Some(parcel) = self.prepare(message, place, tell).await {
                        let recorder = Arc::clone(&self.recorder);
                        self.in_flight.spawn(parcel.hand_over(recorder, self.clock));
                    }
                }
            }
            Err(error) => tell(News::Stuck(&error)),
        }
        Left {
            in_flight: self.in_flight.len(),
        }
    }

    /// Waits until something that is being handed over has come to an end; at once if there is nothing.
    pub async fn wait(&mut self, tell: &mut (impl FnMut(News<'_>) + Send)) {
        if let Some(handed) = self.in_flight.join_next().await {
            self.say(handed, tell);
        }
    }

    /// Waits until nothing is being handed over any more.
    pub async fn finish(&mut self, tell: &mut (impl FnMut(News<'_>) + Send)) {
        while let Some(handed) = self.in_flight.join_next().await {
            self.say(handed, tell);
        }
    }

    /// Ends the incidents of jobs that a schedule has run and that are not configured any more; how many.
    ///
    /// # Errors
    /// The history cannot be written.
    pub async fn retire_others(&self) -> Result<usize, NotWritten> {
        let name = |job: &Arc<Job>| (job.target.name.clone(), job.name.clone());
        let own = |job: &Arc<Job>| (job.target.name.clone(), CONNECTION_JOB.to_owned());
        let jobs = &self.orders.jobs;
        let configured = jobs.iter().map(name).chain(jobs.iter().map(own)).collect();
        self.recorder.retire(configured, self.clock.now()).await
    }

    /// Writes down what is left to, and what is to be told.
    async fn decide(&mut self) -> Result<Vec<DueMessage>, NotWritten> {
        self.catch_up().await?;
        self.reconcile().await
    }

    /// Nobody else knows what became of these: until it is written down, the history believes that they
    /// are being handed over, and lets nothing else about their targets leave.
    async fn catch_up(&mut self) -> Result<(), NotWritten> {
        while let Some(settlement) = self.unwritten.front() {
            self.recorder.settle(settlement.clone()).await?;
            self.unwritten.pop_front();
        }
        Ok(())
    }

    async fn reconcile(&self) -> Result<Vec<DueMessage>, NotWritten> {
        let now = self.clock.now();
        let orders = Arc::clone(&self.orders);
        let maintained = maintenance::now(&orders.rules.maintenance, now);
        let routes: Vec<String> = orders
            .audiences
            .iter()
            .map(|one| one.name.clone())
            .collect();
        let question = Question {
            now_us: now.0,
            turns_since_us: before(now, FLAPPING_WINDOW),
            messages_since_us: before(now, orders.rules.messages_within),
            stuck_before_us: before(now, STUCK_AFTER),
            gate_check: CONNECTION_CHECK,
            routes: &routes,
        };
        let decide = Arc::new(move |situation: &_| {
            let view = View {
                now,
                audiences: &orders.audiences,
                rules: &orders.rules,
                maintained: &maintained,
            };
            telling::decide(situation, &view)
        });
        self.recorder.reconcile(question, decide).await
    }

    fn say(
        &mut self,
        handed: Result<Handed, tokio::task::JoinError>,
        tell: &mut (impl FnMut(News<'_>) + Send),
    ) {
        // Cut off, or a defect of ours after the handing over: the message stays sealed, and is resumed at
        // the next start.
        let Ok(Handed {
            message,
            content,
            settlement,
            written,
        }) = handed
        else {
            return;
        };
        tell(News::of(&message, &content, &settlement));
        if let Err(error) = written {
            tell(News::Stuck(&error));
            self.unwritten.push_back(settlement);
        }
    }
}

fn before(now: Micros, by: Duration) -> i64 {
    let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
    now.0.saturating_sub(by)
}

#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;
