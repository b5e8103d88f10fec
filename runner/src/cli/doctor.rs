//! `checkrun doctor`: is the runner itself sound?
//!
//! Gathers what there is to see, each thing by itself, and shows one document. What was seen is judged by
//! [`crate::operations::doctor`]. Nothing is changed, and no database is asked.

use std::path::Path;
use std::time::Duration;

use checkrun_history::notification::{MessageState, MessageSummary};
use checkrun_history::{Cause, Error, Reader, RunFilter, damaged_copies, try_writing};
use serde_json::to_value;

use super::args::{DoctorArguments, ListFormat};
use super::exit::Exit;
use super::{output, setup};
use crate::clock::Clock;
use crate::config::{self, Config, Draft, Environment, Need, Problems};
use crate::model::run::Micros;
use crate::model::self_watch::{RUNNER_JOB, RUNNER_TARGET};
use crate::model::status::Status;
use crate::model::target::{Address, Host, ServerAddress, TlsMode};
use crate::operations::Remark;
use crate::operations::doctor::facts::{
    Answers, Content, Doubt, Facts, History, Lock, Packs, Problem, Setup,
};
use crate::operations::doctor::{Doctor, Verdict};
use crate::operations::observation::Observation;
use crate::pipeline::history_file;
use crate::record::ScheduleLock;
use crate::report::{doctor as human, json};

/// How long the history is looked through for damage.
const LOOKS_THROUGH_FOR: Duration = Duration::from_secs(5);

/// How far back messages count that were given up.
const GIVEN_UP_WITHIN: Duration = Duration::from_secs(24 * 60 * 60);

/// The newest messages among which those that were given up are looked for.
const MESSAGES_MAX: u32 = 1000;

/// Messages that were given up of which the error is told; the others are counted.
const GIVEN_UP_MAX: usize = 5;

/// Runs the command.
///
/// # Errors
/// Shown already; how the command ends.
pub async fn run(
    arguments: DoctorArguments,
    environment: &Environment,
    clock: Clock,
) -> Result<Exit, Exit> {
    let (start, started) = (clock.start(), clock.now());
    let named = arguments.location.config;
    let read =
        config::discover(named, environment, Path::exists).and_then(|path| Draft::load(&path));
    let facts = match read {
        Ok(draft) => facts(&draft, environment, started).await,
        Err(problems) => Facts {
            problems: told(&problems),
            ..Facts::default()
        },
    };
    // What is written meanwhile is no message from the future.
    let doctor = Doctor::judge(&facts, clock.now(), start.elapsed());
    show(&doctor, arguments.format, environment)?;
    Ok(Exit::Status(match doctor.status {
        Verdict::Skipped | Verdict::Passed => Status::Ok,
        Verdict::Warning => Status::Warning,
        Verdict::Failed => Status::Critical,
    }))
}

fn show(doctor: &Doctor, format: ListFormat, environment: &Environment) -> Result<(), Exit> {
    match format {
        ListFormat::Human => output::data(&human::for_people(doctor, setup::colour(environment))),
        ListFormat::Json => {
            let document = to_value(doctor).map_err(|error| {
                output::note(&format!("error: the answer is no JSON: {error}"));
                Exit::Defect
            })?;
            output::data(&json::pretty(&document));
        }
    }
    Ok(())
}

async fn facts(draft: &Draft, environment: &Environment, now: Micros) -> Facts {
    let (packs, no_sandbox) = match setup::sandbox(environment) {
        Ok(sandbox) => (setup::packs(&sandbox, draft.packs()).await, None),
        Err(_) => (setup::Packs::default(), Some(without_sandbox())),
    };
    let refused = &packs.known.refused;
    let (jobs, mut problems) = match draft.plan(&packs.known, Need::Jobs) {
        Ok(planned) => (planned.plan.jobs().len(), planned.warnings),
        Err(problems) => (0, problems),
    };
    // Told as those of packs.
    problems.0.retain(|problem| !refused.0.contains(problem));
    let mut loaded: Vec<String> = packs
        .known
        .infos
        .iter()
        .map(|info| format!("{} {}", info.name, info.version))
        .collect();
    loaded.sort();
    let config = draft.clone().finish().ok().map(|loaded| loaded.config);
    Facts {
        file: Some(draft.file().display().to_string()),
        targets: draft.targets(),
        jobs,
        problems: match no_sandbox {
            // Without packs no check is known, which is not the configuration's fault.
            Some(_) => Vec::new(),
            None => told(&problems),
        },
        secrets: Some(told(&draft.check_secrets(environment))),
        packs: Some(Packs {
            loaded,
            problems: no_sandbox.into_iter().chain(told(refused)).collect(),
        }),
        setup: config.map(|config| setup_of(&config, now)),
    }
}

fn without_sandbox() -> Problem {
    Problem {
        verdict: Verdict::Failed,
        remark: Remark {
            text: "There is no sandbox to load them into; standard error says why.".into(),
            advice: None,
        },
    }
}

