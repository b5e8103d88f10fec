//! [`Mock`]: a host for native tests, with a database that answers what the test says.
//!
//! - `query`: what a test expects to be asked, and what it answers
//! - `answer`, [`rows!`](crate::rows): the rows of an answer
//! - `memory`: state and counters between runs
//! - `host`: the [`Mock`] as the host of a run
//! - `verdict`: what the real host would refuse, refused in the test

mod answer;
mod host;
mod memory;
mod query;
mod verdict;

use std::cell::{Cell, RefCell};
use std::time::{Duration, SystemTime};

use crate::check::Check;
use crate::context::{ConnectTiming, Ctx, Level};
use crate::engine::{Engine, EngineRequirement, Target, Version};
use crate::error::Result;
use crate::parameter::{ParameterValue, ParameterValues, Size};
use crate::report::Report;
use crate::sql::convert::instant;
use crate::sql::error::DatabaseError;

use memory::Memory;
use query::ExpectedQuery;

pub use crate::rows;
pub use query::{Answer, QueryMatcher, contains, exactly};

/// 2026-01-01T00:00:00Z, the start of every run that does not say otherwise.
const DEFAULT_NOW_MICROS: i64 = 1_767_225_600_000_000;
/// What is left of a run that does not say otherwise.
const DEFAULT_REMAINING: Duration = Duration::from_secs(30);

/// A host for native tests. It is strict: a query that the test does not expect, an expected one
/// that is never asked, a parameter that the check does not have, and a report that the real host
/// would refuse each fail the test, with a message that says what to change.
///
/// ```
/// use checkrun_sdk::mock::{Mock, contains, rows};
/// use checkrun_sdk::prelude::*;
///
/// /// Counts the sessions.
/// #[check(title = "Sessions")]
/// fn sessions(ctx: &Ctx) -> Result<Report> {
///     let count: i64 = ctx.query_scalar("select count(*) from pg_stat_activity", ())?;
///     Ok(Report::ok(format!("{count} sessions")))
/// }
///
/// let report = Mock::postgresql("15.4")
///     .on_query(contains("pg_stat_activity"), rows! { "count"; 12 })
///     .run(sessions)?;
/// assert_eq!(report.summary, "12 sessions");
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct Mock {
    target: Target,
    target_error: Option<DatabaseError>,
    now: SystemTime,
    remaining: Duration,
    /// What the answers of the run that is under way took.
    spent: Cell<Duration>,
    /// Of the check that is under way.
    engines: Cell<&'static [EngineRequirement]>,
    parameters: Vec<(String, ParameterValue)>,
    queries: RefCell<Vec<ExpectedQuery>>,
    connects: RefCell<Vec<Result<ConnectTiming, DatabaseError>>>,
    memory: RefCell<Memory>,
    log: RefCell<Vec<(Level, String)>>,
}

impl Mock {
    /// A PostgreSQL server of this version, such as `15.4`.
    #[must_use]
    pub fn postgresql(version: &str) -> Self {
        Self::new(Engine::Postgresql, version)
    }

    /// A MySQL server of this version, such as `8.0.36`.
    #[must_use]
    pub fn mysql(version: &str) -> Self {
        Self::new(Engine::Mysql, version)
    }

    /// A MariaDB server of this version, such as `10.11.6`.
    #[must_use]
    pub fn mariadb(version: &str) -> Self {
        Self::new(Engine::Mariadb, version)
    }

    /// A SQLite file, read by this version, such as `3.40.1`.
    #[must_use]
    pub fn sqlite(version: &str) -> Self {
        Self::new(Engine::Sqlite, version)
    }

    /// The admin console of a PgBouncer of this version, such as `1.18.0`.
    #[must_use]
    pub fn pgbouncer(version: &str) -> Self {
        Self::new(Engine::Pgbouncer, version)
    }

    fn new(engine: Engine, version: &str) -> Self {
        let mut numbers = version.split('.').map(|part| part.parse().unwrap_or(0));
        let mut number = || numbers.next().unwrap_or(0);
        Self {
            target: Target {
                name: "mock".to_owned(),
                engine,
                version: Version {
                    major: number(),
                    minor: number(),
                    patch: number(),
                },
                version_text: version.to_owned(),
                database: Some("mock".to_owned()),
                in_recovery: None,
                labels: Vec::new(),
            },
            target_error: None,
            now: instant(DEFAULT_NOW_MICROS).unwrap_or(SystemTime::UNIX_EPOCH),
            remaining: DEFAULT_REMAINING,
            spent: Cell::default(),
            engines: Cell::default(),
            parameters: Vec::new(),
            queries: RefCell::default(),
            connects: RefCell::default(),
            memory: RefCell::default(),
            log: RefCell::default(),
        }
    }

    /// Changes what the target says of itself: `.target(|target| target.in_recovery = Some(true))`.
    #[must_use]
    pub fn target(mut self, change: impl FnOnce(&mut Target)) -> Self {
        change(&mut self.target);
        self
    }

