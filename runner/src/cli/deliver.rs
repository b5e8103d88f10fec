//! `checkrun alerts deliver`: tells people what is to be told now, once. For those who run checks by
//! cron; `checkrun schedule` does the same by itself.

use std::sync::Arc;
use std::time::Duration;

use super::args::DeliverArguments;
use super::exit::Exit;
use super::{output, setup, telling};
use crate::clock::Clock;
use crate::config::{Config, Environment, Need};
use crate::model::job::Job;
use crate::model::status::Status;
use crate::pipeline::messenger::{Messenger, News, Orders};
use crate::record::{NoLock, Recorder, ScheduleLock, explain};

/// What became of the messages.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    over: u32,
    problems: u32,
    stuck: bool,
}

/// Runs the command.
///
/// # Errors
/// Shown already; how the command ends.
pub async fn run(
    arguments: DeliverArguments,
    environment: &Environment,
    clock: Clock,
) -> Result<Exit, Exit> {
    let path = setup::find(arguments.location.config, environment)?;
    let prepared = setup::prepare(&path, Need::Targets, environment).await?;
    let jobs = jobs(&prepared, environment);
    let config = prepared.config;
    let (mut orders, warnings) = telling::orders(&config, environment, &jobs)
        .map_err(|problems| setup::refuse(&problems))?;
    setup::warn(&warnings);
    // Whoever calls this has run everything that belongs together.
    orders.rules.group_wait = Duration::ZERO;
    if orders.audiences.is_empty() {
        output::note(
            "warning: there is no [[route]], so nobody to tell\n  write `[[route]]` with `to = [\"name@example.org\"]`",
        );
        return Ok(Exit::OK);
    }
    let _lock = lock(&config, clock)?;
    let recorder = Recorder::open(config.history(), clock.now()).map_err(|error| {
        output::note(&format!("error: {}", explain(&error)));
        Exit::History
    })?;
    let tally = deliver(orders, Arc::new(recorder), &config, clock).await?;
    Ok(match tally {
        _ if tally.stuck => Exit::History,
        Tally { problems: 0, .. } => Exit::OK,
        Tally { over: 0, .. } => Exit::Status(Status::Critical),
        _ => Exit::Status(Status::Warning),
    })
}

/// The jobs whose secrets are there; nobody connects to anything, so the others only go without the
/// thresholds in their mail.
fn jobs(prepared: &setup::Prepared, environment: &Environment) -> Vec<Arc<Job>> {
    match prepared.plan.resolve(environment) {
        Ok(resolved) => resolved.jobs.into_iter().map(Arc::new).collect(),
        Err(_) => Vec::new(),
    }
}

async fn deliver(
    orders: Orders,
    recorder: Arc<Recorder>,
    config: &Config,
    clock: Clock,
) -> Result<Tally, Exit> {
    let history = config.history().to_owned();
    // For this command it is one moment: what could not be handed over is not due again within it.
    let moment = Clock::Fixed(clock.now());
    let mut messenger = Messenger::new(Arc::new(orders), recorder, history, moment);
    messenger.resume().await.map_err(|error| {
        output::note(&format!("error: {error}"));
        Exit::History
    })?;
    let mut tally = Tally::default();
    let mut tell = |news: News<'_>| tally.tell(&news);
    loop {
        // What has come to an end may make room for what waits behind it.
        let left = messenger.turn(&mut tell).await;
        if left.in_flight == 0 {
            break;
        }
        messenger.wait(&mut tell).await;
    }
    Ok(tally)
}

impl Tally {
    fn tell(&mut self, news: &News<'_>) {
        match news {
            News::Decided => {}
            News::Over { problem: None, .. } => self.over += 1,
            News::Over { .. } | News::Deferred { .. } => self.problems += 1,
            // Somebody has it; the others get it by a later call.
            News::Waiting { .. } => self.over += 1,
            News::Stuck(_) => self.stuck = true,
        }
        telling::say(news);
    }
}

/// Whoever runs `checkrun schedule` on this history tells people already.
///
/// # Errors
/// Shown already; how the command ends.
pub(super) fn lock(config: &Config, clock: Clock) -> Result<ScheduleLock, Exit> {
    ScheduleLock::take(config.history(), std::process::id(), clock.now()).map_err(|error| {
        let hint = match &error {
            NoLock::Held { .. } => "it tells people by itself",
            NoLock::Unavailable { .. } => "without a lock somebody could be told twice",
        };
        output::note(&format!("error: {error}\n  {hint}"));
        Exit::History
    })
}
