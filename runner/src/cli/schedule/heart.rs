//! The heartbeat beside the loop, and what is said of it: a trouble when it begins and when it is over.

use std::path::PathBuf;

use tokio::sync::watch::{self, Sender};
use tokio::task::JoinHandle;

use crate::cli::output;
use crate::clock::Clock;
use crate::model::heartbeat::Heartbeat;
use crate::pipeline::heartbeat::{Heart, HeartNews};
use crate::pipeline::scheduler::Scheduler;

/// Beats until it is stopped.
pub(super) struct Beating {
    settings: Sender<Option<Heartbeat>>,
    task: JoinHandle<()>,
}

impl Beating {
    /// Begins, if there is somebody to tell.
    pub(super) fn begin(
        settings: Sender<Option<Heartbeat>>,
        scheduler: &Scheduler,
        history: PathBuf,
        clock: Clock,
    ) -> Self {
        let heart = Heart {
            settings: settings.subscribe(),
            pulse: scheduler.pulse(),
            history,
            clock,
        };
        let mut log = Log::default();
        Self {
            settings,
            task: tokio::spawn(heart.beat(move |news| log.tell(news))),
        }
    }

    /// Nobody is told any more, as the runner is not.
    pub(super) async fn end(self) {
        drop(self.settings);
        self.task.abort();
        // What it was saying just now is not missed.
        let _ = self.task.await;
    }
}

/// Whom to tell, so that it can be changed.
pub(super) fn settings(first: Option<Heartbeat>) -> Sender<Option<Heartbeat>> {
    watch::channel(first).0
}

/// Another configuration is in force; one that says the same changes no time.
pub(super) fn replace(settings: &Sender<Option<Heartbeat>>, new: Option<Heartbeat>) {
    settings.send_if_modified(|known| {
        let is_other = *known != new;
        *known = new;
        is_other
    });
}

#[derive(Default)]
struct Log {
    /// What was said last, without what only counts on.
    said: Option<Trouble>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Trouble {
    Withheld,
    Unheard,
}

impl Log {
    fn tell(&mut self, news: HeartNews) {
        let trouble = match &news {
            HeartNews::Heard => None,
            HeartNews::Withheld(_) => Some(Trouble::Withheld),
            HeartNews::Unheard { .. } => Some(Trouble::Unheard),
        };
        if std::mem::replace(&mut self.said, trouble) == trouble {
            return;
        }
        output::note(&match news {
            HeartNews::Heard => "the heartbeat is heard again".to_owned(),
            HeartNews::Withheld(complaints) => format!(
                "warning: the heartbeat does not say that all is well: {}",
                complaints.join("; ")
            ),
            HeartNews::Unheard { server, cause } => format!(
                "warning: {server} does not hear the heartbeat: {}",
                cause.sentence()
            ),
        });
    }
}