fn told(problems: &Problems) -> Vec<Problem> {
    let told = problems.0.iter().map(|problem| {
        let text = match (&problem.file, problem.line) {
            (Some(file), Some(line)) => format!("{} ({}:{line})", problem.message, file.display()),
            (Some(file), None) => format!("{} ({})", problem.message, file.display()),
            (None, _) => problem.message.clone(),
        };
        Problem {
            verdict: match problem.severity {
                config::Severity::Error => Verdict::Failed,
                config::Severity::Warning => Verdict::Warning,
            },
            remark: Remark {
                text,
                advice: problem.hint.clone(),
            },
        }
    });
    told.collect()
}

fn setup_of(config: &Config, now: Micros) -> Setup {
    Setup {
        history: history(config.history(), now),
        lock: match ScheduleLock::holder(config.history()) {
            Ok(None) => Lock::Free,
            Ok(Some(holder)) => Lock::Held(holder.text, holder.since),
            Err(error) => Lock::Unknown(error.to_string()),
        },
        tells_people: config.tells_people(),
        doubts: doubts(config),
    }
}

fn doubts(config: &Config) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    for entry in config.targets() {
        let target = entry.without_password();
        if let Address::Server(server) = &target.address {
            doubts.extend(unverified(&target.name, server));
        }
        if target.allow_privileged {
            let target = target.name.clone();
            doubts.push(Doubt::Privileged { target });
        }
    }
    let mail = config.unprotected_mail_server();
    doubts.extend(mail.map(|host| Doubt::Mail { host: host.into() }));
    doubts
}

fn unverified(target: &str, server: &ServerAddress) -> Option<Doubt> {
    let mode = match server.tls.mode {
        TlsMode::Disable => "disable",
        TlsMode::Prefer => "prefer",
        TlsMode::Require => "require",
        TlsMode::VerifyFull => return None,
    };
    match &server.host {
        Host::Tcp { name, .. } if !server.host.is_local() => Some(Doubt::Tls {
            target: target.to_owned(),
            host: name.clone(),
            mode,
        }),
        Host::Tcp { .. } | Host::Socket { .. } => None,
    }
}

fn history(path: &Path, now: Micros) -> History {
    let content = match Reader::open(path) {
        Ok(reader) => Content::Readable(Box::new(answers(&reader, now))),
        Err(error) if error.cause == Cause::Missing => Content::Missing,
        Err(error) => Content::Unreadable(remark(&error)),
    };
    let writing = match content {
        Content::Missing => folder(path),
        Content::Unreadable(_) | Content::Readable(_) => {
            try_writing(path).map_err(|error| remark(&error))
        }
    };
    History {
        path: path.display().to_string(),
        content,
        writing,
        free_bytes: history_file(path).free_bytes,
        set_aside: damaged_copies(path)
            .iter()
            .map(|copy| copy.display().to_string())
            .collect(),
    }
}

/// Whether a file can be made there.
fn folder(history: &Path) -> Result<(), Remark> {
    use rustix::fs::{Access, access};
    let parent = history.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = parent.unwrap_or(Path::new("."));
    access(folder, Access::WRITE_OK | Access::EXEC_OK).map_err(|error| Remark {
        text: format!("{}: {error}", folder.display()),
        advice: Some(
            "let the account of checkrun write into this folder, or set `history.path` to another one"
                .into(),
        ),
    })
}

fn answers(reader: &Reader, now: Micros) -> Answers {
    let day = i64::try_from(GIVEN_UP_WITHIN.as_micros()).unwrap_or(i64::MAX);
    let since = now.0.saturating_sub(day);
    Answers {
        versions: reader.versions(),
        soundness: asked(reader.quick_check(LOOKS_THROUGH_FOR)),
        look: asked(look(reader)),
        outbox: asked(reader.outbox(since)),
        given_up: asked(given_up(reader, since)),
        silences: asked(reader.silences(now.0)),
    }
}

/// What the schedule found last when it looked at itself.
fn look(reader: &Reader) -> Result<Option<Observation>, Error> {
    let own = RunFilter {
        job: Some(RUNNER_JOB.to_owned()),
        target: Some(RUNNER_TARGET.to_owned()),
        ..RunFilter::newest(1)
    };
    let Some(newest) = reader.runs(&own)?.into_iter().next() else {
        return Ok(None);
    };
    Ok(reader.run(newest.id)?.map(Observation::from))
}

fn given_up(reader: &Reader, since_us: i64) -> Result<Vec<MessageSummary>, Error> {
    let is_given_up = |message: &MessageSummary| {
        message.state == MessageState::Failed && message.ended_us >= Some(since_us)
    };
    let messages = reader.messages(MESSAGES_MAX)?.into_iter();
    Ok(messages.filter(is_given_up).take(GIVEN_UP_MAX).collect())
}

fn asked<T>(answer: Result<T, Error>) -> Result<T, Remark> {
    answer.map_err(|error| remark(&error))
}

fn remark(error: &Error) -> Remark {
    Remark {
        text: error.to_string(),
        advice: Some(error.hint().to_owned()),
    }
}
