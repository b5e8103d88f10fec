//! Signals become orders: SIGHUP reads the configuration again, SIGTERM and SIGINT stop.
//!
//! The configuration is read and checked beside the loop, which goes on meanwhile with what it has;
//! what the loop gets is complete.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::Sender;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::service::Service;
use super::telling::Handle;
use super::{heart, prepare};
use crate::cli::args::ConfigLocation;
use crate::cli::keeping::say_set_aside;
use crate::cli::output;
use crate::clock::Clock;
use crate::config::Environment;
use crate::execute::sandbox::Sandbox;
use crate::model::heartbeat::Heartbeat;
use crate::pipeline::scheduler::Order;
use crate::record::{Recorder, stored_gates};

/// Between two attempts to open a history that could not be opened.
const OPEN_AGAIN_AFTER: Duration = Duration::from_secs(10);

/// How often it is looked up whether the history has a target as unreachable that the schedule reaches:
/// `checkrun run` may have seen that, or the history could not be written when it was over.
const COMPARE_EVERY: Duration = Duration::from_secs(60);

/// What is needed to read the configuration again.
pub(super) struct Reload {
    /// Where it is.
    pub(super) location: ConfigLocation,
    /// The history that is used; another one needs a restart.
    pub(super) history: PathBuf,
    /// Whether it is open.
    pub(super) is_open: bool,
    /// Where secrets may be.
    pub(super) environment: Environment,
    /// Loads the packs.
    pub(super) sandbox: Arc<Sandbox>,
    /// Is told of the reload.
    pub(super) service: Service,
    /// Is told of the reload, and of the history.
    pub(super) telling: Handle,
    /// Whom it tells that it is alive.
    pub(super) heartbeat: watch::Sender<Option<Heartbeat>>,
    /// Where the time comes from.
    pub(super) clock: Clock,
}

/// Listens to signals from now on, and sends the orders.
///
/// # Errors
/// The system refuses.
pub(super) fn listen(reload: Reload, orders: Sender<Order>) -> io::Result<JoinHandle<()>> {
    let hang_up = signal(SignalKind::hangup())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stop = orders.clone();
    Ok(tokio::spawn(async move {
        let stops = async {
            loop {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                if stop.send(Order::Stop).await.is_err() {
                    return;
                }
            }
        };
        let history = open_history(&reload, &orders);
        let compared = compare(&reload, &orders);
        tokio::join!(stops, reload.on(hang_up, &orders), history, compared);
    }))
}

impl Reload {
    async fn on(&self, mut hang_up: Signal, orders: &Sender<Order>) {
        while hang_up.recv().await.is_some() {
            self.service.reloading();
            match prepare(&self.location, &self.sandbox, &self.environment).await {
                Ok(prepared) => {
                    if prepared.config.history() != self.history {
                        output::note(&format!(
                            "warning: `history.path` is another one now; until a restart results go to {}",
                            self.history.display()
                        ));
                    }
                    heart::replace(&self.heartbeat, prepared.heartbeat.clone());
                    self.telling.replace(Arc::clone(&prepared.orders));
                    let replacement = prepared.into_replacement(self.clock);
                    if orders
                        .send(Order::Replace(Box::new(replacement)))
                        .await
                        .is_err()
                    {
                        return;
                    }
                }
                // Every problem was said.
                Err(_) => {
                    output::note("error: the configuration stays as it was before SIGHUP");
                    self.service.ready_again();
                }
            }
        }
    }
}

/// Tries to open a history that could not be opened, until it can.
async fn open_history(reload: &Reload, orders: &Sender<Order>) {
    if reload.is_open {
        return;
    }
    loop {
        tokio::time::sleep(OPEN_AGAIN_AFTER).await;
        let (path, now) = (reload.history.clone(), reload.clock.now());
        let opened = tokio::task::spawn_blocking(move || Recorder::open_for_long(&path, now)).await;
        if let Ok(Ok(recorder)) = opened {
            say_set_aside(&recorder.set_aside());
            // Nobody listens any more: it closes again.
            let recorder = Arc::new(recorder);
            reload.telling.record(Arc::clone(&recorder));
            let _ = orders.send(Order::Record(recorder)).await;
            return;
        }
    }
}

/// Tells the loop which targets the history has as not simply reachable.
async fn compare(reload: &Reload, orders: &Sender<Order>) {
    loop {
        tokio::time::sleep(COMPARE_EVERY).await;
        let path = reload.history.clone();
        let read = tokio::task::spawn_blocking(move || stored_gates(&path)).await;
        // What cannot be read now is read the next time.
        let Ok(Ok(gates)) = read else {
            continue;
        };
        let doubted: Vec<_> = gates.into_iter().map(|(target, _)| target).collect();
        if !doubted.is_empty() && orders.send(Order::Doubt(doubted)).await.is_err() {
            return;
        }
    }
}
