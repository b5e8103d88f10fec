//! [`Examination`]: goes through the stages of one target, as far as it gets.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::checking::Checking;
use super::course::Course;
use super::problems_of;
use crate::clock::Clock;
use crate::config::{Draft, DraftTarget, Environment, Plan, PlannedJob, TargetEntry};
use crate::execute::database::Database;
use crate::execute::database::probe::{self, Line};
use crate::execute::database::session::Session;
use crate::model::advice::Cause;
use crate::model::sql::{ConnectionClass, ConnectionError, Query, SqlError};
use crate::model::target::{Address, Host, Protocol, ServerAddress, Target};
use crate::model::whereabouts;
use crate::operations::diagnosis::checks::{self, Checked};
use crate::operations::diagnosis::configuration::{configuration, place, secret, unusable};
use crate::operations::diagnosis::document::{Problem, Severity, milliseconds};
use crate::operations::diagnosis::encryption::{Wanted, tls};
use crate::operations::diagnosis::limits::{CHECKS, CONNECTIONS, ROUNDS};
use crate::operations::diagnosis::login::{self, Login};
use crate::operations::diagnosis::speed::{self, Sample};
use crate::operations::diagnosis::{Stage, StageReport, TargetDiagnosis, network, ranking};

/// What the server shows of us.
const APPLICATION: &str = "checkrun/diagnose";

/// More than the query answers.
const ANSWER_BYTES_MAX: u64 = 1024;

/// What the examination of each target needs.
#[derive(Clone, Copy)]
pub struct Examination<'a> {
    /// Whose targets they are.
    pub draft: &'a Draft,
    /// The configured checks; absent where they could not be planned.
    pub plan: Option<&'a Plan>,
    /// Runs them.
    pub checking: &'a Checking,
    /// Where secrets may be.
    pub environment: &'a Environment,
    /// The time.
    pub clock: Clock,
}

impl Examination<'_> {
    /// Goes through all stages that the target has.
    pub async fn of(self, target: &DraftTarget) -> TargetDiagnosis {
        let start = self.clock.start();
        let mut course = Course::default();
        let mut problems = problems_of(target.problems(), "configuration");
        problems.extend(self.unread_folders(target.name()));
        let (engine, address) = match target.entry() {
            None => {
                course.add(unusable(problems));
                (None, None)
            }
            Some(entry) => {
                let known = entry.without_password();
                course.add(configuration(known, problems, start.elapsed()));
                self.go_through(entry, &mut course).await;
                let engine = known.address.engine_word().to_owned();
                (Some(engine), Some(place(&known.address)))
            }
        };
        let stages = course.finish(target.entry().map(Arc::as_ref));
        TargetDiagnosis {
            target: target.name().to_owned(),
            engine,
            address,
            outcome: ranking::worst(&stages),
            duration_ms: milliseconds(start.elapsed()),
            stages,
        }
    }

    /// What the checks of a target are asked without.
    fn unread_folders(self, target: &str) -> Vec<Problem> {
        let planned = self.plan.into_iter().flat_map(Plan::jobs);
        let own = planned.filter(|job| job.target.name() == target);
        let of_job = |job: &PlannedJob| {
            let told = job.hindrances.iter().map(|problem| {
                let cause = Cause::FolderNotRead {
                    job: &job.name,
                    why: &problem.message,
                    hint: problem.hint.as_deref(),
                };
                Problem::of(Severity::Warning, &cause)
            });
            told.collect::<Vec<_>>()
        };
        own.flat_map(of_job).collect()
    }

    async fn go_through(self, entry: &Arc<TargetEntry>, course: &mut Course) {
        let start = self.clock.start();
        let source = entry.password_source();
        let completed = self.draft.complete(entry, self.environment);
        let (target, problems) = match completed {
            Ok((target, doubts)) => (Some(target), doubts),
            Err(problems) => (None, problems),
        };
        if matches!(entry.without_password().address, Address::Server(_)) {
            let problems = problems_of(&problems, "secret-missing");
            course.add(secret(source.as_deref(), problems, start.elapsed()));
        }
        let Some(target) = target else {
            return;
        };
        let reached = match &target.address {
            Address::Server(address) => self.reach(&target, address, course).await,
            Address::File(_) => true,
        };
        if reached && self.log_in(&target, course).await {
            self.work(entry, &target, course).await;
        }
    }

    /// Name, connection and encryption; whether a login can be tried.
    async fn reach(self, target: &Target, address: &ServerAddress, course: &mut Course) -> bool {
        let limit = target.connect_timeout;
        let (dials, line) = match &address.host {
            Host::Socket { path, port } => {
                course.add(StageReport::skipped(Stage::Dns, "a socket of this machine"));
                probe::dial_socket(&socket_file(address.protocol, path, *port), limit).await
            }
            Host::Tcp { name, port } => {
                let Some(addresses) = addresses(name, limit, course).await else {
                    return false;
                };
                let sockets: Vec<SocketAddr> = addresses
                    .into_iter()
                    .map(|address| SocketAddr::new(address, *port))
                    .collect();
                probe::dial(&sockets, limit).await
            }
        };
        course.add(network::tcp(&dials));
        let Some(line) = line else {
            return false;
        };
        self.shake_hands(line, limit, address, course).await
    }

    async fn shake_hands(
        self,
        line: Line,
        limit: Duration,
        address: &ServerAddress,
        course: &mut Course,
    ) -> bool {
        let now = self.clock.now();
        let seen = probe::handshake(line, address, now, limit).await;
        let wanted = Wanted {
            mode: address.tls.mode,
            host: &address.host,
            now,
        };
        course.add(tls(wanted, &seen))
    }

    /// The login that checks use, and a first query; whether both succeeded.
    async fn log_in(self, target: &Target, course: &mut Course) -> bool {
        let mut session = self.session(target);
        let start = self.clock.start();
        let result = match session.connect().await {
            Ok(timing) => session.facts().await.map(|facts| (timing, facts)),
            Err(error) => Err(error),
        };
        let login = Login {
            result: result.map_err(|error| connection_error(error, &target.address)),
            took: start.elapsed(),
        };
        let mut passed = true;
        match &target.address {
            Address::Server(_) => {
                for stage in login::server(target, &login) {
                    passed &= course.add(stage);
                }
            }
            Address::File(path) => {
                let size = login.result.as_ref().ok().and_then(|_| size(path));
                passed = course.add(login::file(target, size, &login));
            }
        }
        if passed {
            let start = self.clock.start();
            let asked = ask(&mut session, target).await;
            passed = course.add(speed::query(
                &asked,
                target.address.trivial_query(),
                start.elapsed(),
            ));
        }
        session.close().await;
        passed
    }

    /// Checks, and how fast all of it is.
    async fn work(self, entry: &Arc<TargetEntry>, target: &Arc<Target>, course: &mut Course) {
        let checked = self.check(entry, target).await;
        course.add(
            match checked.runs.is_empty() && checked.unfinished.is_empty() {
                true => StageReport::skipped(Stage::Privileges, "no check could be loaded"),
                false => checks::privileges(&checked),
            },
        );
        let start = self.clock.start();
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            rounds.push(self.round(target).await);
        }
        course.add(speed::performance(&rounds, start.elapsed()));
        if matches!(target.address, Address::Server(_)) {
            course.add(self.count(entry, target).await);
        }
    }

    async fn count(self, entry: &Arc<TargetEntry>, target: &Arc<Target>) -> StageReport {
        let Some(job) = self.checking.stand_in("connections", entry, target) else {
            return StageReport::skipped(Stage::Connections, "no check could be loaded");
        };
        let start = self.clock.start();
        let runs = self.checking.run(vec![job], CONNECTIONS).await;
        checks::connections(runs.first(), start.elapsed())
    }

    async fn check(self, entry: &Arc<TargetEntry>, target: &Arc<Target>) -> Checked {
        let planned = self.plan.into_iter().flat_map(Plan::jobs);
        let own = planned.filter(|job| job.target.name() == target.name);
        let mut jobs: Vec<_> = own.map(|job| job.on(target)).collect();
        let configured = !jobs.is_empty();
        if !configured {
            jobs.extend(self.checking.stand_in("health", entry, target));
        }
        let names: Vec<String> = jobs.iter().map(|job| job.name.clone()).collect();
        let start = self.clock.start();
        let runs = self.checking.run(jobs, CHECKS).await;
        let ended = |name: &String| runs.iter().any(|run| run.job.name == *name);
        Checked {
            configured,
            unfinished: names.into_iter().filter(|name| !ended(name)).collect(),
            took: start.elapsed(),
            runs,
        }
    }

    async fn round(self, target: &Target) -> Result<Sample, SqlError> {
        let mut session = self.session(target);
        let connected = session.connect().await;
        let sample = match connected {
            Ok(timing) => ask(&mut session, target).await.map(|query| Sample {
                connect: timing.total,
                query,
            }),
            Err(error) => Err(error),
        };
        session.close().await;
        sample.map_err(|error| shown(error, &target.address))
    }

    /// A session that tries once: a second attempt would hide what the first one met.
    fn session(self, target: &Target) -> Session {
        let once = Target {
            connect_attempts: 1,
            ..target.clone()
        };
        Session::new(Arc::new(once), APPLICATION.to_owned(), self.clock)
    }
}

