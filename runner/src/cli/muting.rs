//! `checkrun alerts ack|silence|silences|unsilence`: what people say about messages.

use std::time::Duration;

use checkrun_history::incident::IncidentId;
use checkrun_history::notification::{Acknowledgement, Silence};
use checkrun_history::record::StoredStatus;
use jiff::tz::TimeZone;

use super::args::{
    AcknowledgeArguments, HistoryLocation, ListFormat, SilenceArguments, SilencesArguments,
    UnsilenceArguments,
};
use super::exit::Exit;
use super::{history, output, setup};
use crate::clock::Clock;
use crate::config::{Environment, Problem};
use crate::model::run::Micros;
use crate::model::unit::format_duration;
use crate::record::{NotWritten, Recorder, explain};
use crate::report::past::local;
use crate::report::silences;

/// Nobody looks again at what is muted for longer.
const LASTS_MAX: Duration = Duration::from_secs(30 * 86_400);

/// Longest name and comment, characters.
const TEXT_CHARS_MAX: usize = 500;

/// `alerts ack`
///
/// # Errors
/// Shown already; how the command ends.
pub async fn acknowledge(
    arguments: AcknowledgeArguments,
    environment: &Environment,
    clock: Clock,
) -> Result<Exit, Exit> {
    let now = clock.now();
    let author = author(arguments.by, environment)?;
    let until = end(now, arguments.lasts)?;
    let comment = text(arguments.comment, "--comment")?;
    let recorder = open(arguments.history, environment, clock)?;
    let id = arguments.incident;
    let given = Acknowledgement {
        author,
        comment,
        created_us: now.0,
        until_us: until.0,
        // The history takes the one that the incident has.
        severity: StoredStatus::Warning,
        is_sticky: arguments.sticky,
    };
    let by = given.author.clone();
    match recorder.acknowledge(IncidentId(id), given).await {
        Ok(Ok(())) => {
            output::data(&format!(
                "incident {id} is with {by} until {}; nobody is reminded of it{}\n",
                local(until.0, &TimeZone::system()),
                match arguments.sticky {
                    true => ", also when it gets worse",
                    false => ", unless it gets worse",
                }
            ));
            Ok(Exit::OK)
        }
        Ok(Err(why)) => {
            let problem = Problem::without_place(format!("incident {id}: {why}"))
                .with_hint("`checkrun alerts list` shows those that are open");
            Err(setup::refuse_arguments(&problem.into()))
        }
        Err(error) => Err(refuse(&error)),
    }
}

/// `alerts silence`
///
/// # Errors
/// Shown already; how the command ends.
pub async fn silence(
    arguments: SilenceArguments,
    environment: &Environment,
    clock: Clock,
) -> Result<Exit, Exit> {
    let now = clock.now();
    let starts = match arguments.from {
        None => now,
        Some(local) => start(local, now)?,
    };
    let silence = Silence {
        id: 0,
        target: arguments.target,
        job: arguments.check,
        labels: arguments.label.into_iter().collect(),
        starts_us: starts.0,
        ends_us: end(starts, arguments.lasts)?.0,
        author: author(arguments.by, environment)?,
        comment: text(arguments.comment, "--comment")?,
        created_us: now.0,
        lifted_us: None,
    };
    let recorder = open(arguments.history, environment, clock)?;
    let id = recorder
        .silence(silence.clone())
        .await
        .map_err(|error| refuse(&error))?;
    let silence = Silence { id, ..silence };
    output::data(&silences::list_for_people(
        &[silence],
        now,
        &TimeZone::system(),
    ));
    output::data(&format!(
        "Checks go on. `checkrun alerts unsilence {id}` ends it early.\n"
    ));
    Ok(Exit::OK)
}

/// `alerts silences`
///
/// # Errors
/// Shown already; how the command ends.
pub fn list(
    arguments: SilencesArguments,
    environment: &Environment,
    clock: Clock,
) -> Result<Exit, Exit> {
    let now = clock.now();
    let reader = history::open(arguments.history, environment)?;
    let found = reader
        .silences(now.0)
        .map_err(|error| history::refuse(&error))?;
    output::data(&match arguments.format {
        ListFormat::Human => silences::list_for_people(&found, now, &TimeZone::system()),
        ListFormat::Json => silences::list_as_json(&found),
    });
    Ok(Exit::OK)
}

/// `alerts unsilence`
///
/// # Errors
/// Shown already; how the command ends.
pub async fn unsilence(
    arguments: UnsilenceArguments,
    environment: &Environment,
    clock: Clock,
) -> Result<Exit, Exit> {
    let recorder = open(arguments.history, environment, clock)?;
    let id = arguments.silence;
    let lifted = recorder
        .lift_silence(id, clock.now())
        .await
        .map_err(|error| refuse(&error))?;
    if lifted {
        output::data(&format!("silence {id} is over\n"));
        return Ok(Exit::OK);
    }
    let problem = Problem::without_place(format!("there is no silence {id} that could be ended"))
        .with_hint("`checkrun alerts silences` shows those that hold");
    Err(setup::refuse_arguments(&problem.into()))
}

fn open(
    location: HistoryLocation,
    environment: &Environment,
    clock: Clock,
) -> Result<Recorder, Exit> {
    // Nothing is begun by somebody who mutes: a history that is not there has nothing to mute.
    let path = history::path(location, environment)?;
    history::open_at(&path)?;
    Recorder::open(&path, clock.now()).map_err(|error| {
        output::note(&format!("error: {}", explain(&error)));
        Exit::History
    })
}

fn refuse(error: &NotWritten) -> Exit {
    output::note(&format!("error: {error}"));
    Exit::History
}

fn start(local: jiff::civil::DateTime, now: Micros) -> Result<Micros, Exit> {
    match TimeZone::system().to_timestamp(local) {
        Ok(starts) => Ok(Micros(starts.as_microsecond().max(now.0))),
        Err(_) => {
            let problem = Problem::without_place("`--from` is too far away");
            Err(setup::refuse_arguments(&problem.into()))
        }
    }
}

fn end(from: Micros, lasts: Duration) -> Result<Micros, Exit> {
    if lasts.is_zero() || lasts > LASTS_MAX {
        let problem = Problem::without_place(format!(
            "`--for` is more than nothing and at most {}",
            format_duration(LASTS_MAX)
        ));
        let hint = "what is muted for ever nobody ever looks at again";
        return Err(setup::refuse_arguments(&problem.with_hint(hint).into()));
    }
    let lasts = i64::try_from(lasts.as_micros()).unwrap_or(i64::MAX);
    Ok(Micros(from.0.saturating_add(lasts)))
}

/// Whoever is named, or whose account this is.
fn author(named: Option<String>, environment: &Environment) -> Result<String, Exit> {
    let account = || {
        ["SUDO_USER", "USER", "LOGNAME"]
            .iter()
            .find_map(|name| environment.get(name))
            .and_then(|name| name.to_str())
            .map(str::to_owned)
    };
    match named
        .or_else(account)
        .filter(|name| !name.trim().is_empty())
    {
        Some(name) => text(name, "--by"),
        None => {
            let problem = Problem::without_place("nobody knows who you are");
            let hint = "name yourself: `--by NAME`";
            Err(setup::refuse_arguments(&problem.with_hint(hint).into()))
        }
    }
}

fn text(given: String, what: &str) -> Result<String, Exit> {
    if given.chars().count() <= TEXT_CHARS_MAX {
        return Ok(given);
    }
    let problem =
        Problem::without_place(format!("`{what}` has at most {TEXT_CHARS_MAX} characters"));
    Err(setup::refuse_arguments(&problem.into()))
}