    /// Asking for the target fails, as it does where connecting fails.
    #[must_use]
    pub fn on_target(mut self, error: impl Into<DatabaseError>) -> Self {
        self.target_error = Some(error.into());
        self
    }

    /// Configures a parameter. The others have their defaults.
    #[must_use]
    pub fn parameter(mut self, name: &str, value: impl Into<ParameterValue>) -> Self {
        self.parameters.retain(|(known, _)| known != name);
        self.parameters.push((name.to_owned(), value.into()));
        self
    }

    /// Expects one query, and answers it with rows or an error. The same query asked twice takes
    /// two of these; they are used up in the order in which they are written.
    #[must_use]
    pub fn on_query(self, matcher: QueryMatcher, answer: impl Into<Answer>) -> Self {
        self.queries.borrow_mut().push(ExpectedQuery {
            matcher,
            answer: answer.into(),
        });
        self
    }

    /// Expects one more connection to be opened, in this time and at the first attempt.
    #[must_use]
    pub fn on_connect(self, total: Duration) -> Self {
        self.on_connect_timing(ConnectTiming {
            total,
            attempts: 1,
            ..ConnectTiming::default()
        })
    }

    /// Expects one more connection to be opened, and says how it went.
    #[must_use]
    pub fn on_connect_timing(self, timing: ConnectTiming) -> Self {
        self.connects.borrow_mut().push(Ok(timing));
        self
    }

    /// Expects one more connection to be opened, in vain.
    #[must_use]
    pub fn on_connect_error(self, error: impl Into<DatabaseError>) -> Self {
        self.connects.borrow_mut().push(Err(error.into()));
        self
    }

    /// The start of the next run; 2026-01-01T00:00:00Z if the test does not say.
    #[must_use]
    pub fn at(mut self, now: SystemTime) -> Self {
        self.now = now;
        self
    }

    /// Lets time pass between two runs.
    #[must_use]
    pub fn after(mut self, elapsed: Duration) -> Self {
        self.now += elapsed;
        self
    }

    /// What is left of the run's time at its start; 30 s if the test does not say. Each answer takes
    /// of it what it says that it took, a timeout included.
    #[must_use]
    pub fn remaining(mut self, remaining: Duration) -> Self {
        self.remaining = remaining;
        self
    }

    /// Something that an earlier run left.
    #[must_use]
    pub fn state(self, key: &str, value: &str) -> Self {
        self.memory.borrow_mut().seed(key, value);
        self
    }

    /// What the runs so far left under this key; only those that returned a report count.
    #[must_use]
    pub fn kept_state(&self, key: &str) -> Option<String> {
        self.memory.borrow().get(key)
    }

    /// What the runs so far wrote to the log.
    #[must_use]
    pub fn log(&self) -> Vec<(Level, String)> {
        self.log.borrow().clone()
    }

    /// Runs the check once, as the host would; `check` is the function's name.
    ///
    /// # Errors
    /// What the check returned; [`Error::NotApplicable`](crate::Error::NotApplicable) where it asks a
    /// server that is not among its `engines`, as with the host.
    ///
    /// # Panics
    /// Wherever the test and the check do not fit together; see [`Mock`].
    #[track_caller]
    pub fn run(&self, check: fn() -> Check) -> Result<Report> {
        let check = check();
        let parameters = verdict::parameters(&check, &self.parameters);
        self.spent.set(Duration::ZERO);
        self.engines.set(check.engines);
        let ctx = Ctx::new(self, ParameterValues(parameters));
        let result = verdict::ended(|| (check.run)(&ctx));
        verdict::nothing_is_left(
            &check,
            &self.queries.borrow(),
            &self.connects.borrow(),
            &result,
        );
        match &result {
            Ok(report) => {
                verdict::report_is_acceptable(&check, report);
                self.memory.borrow_mut().commit();
            }
            Err(_) => self.memory.borrow_mut().roll_back(),
        }
        result
    }
}

macro_rules! parameter_value_from {
    ($($rust:ty => |$it:ident| $value:expr),+ $(,)?) => {$(
        impl From<$rust> for ParameterValue {
            fn from($it: $rust) -> Self {
                $value
            }
        }
    )+};
}

parameter_value_from! {
    bool => |it| Self::Boolean(it),
    i32 => |it| Self::Integer(it.into()),
    i64 => |it| Self::Integer(it),
    f64 => |it| Self::Number(it),
    &str => |it| Self::Text(it.to_owned()),
    String => |it| Self::Text(it),
    Duration => |it| Self::DurationSeconds(it.as_secs_f64()),
    Size => |it| Self::SizeBytes(it.0),
    Vec<String> => |it| Self::TextList(it),
}

impl<const N: usize> From<[&str; N]> for ParameterValue {
    fn from(texts: [&str; N]) -> Self {
        Self::TextList(texts.map(str::to_owned).to_vec())
    }
}

#[cfg(test)]
mod tests;
