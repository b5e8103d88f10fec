//! `checkrun demo`: a small shop's database grows while real checks watch it, with a real
//! configuration, a real history and real mail, in a folder of their own.

mod telling;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use checkrun_history::{Reader, RunFilter};
use jiff::tz::TimeZone;

use self::telling::Telling;
use super::args::DemoArguments;
use super::exit::Exit;
use super::keeping::Keeping;
use super::{output, run, setup};
use crate::clock::Clock;
use crate::config::{Environment, Need};
use crate::demo::{CONFIGURATION, Event, OUTBOX, STORY, Shop};
use crate::model::job::Job;
use crate::pipeline::{LoadedPack, Pipeline};
use crate::record::explain;
use crate::report::human::{Columns, run_lines};
use crate::report::past;

/// Runs the command.
///
/// # Errors
/// Shown already; how the command ends.
pub async fn run(
    arguments: DemoArguments,
    environment: &Environment,
    clock: Clock,
) -> Result<Exit, Exit> {
    let folder = folder(arguments.folder)?;
    let shop = prepare(&folder)?;
    let file = folder.join("checkrun.toml");
    let prepared = setup::prepare(&file, Need::Jobs, environment).await?;
    let (config, packs) = (prepared.config, prepared.packs);
    let resolved = prepared
        .plan
        .resolve(environment)
        .map_err(|problems| setup::refuse(&problems))?;
    let jobs: Vec<_> = resolved.jobs.into_iter().map(Arc::new).collect();
    output::data(&format!(
        "A small shop, watched by {} jobs as {} says.\n",
        jobs.len(),
        file.display()
    ));
    let outbox = folder.join(OUTBOX);
    let mut telling = Telling::begin(&config, environment, &jobs, outbox.clone(), clock).await?;
    for event in STORY {
        shop.apply(event).map_err(|error| broken(&folder, &error))?;
        output::data(&format!("\n{}\n", tell(event)));
        let keeping = Keeping::record(config.history(), &jobs, clock.now());
        show_round(keeping, &packs, &jobs, environment, clock).await?;
        telling.pause().await;
    }
    telling.end().await;
    show_history(config.history())?;
    output::data(&closing_words(&file, config.history(), &outbox));
    Ok(Exit::OK)
}

fn folder(wanted: Option<PathBuf>) -> Result<PathBuf, Exit> {
    match wanted {
        Some(folder) => fs::create_dir_all(&folder)
            .map(|()| folder.clone())
            .map_err(|error| broken(&folder, &error)),
        None => tempfile::Builder::new()
            .prefix("checkrun-demo-")
            .tempdir()
            .map(tempfile::TempDir::keep)
            .map_err(|error| broken(Path::new("the temporary folder"), &error)),
    }
}

fn prepare(folder: &Path) -> Result<Shop, Exit> {
    let file = folder.join("checkrun.toml");
    fs::write(&file, CONFIGURATION).map_err(|error| broken(&file, &error))?;
    let database = folder.join("shop.db");
    Shop::create(&database).map_err(|error| broken(&database, &error))
}

fn broken(what: &Path, error: &dyn std::error::Error) -> Exit {
    output::note(&format!(
        "error: the demo cannot write {}: {error}\n  name another folder with `--folder`",
        what.display()
    ));
    Exit::History
}

fn tell(event: Event) -> String {
    match event {
        Event::Orders(count) => format!("{count} new orders come in"),
        Event::ShipAll => "everything is shipped".to_owned(),
    }
}

async fn show_round(
    keeping: Keeping,
    packs: &std::collections::HashMap<String, LoadedPack>,
    jobs: &[Arc<Job>],
    environment: &Environment,
    clock: Clock,
) -> Result<(), Exit> {
    if let Some(problem) = keeping.problem {
        output::note(&format!("error: {problem}"));
        return Err(Exit::History);
    }
    let columns = Columns::fitting(
        jobs.iter()
            .map(|job| (job.name.as_str(), job.target.name.as_str())),
    );
    let colour = setup::colour(environment);
    let pipeline = Pipeline {
        packs: packs.clone(),
        recorder: keeping.recorder.map(Arc::new),
        memory: Arc::new(keeping.memory),
        clock,
        parallel: jobs.len(),
        gatekeeper: Arc::default(),
    };
    let summary = run::execute(pipeline, jobs.to_vec(), &keeping.gates, |_| {}).await;
    output::data(
        &summary
            .runs
            .iter()
            .map(|run| run_lines(run, columns, colour))
            .collect::<String>(),
    );
    Ok(())
}

fn show_history(path: &Path) -> Result<(), Exit> {
    let filter = RunFilter {
        job: Some("open-orders".into()),
        ..RunFilter::newest(20)
    };
    let runs = Reader::open(path)
        .and_then(|reader| reader.runs(&filter))
        .map_err(|error| {
            output::note(&format!("error: {}", explain(&error)));
            Exit::History
        })?;
    let list = past::list_for_people(&runs, &TimeZone::system());
    output::data(&format!(
        "\nAll of it is kept. The past of one job, newest first:\n\n{list}"
    ));
    Ok(())
}

fn closing_words(file: &Path, history: &Path, outbox: &Path) -> String {
    let (file, history, outbox) = (file.display(), history.display(), outbox.display());
    // It may not be in the PATH yet: a build's first run is likely to be this one.
    let program = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("checkrun"));
    let program = program.display();
    format!(
        "\nGo on from here (a mail program opens the .eml files):\n  \
         {program} alerts list --all --config {file}\n  \
         {program} alerts messages --config {file}\n  \
         ls {outbox}\n  \
         {program} run --config {file}\n  \
         {program} history show --config {file} 1\n  \
         sqlite3 {history} 'SELECT * FROM v_sample ORDER BY time DESC LIMIT 10'\n"
    )
}
