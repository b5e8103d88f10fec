//! `checkrun schedule`: the configured jobs by their schedules, for ever.
//!
//! [`run`] prepares everything and hands over to the loop; [`orders`] turns signals into orders,
//! [`log`] says what happens, [`service`] tells the service manager.

mod heart;
mod log;
mod orders;
mod service;
mod telling;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::mpsc::{Receiver, channel};

use self::heart::Beating;
use self::log::Log;
use self::orders::Reload;
use self::service::Service;
use self::telling::Telling;
use super::args::{ConfigLocation, ScheduleArguments};
use super::exit::Exit;
use super::keeping::Keeping;
use super::progress::Progress;
use super::telling::orders as telling_orders;
use super::{output, run, setup};
use crate::clock::Clock;
use crate::config::{Config, Environment, Need};
use crate::execute::sandbox::Sandbox;
use crate::model::gate::CONNECTION_JOB;
use crate::model::heartbeat::Heartbeat;
use crate::model::job::Job;
use crate::pipeline::messenger::Orders;
use crate::pipeline::scheduler::{Event, LET_GO_WITHIN, Order, Replacement, Scheduler};
use crate::pipeline::{LoadedPack, Pipeline};
use crate::record::{NoLock, ScheduleLock};
use crate::report::human::{Columns, closing_line};
use crate::schedule::{Now, Timetable};

/// How long running runs may take when the command is told to stop: with [`LET_GO_WITHIN`], ten seconds. What is
/// being told has as long, at the same time.
const DRAIN_WITHIN: Duration = Duration::from_secs(10).saturating_sub(LET_GO_WITHIN);

/// How long the history's writer may take to close the file. Whatever was said to be stored is stored by then.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);

/// Orders that may wait; nobody gives more than a few.
const ORDERS_MAX: usize = 16;

/// The configuration with everything it names.
struct Prepared {
    config: Config,
    packs: HashMap<String, LoadedPack>,
    jobs: Vec<Arc<Job>>,
    orders: Arc<Orders>,
    heartbeat: Option<Heartbeat>,
}

/// Runs the command.
///
/// # Errors
/// Shown already; how the command ends.
pub async fn run(
    arguments: ScheduleArguments,
    environment: &Environment,
    clock: Clock,
) -> Result<Exit, Exit> {
    let sandbox = Arc::new(setup::sandbox(environment)?);
    let prepared = prepare(&arguments.location, &sandbox, environment).await?;
    if arguments.once {
        return run_once(prepared, environment, clock).await;
    }
    let service = Service::from_environment(environment);
    let _lock = lock(&prepared.config, clock)?;
    let Prepared {
        config,
        packs,
        jobs,
        orders: telling_orders,
        heartbeat,
    } = prepared;
    let keeping = Keeping::record_for_long(config.history(), &jobs, clock.now());
    let mut log = Log::new(arguments.verbose, &jobs, clock.now());
    log.begins(&config);
    log.history_is_not_open(keeping.problem.as_deref());
    let pipeline = Pipeline {
        packs,
        recorder: keeping.recorder.map(Arc::new),
        memory: Arc::new(keeping.memory),
        clock,
        parallel: config.parallel() as usize,
        gatekeeper: Arc::default(),
    };
    let telling = Telling::begin(
        telling_orders,
        pipeline.recorder.clone(),
        config.history().to_owned(),
        clock,
    );
    let heartbeat = heart::settings(heartbeat);
    let reload = Reload {
        heartbeat: heartbeat.clone(),
        telling: telling.handle(),
        location: arguments.location,
        history: config.history().to_owned(),
        is_open: pipeline.recorder.is_some(),
        environment: environment.clone(),
        sandbox,
        service: service.clone(),
        clock,
    };
    let (sender, mut orders) = channel(ORDERS_MAX);
    // Before anyone is told that this is ready: a signal would end the process.
    let listening = orders::listen(reload, sender).map_err(|error| {
        output::note(&format!("error: cannot listen to signals: {error}"));
        Exit::Defect
    })?;
    let mut scheduler = Scheduler::new(pipeline, &jobs, config.history().to_owned());
    scheduler.recall(&keeping.gates, &mut |event| {
        log.tell(&event, clock.now());
    });
    let history = config.history().to_owned();
    let beating = Beating::begin(heartbeat, &scheduler, history, clock);
    service.ready(&log.headline());
    let told = (&mut log, &service);
    serve(&mut scheduler, telling, &mut orders, told, clock).await;
    beating.end().await;
    listening.abort();
    // It has a copy of the history.
    let _ = listening.await;
    close(scheduler).await;
    output::note("stopped");
    Ok(Exit::OK)
}

/// Closes the history, unless that takes too long.
async fn close(scheduler: Scheduler) {
    let closing = tokio::task::spawn_blocking(move || scheduler.close());
    let _ = tokio::time::timeout(CLOSE_WITHIN, closing).await;
}

