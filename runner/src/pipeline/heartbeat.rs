//! [`Heart`]: tells somebody outside, again and again, that this runner is alive and of use; nobody hears
//! anything when it is not, and that is the alarm. Beside the loop: a slow web server holds nothing up.

mod fitness;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use checkrun_history::Reader;
use tokio::sync::watch::Receiver;
use tokio::time::Instant;

use self::fitness::complaints;
use super::self_watch::Pulse;
use crate::alert::webhook::ping::{Signal, ping};
use crate::clock::Clock;
use crate::model::delivery::Cause;
use crate::model::heartbeat::Heartbeat;
use crate::model::run::Micros;

/// After a start or a change, at most so long passes before the first one: by then the first results are
/// stored, or not.
const FIRST_AFTER: Duration = Duration::from_secs(5);

/// One that nobody heard is said once more.
const AGAIN_AFTER: Duration = Duration::from_secs(5);

/// How long the history may take to say what waits in it.
const ASK_WITHIN: Duration = Duration::from_secs(5);

/// What the heart has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeartNews {
    /// Somebody heard that all is well.
    Heard,
    /// Something is wrong, so nobody is told that all is well; each thing by itself.
    Withheld(Vec<String>),
    /// Nobody heard it.
    Unheard {
        /// The server, without what is secret.
        server: String,
        /// Why.
        cause: Cause,
    },
}

/// Tells somebody outside that this runner is alive.
pub struct Heart {
    /// Whom and how often; nobody when there is none.
    pub settings: Receiver<Option<Heartbeat>>,
    /// The loop.
    pub pulse: Arc<Pulse>,
    /// Where messages wait.
    pub history: PathBuf,
    /// Where the time comes from.
    pub clock: Clock,
}

impl Heart {
    /// Beats for ever; `tell` hears what comes of each.
    pub async fn beat(mut self, mut tell: impl FnMut(HeartNews) + Send) {
        let mut next = Instant::now() + FIRST_AFTER;
        loop {
            let settings = self.settings.borrow_and_update().clone();
            let Some(settings) = settings else {
                if self.settings.changed().await.is_err() {
                    return;
                }
                continue;
            };
            next = next.min(Instant::now() + settings.every);
            tokio::select! {
                changed = self.settings.changed() => match changed {
                    Ok(()) => continue,
                    Err(_) => return,
                },
                () = tokio::time::sleep_until(next) => {}
            }
            next = Instant::now() + settings.every;
            tell(self.once(&settings).await);
        }
    }

    async fn once(&self, settings: &Heartbeat) -> HeartNews {
        let oldest = self.oldest_message().await;
        let complaints = complaints(&self.pulse.at(self.clock.start()), oldest);
        let is_well = complaints.is_empty();
        let signal = match (is_well, settings.tells_failure) {
            (true, _) => Signal::Alive,
            (false, true) => Signal::Failing,
            (false, false) => return HeartNews::Withheld(complaints),
        };
        match (self.say(settings, signal).await, is_well) {
            (Err(cause), _) => HeartNews::Unheard {
                server: settings.server.shown(),
                cause,
            },
            (Ok(()), true) => HeartNews::Heard,
            (Ok(()), false) => HeartNews::Withheld(complaints),
        }
    }

    async fn say(&self, settings: &Heartbeat, signal: Signal) -> Result<(), Cause> {
        if ping(&settings.server, signal).await.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(AGAIN_AFTER.min(settings.every)).await;
        ping(&settings.server, signal).await
    }

    /// How long the oldest message waits; none when the history does not say.
    async fn oldest_message(&self) -> Option<Duration> {
        let (history, now) = (self.history.clone(), self.clock.now());
        let asked = tokio::task::spawn_blocking(move || oldest(&history, now));
        tokio::time::timeout(ASK_WITHIN, asked).await.ok()?.ok()?
    }
}

fn oldest(history: &Path, now: Micros) -> Option<Duration> {
    let state = Reader::open(history).and_then(|reader| reader.outbox(now.0));
    let age = |oldest: i64| u64::try_from(now.0.saturating_sub(oldest)).unwrap_or(0);
    Some(Duration::from_micros(state.ok()?.oldest_us.map_or(0, age)))
}
