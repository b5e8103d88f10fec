//! [`Telling`]: the messenger beside the loop. Checks do not wait for mail, nor mail for checks.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch::{self, Receiver, Sender};
use tokio::task::JoinHandle;

use crate::cli::output;
use crate::cli::telling::say;
use crate::clock::Clock;
use crate::pipeline::messenger::{Messenger, News, Orders};
use crate::record::Recorder;

/// Between two looks at what is to be told.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The pause is at least so many times as long as the look before it took.
const PAUSE_FACTOR: u32 = 10;

/// How long messages that are being handed over may take when the command is told to stop. What is not
/// over then is handed over again at the next start.
const FINISH_WITHIN: Duration = Duration::from_secs(8);

/// Tells people until it is stopped.
pub(super) struct Telling {
    handle: Handle,
    stop: Sender<bool>,
    task: JoinHandle<()>,
}

/// By which it hears what has changed.
#[derive(Clone)]
pub(super) struct Handle {
    orders: Sender<Arc<Orders>>,
    recorder: Sender<Option<Arc<Recorder>>>,
}

impl Handle {
    /// Another configuration is in force.
    pub(super) fn replace(&self, orders: Arc<Orders>) {
        self.orders.send_replace(orders);
    }

    /// The history is open now.
    pub(super) fn record(&self, recorder: Arc<Recorder>) {
        self.recorder.send_replace(Some(recorder));
    }
}

impl Telling {
    /// Begins, or waits for the history to be open.
    pub(super) fn begin(
        orders: Arc<Orders>,
        recorder: Option<Arc<Recorder>>,
        history: PathBuf,
        clock: Clock,
    ) -> Self {
        let (orders, new_orders) = watch::channel(orders);
        let (recorder, open) = watch::channel(recorder);
        let (stop, stopped) = watch::channel(false);
        let inbox = Inbox {
            orders: new_orders,
            recorder: open,
            stopped,
        };
        Self {
            handle: Handle { orders, recorder },
            stop,
            task: tokio::spawn(inbox.serve(history, clock)),
        }
    }

    pub(super) fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Ends, and lets go of the history.
    pub(super) async fn end(self) {
        self.stop.send_replace(true);
        // It has said what went wrong.
        let _ = self.task.await;
    }
}

struct Inbox {
    orders: Receiver<Arc<Orders>>,
    recorder: Receiver<Option<Arc<Recorder>>>,
    stopped: Receiver<bool>,
}

impl Inbox {
    async fn serve(mut self, history: PathBuf, clock: Clock) {
        let Some(recorder) = self.recorder().await else {
            return;
        };
        // The other end keeps the history open as long as it has a copy.
        drop(self.recorder);
        let orders = self.orders.borrow_and_update().clone();
        let mut messenger = Messenger::new(orders, recorder, history, clock);
        let mut log = Log::default();
        loop {
            if self.orders.has_changed().unwrap_or(false) {
                messenger.replace(self.orders.borrow_and_update().clone());
            }
            if let Err(error) = messenger.begin().await {
                log.tell(&News::Stuck(&error));
            }
            let began = clock.start();
            messenger.turn(&mut |news| log.tell(&news)).await;
            // Results wait in the same queue, so looking must stay a small part of its work.
            let pause = LOOK_EVERY.max(began.elapsed() * PAUSE_FACTOR);
            tokio::select! {
                _ = self.stopped.changed() => break,
                () = tokio::time::sleep(pause) => {}
            }
        }
        let mut tell = |news: News<'_>| log.tell(&news);
        let _ = tokio::time::timeout(FINISH_WITHIN, messenger.finish(&mut tell)).await;
    }

    async fn recorder(&mut self) -> Option<Arc<Recorder>> {
        loop {
            if let Some(recorder) = self.recorder.borrow_and_update().clone() {
                return Some(recorder);
            }
            tokio::select! {
                _ = self.stopped.changed() => return None,
                changed = self.recorder.changed() => changed.ok()?,
            }
        }
    }
}

/// Says a trouble when it begins and when it is over.
#[derive(Default)]
struct Log {
    deferred: HashSet<String>,
    is_stuck: bool,
}

impl Log {
    fn tell(&mut self, news: &News<'_>) {
        match news {
            News::Over { route, .. } | News::Waiting { route, .. } => {
                self.deferred.remove(*route);
                say(news);
            }
            News::Deferred { route, .. } => {
                if self.deferred.insert((*route).to_owned()) {
                    say(news);
                }
            }
            News::Stuck(_) if self.is_stuck => {}
            News::Stuck(_) => {
                self.is_stuck = true;
                say(news);
            }
            News::Decided => {
                if std::mem::take(&mut self.is_stuck) {
                    output::note("people can be told again");
                }
            }
        }
    }
}