async fn serve(
    scheduler: &mut Scheduler,
    telling: Telling,
    orders: &mut Receiver<Order>,
    (log, service): (&mut Log, &Service),
    clock: Clock,
) {
    let mut watchdog = service.watchdog(clock.start());
    let mut tell = |event: Event<'_>| {
        if let Event::Looked = event {
            watchdog.is_alive(clock.start());
        }
        let is_news = log.tell(&event, clock.now());
        match event {
            Event::Replaced { .. } => service.ready(&log.headline()),
            _ if is_news => service.status(&log.headline()),
            _ => {}
        }
    };
    scheduler.run(orders, &mut tell).await;
    service.stopping();
    output::note("stopping: nothing is started any more");
    let hurry = stopped_again(orders).shared();
    let drained = scheduler.drain(DRAIN_WITHIN, hurry.clone(), &mut tell);
    let (dropped, ()) = tokio::join!(drained, telling.end(hurry));
    log.dropped(dropped);
}

/// Somebody who has told the command to stop does so once more.
async fn stopped_again(orders: &mut Receiver<Order>) {
    while !matches!(orders.recv().await, Some(Order::Stop) | None) {}
}

/// Reads the configuration, loads the packs and looks up the secrets; says every problem.
async fn prepare(
    location: &ConfigLocation,
    sandbox: &Sandbox,
    environment: &Environment,
) -> Result<Prepared, Exit> {
    let path = setup::find(location.config.clone(), environment)?;
    let setup::Prepared {
        config,
        packs,
        plan,
        ..
    } = setup::prepare_in(sandbox, &path, Need::Jobs).await?;
    let resolved = plan
        .resolve(environment)
        .map_err(|problems| setup::refuse(&problems))?;
    setup::warn(&resolved.warnings);
    let jobs: Vec<_> = resolved.jobs.into_iter().map(Arc::new).collect();
    let (orders, warnings) =
        telling_orders(&config, environment, &jobs).map_err(|problems| setup::refuse(&problems))?;
    setup::warn(&warnings);
    let (heartbeat, warnings) = config
        .resolve_heartbeat(environment)
        .map_err(|problems| setup::refuse(&problems))?;
    setup::warn(&warnings);
    Ok(Prepared {
        config,
        packs,
        jobs,
        orders: Arc::new(orders),
        heartbeat,
    })
}

impl Prepared {
    /// What the loop goes on with; reads what checks remember.
    fn into_replacement(self, clock: Clock) -> Replacement {
        let memory = Keeping::read_only(self.config.history(), &self.jobs).memory;
        Replacement {
            pipeline: Pipeline {
                packs: self.packs,
                recorder: None,
                memory: Arc::new(memory),
                clock,
                parallel: self.config.parallel() as usize,
                gatekeeper: Arc::default(),
            },
            jobs: self.jobs,
        }
    }
}

/// A history that cannot be written keeps nobody from checking, so neither does its lock.
fn lock(config: &Config, clock: Clock) -> Result<Option<ScheduleLock>, Exit> {
    match ScheduleLock::take(config.history(), std::process::id(), clock.now()) {
        Ok(lock) => Ok(Some(lock)),
        Err(error @ NoLock::Held { .. }) => {
            output::note(&format!(
                "error: {error}\n  stop that one first, or give this one another `history.path`"
            ));
            Err(Exit::History)
        }
        Err(error @ NoLock::Unavailable { .. }) => {
            output::note(&format!(
                "warning: {error}\n  another `checkrun schedule` on this history would not be noticed"
            ));
            Ok(None)
        }
    }
}

/// Every job once, in the order of the schedule; ends as `run` does.
async fn run_once(
    prepared: Prepared,
    environment: &Environment,
    clock: Clock,
) -> Result<Exit, Exit> {
    let Prepared {
        config,
        packs,
        jobs,
        ..
    } = prepared;
    let at = clock.now();
    let now = Now {
        steady: at,
        wall: at,
    };
    let jobs = Timetable::new(&jobs, now).in_order(now);
    let keeping = Keeping::record(config.history(), &jobs, at);
    let pipeline = Pipeline {
        packs,
        recorder: keeping.recorder.map(Arc::new),
        memory: Arc::new(keeping.memory),
        clock,
        parallel: config.parallel() as usize,
        gatekeeper: Arc::default(),
    };
    let progress = Progress::new(
        jobs.len() as u64,
        columns(&jobs),
        setup::colour(environment),
    );
    let summary = run::execute(pipeline, jobs, &keeping.gates, |run| progress.finished(run)).await;
    progress.done();
    output::data(&closing_line(&summary));
    Ok(run::exit(keeping.problem.as_deref(), &summary))
}

fn columns(jobs: &[Arc<Job>]) -> Columns {
    let names = jobs
        .iter()
        .map(|job| (job.name.as_str(), job.target.name.as_str()));
    // Of every target there may be lines of its connection.
    Columns::fitting(names.chain([(CONNECTION_JOB, "")]))
}
