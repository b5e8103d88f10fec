//! [`Parcel`]: a message from the outbox to its people: written down, sealed, handed over, settled.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use checkrun_history::notification::{DueMessage, MessageId, MessageState, Settlement};
use futures_util::FutureExt as _;

use super::addressees::Addressees;
use super::places::Place;
use super::settling;
use super::writing::Writing;
use super::{Messenger, News};
use crate::alert::channel::{Channel, Content};
use crate::clock::Clock;
use crate::model::delivery::{Attempt, Cause, End, Fate, Step};
use crate::record::{NotWritten, Recorder};

/// A message that cannot be written down now is tried again after so long.
const WRITE_AGAIN_AFTER: Duration = Duration::from_secs(30);

/// A message that is sealed and can be handed over.
pub(super) struct Parcel {
    pub message: DueMessage,
    pub content: Content,
    pub to: Addressees,
    pub channel: Channel,
    /// Free for another one when this is dropped.
    pub _place: Place,
}

/// A message that was handed over, or not, and whether that is written down.
pub(super) struct Handed {
    pub message: DueMessage,
    pub content: Content,
    pub settlement: Settlement,
    pub written: Result<(), NotWritten>,
}

impl Messenger {
    /// Seals the message; none where it cannot be handed over now or ever.
    pub(super) async fn prepare(
        &self,
        message: DueMessage,
        place: Place,
        tell: &mut (impl FnMut(News<'_>) + Send),
    ) -> Option<Parcel> {
        let Some(channel) = self.orders.channels.get(&message.route).cloned() else {
            let settlement = self.given_up(message.id, "the route is not configured any more");
            tell(News::Over {
                route: &message.route,
                target: message.target.as_deref(),
                content: None,
                problem: settlement.error.as_deref(),
            });
            self.write(settlement, tell).await;
            return None;
        };
        let to = Addressees::of(&message, &channel);
        if to.all_wait() {
            self.put_off(
                &message,
                "everybody has to get an earlier message first",
                tell,
            )
            .await;
            return None;
        }
        let content = match self.content(&message, &channel).await {
            Writing::Written(content) => content,
            Writing::Nothing => {
                let settlement = self.given_up(message.id, "there is nothing left to tell");
                self.write(settlement, tell).await;
                return None;
            }
            Writing::NotNow(problem) => {
                self.put_off(&message, &problem, tell).await;
                return None;
            }
        };
        let sealed = self
            .recorder
            .seal(self.clock.now(), message.id, content.to_text())
            .await;
        if let Err(error) = sealed {
            tell(News::Stuck(&error));
            return None;
        }
        Some(Parcel {
            message,
            content,
            to,
            channel,
            _place: place,
        })
    }

    async fn write(&self, settlement: Settlement, tell: &mut (impl FnMut(News<'_>) + Send)) {
        if let Err(error) = self.recorder.settle(settlement).await {
            tell(News::Stuck(&error));
        }
    }

    /// It stays as it is, and is looked at again.
    async fn put_off(
        &self,
        message: &DueMessage,
        problem: &str,
        tell: &mut (impl FnMut(News<'_>) + Send),
    ) {
        tell(News::Deferred {
            route: &message.route,
            problem,
            again_in: WRITE_AGAIN_AFTER,
        });
        let again = i64::try_from(WRITE_AGAIN_AFTER.as_micros()).unwrap_or(i64::MAX);
        let settlement = Settlement {
            state: match message.content {
                None => MessageState::Open,
                Some(_) => MessageState::Partly,
            },
            next_us: self.clock.now().0.saturating_add(again),
            ..self.given_up(message.id, problem)
        };
        self.write(settlement, tell).await;
    }

    fn given_up(&self, id: MessageId, why: &str) -> Settlement {
        let now = self.clock.now();
        Settlement {
            id,
            state: MessageState::Failed,
            next_us: now.0,
            now_us: now.0,
            error: Some(why.to_owned()),
            recipients: Vec::new(),
        }
    }
}

impl Parcel {
    /// Hands it over and writes down what became of it.
    pub(super) async fn hand_over(self, recorder: Arc<Recorder>, clock: Clock) -> Handed {
        let attempt = self.send().await;
        self.settle(&attempt, &recorder, clock).await
    }

    async fn send(&self) -> Attempt {
        let to = &self.to.open;
        let unwatched = &mut |_: &Step| {};
        let sending = AssertUnwindSafe(self.channel.send(&self.content, to, unwatched));
        // After a defect of ours nobody knows how far it came; the message goes on as after any other
        // attempt without an answer, and the others are not held up.
        sending.catch_unwind().await.unwrap_or_else(|_| {
            let defect = Cause::Malformed("a defect of checkrun; please report it".to_owned());
            Attempt::of_all(to, Fate::Uncertain, End::Uncertain(defect))
        })
    }

    /// At once and not at the next turn: killed before this, it would be handed over again.
    pub(super) async fn settle(
        self,
        attempt: &Attempt,
        recorder: &Recorder,
        clock: Clock,
    ) -> Handed {
        let Self {
            message,
            content,
            to,
            channel,
            ..
        } = self;
        let settlement = settling::of(&message, attempt, &to.held, channel.means(), clock.now());
        let written = recorder.settle(settlement.clone()).await;
        Handed {
            message,
            content,
            settlement,
            written,
        }
    }
}