/// The host's addresses; nothing after a look-up that failed.
async fn addresses(name: &str, limit: Duration, course: &mut Course) -> Option<Vec<IpAddr>> {
    if let Ok(address) = name.parse() {
        course.add(StageReport::skipped(Stage::Dns, "the host is an address"));
        return Some(vec![address]);
    }
    let seen = probe::look_up(name, limit).await;
    course.add(network::dns(name, &seen));
    seen.addresses.ok()
}

/// PostgreSQL's sockets are named by their folder, MySQL's by themselves.
fn socket_file(protocol: Protocol, path: &std::path::Path, port: u16) -> PathBuf {
    match protocol {
        Protocol::Postgresql | Protocol::Pgbouncer => path.join(format!(".s.PGSQL.{port}")),
        Protocol::Mysql => path.to_owned(),
    }
}

/// Of a file that could be opened a moment ago.
fn size(path: &std::path::Path) -> Option<u64> {
    std::fs::metadata(path).ok().map(|metadata| metadata.len())
}

async fn ask(session: &mut Session, target: &Target) -> Result<Duration, SqlError> {
    let query = Query {
        sql: target.address.trivial_query().into(),
        parameters: Vec::new(),
        max_rows: 1,
        max_bytes: ANSWER_BYTES_MAX,
        timeout: target.connect_timeout,
    };
    let answer = session.query(&query).await;
    answer
        .map(|answer| answer.elapsed)
        .map_err(|error| shown(error, &target.address))
}

/// The operator reads the address where a check would only see a mark.
fn shown(error: SqlError, address: &Address) -> SqlError {
    match error {
        SqlError::Connection(error) => SqlError::Connection(ConnectionError {
            message: whereabouts::show(error.message, address),
            ..error
        }),
        other => other,
    }
}

fn connection_error(error: SqlError, address: &Address) -> ConnectionError {
    match shown(error, address) {
        SqlError::Connection(error) => error,
        other => ConnectionError {
            class: ConnectionClass::Other,
            message: format!("the session could not be set up ({})", other.kind()),
            attempts: 1,
        },
    }
}
