//! [`Telling`]: people are told in the demo as `checkrun schedule` tells them, and what they get is shown.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::alert::channel::Content;
use crate::cli::exit::Exit;
use crate::cli::{deliver, output, setup, telling};
use crate::clock::Clock;
use crate::config::{Config, Environment};
use crate::model::job::Job;
use crate::pipeline::messenger::{Messenger, News};
use crate::record::{Recorder, ScheduleLock, explain};

/// So often, in so long a time, it looks for what is to be told between two rounds: two seconds in all, so
/// that people can follow.
const LOOKS: u32 = 10;
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Paragraphs of a mail that are shown: what is wrong, and what was measured.
const PARAGRAPHS_SHOWN: usize = 2;

/// Tells people and shows it.
pub(super) struct Telling {
    messenger: Messenger,
    outbox: PathBuf,
    _lock: ScheduleLock,
}

impl Telling {
    /// Begins with what the configuration says of telling people.
    ///
    /// # Errors
    /// Shown already; how the command ends.
    pub(super) async fn begin(
        config: &Config,
        environment: &Environment,
        jobs: &[Arc<Job>],
        outbox: PathBuf,
        clock: Clock,
    ) -> Result<Self, Exit> {
        let (orders, warnings) = telling::orders(config, environment, jobs)
            .map_err(|problems| setup::refuse(&problems))?;
        setup::warn(&warnings);
        let lock = deliver::lock(config, clock)?;
        let recorder = Recorder::open(config.history(), clock.now()).map_err(|error| {
            output::note(&format!("error: {}", explain(&error)));
            Exit::History
        })?;
        let history = config.history().to_owned();
        let messenger = Messenger::new(Arc::new(orders), Arc::new(recorder), history, clock);
        messenger.resume().await.map_err(|error| {
            output::note(&format!("error: {error}"));
            Exit::History
        })?;
        Ok(Self {
            messenger,
            outbox,
            _lock: lock,
        })
    }

    /// The time between two rounds.
    pub(super) async fn pause(&mut self) {
        let outbox = &self.outbox;
        for _ in 0..LOOKS {
            self.messenger.turn(&mut |news| show(&news, outbox)).await;
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Waits for what is still being written.
    pub(super) async fn end(mut self) {
        let outbox = &self.outbox;
        self.messenger.finish(&mut |news| show(&news, outbox)).await;
    }
}

fn show(news: &News<'_>, outbox: &Path) {
    match news {
        News::Over {
            content: Some(Content::Mail(mail)),
            problem: None,
            ..
        } => {
            let to: Vec<&str> = mail.to.iter().map(|to| to.address.as_str()).collect();
            let paragraphs: Vec<&str> = mail.text.split("\n\n").take(PARAGRAPHS_SHOWN).collect();
            let beginning: String = paragraphs
                .join("\n\n")
                .lines()
                .map(|line| format!("{}\n", format!("  | {line}").trim_end()))
                .collect();
            output::data(&format!(
                "\nmail to {}: {}\n  {}\n{beginning}",
                to.join(", "),
                mail.subject,
                outbox.join(mail.file_name()).display(),
            ));
        }
        other => telling::say(other),
    }
}
