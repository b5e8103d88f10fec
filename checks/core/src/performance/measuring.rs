//! The measuring itself: rounds of one connection and each query once, within the time of the run.

use std::time::Duration;

use checkrun_sdk::prelude::*;
use checkrun_sdk::{ConnectionClass, ConnectionError, Engine, QueryOptions};

use super::queries::Plan;
use super::statistics::{Samples, Statistics};

/// What is kept of the run's time, so that the report comes before its end: the host waits 0.3 s longer
/// than a query's timeout for the server's own words. Of a short run, a quarter.
const RESERVE: Duration = Duration::from_millis(500);

/// Rows that are fetched of an answer; only its time is of interest.
const ROWS_MAX: u32 = 100;

/// No query can be answered in less.
const TIMEOUT_MIN: Duration = Duration::from_millis(1);

/// A query and how long its answers took.
#[derive(Debug)]
pub struct MeasuredQuery {
    /// The statement.
    pub sql: String,
    /// One for each round in which it was sent.
    pub samples: Samples<DatabaseError>,
}

/// Why there are no more rounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All were measured.
    Complete,
    /// One more would not have fitted into the run.
    OutOfTime,
    /// The connection is gone, and there is no other.
    NoConnection,
    /// The run has read as much as it may.
    LimitReached,
}

/// All that was measured.
#[derive(Debug)]
pub struct Measured {
    /// None without any connection.
    pub engine: Option<Engine>,
    /// One for each round.
    pub connections: Samples<ConnectionError>,
    /// In their order; empty without any connection.
    pub queries: Vec<MeasuredQuery>,
    /// With at least one query sent, or tried to.
    pub rounds: u32,
    /// Configured.
    pub rounds_wanted: u32,
    /// Why there are no more.
    pub ended: Ended,
}

impl Measured {
    /// Over all queries and rounds together.
    pub fn all_queries(&self) -> Option<Statistics> {
        let times: Vec<Duration> = self
            .queries
            .iter()
            .flat_map(|query| query.samples.times())
            .copied()
            .collect();
        Statistics::of(&times)
    }
}

/// Measures as planned, as far as the time goes.
///
/// # Errors
/// What says nothing about the database: a query that is not allowed, an account that may do too much.
pub fn measure(ctx: &Ctx, plan: &Plan) -> Result<Measured> {
    let remaining = ctx.remaining();
    let mut measuring = Measuring {
        ctx,
        query_timeout: plan.query_timeout,
        reserve: RESERVE.min(remaining / 4),
        connected: false,
        measured: Measured {
            engine: None,
            connections: Samples::default(),
            queries: Vec::new(),
            rounds: 1,
            rounds_wanted: plan.rounds,
            ended: Ended::Complete,
        },
    };
    measuring.connect()?;
    if measuring.connected {
        let engine = ctx.engine()?;
        measuring.measured.engine = Some(engine);
        measuring.measured.queries = plan.queries(engine);
        measuring.measured.ended = measuring.rounds(remaining)?;
    } else {
        measuring.measured.ended = Ended::NoConnection;
    }
    Ok(measuring.measured)
}

/// What is measured so far.
struct Measuring<'a> {
    ctx: &'a Ctx<'a>,
    query_timeout: Option<Duration>,
    reserve: Duration,
    /// Whether the run has a connection of its own, as far as anything told.
    connected: bool,
    measured: Measured,
}

impl Measuring<'_> {
    /// All rounds; the connection of the first one is there already.
    fn rounds(&mut self, mut before: Duration) -> Result<Ended> {
        let mut longest = Duration::ZERO;
        loop {
            if let Some(ended) = self.ask()? {
                return Ok(ended);
            }
            if self.measured.rounds == self.measured.rounds_wanted {
                return Ok(Ended::Complete);
            }
            let now = self.ctx.remaining();
            longest = longest.max(before.saturating_sub(now));
            if now < longest + self.reserve {
                return Ok(Ended::OutOfTime);
            }
            before = now;
            self.connect()?;
            if !self.connected {
                return Ok(Ended::NoConnection);
            }
            self.measured.rounds += 1;
        }
    }

    /// Opens one connection. One that fails says nothing about the one that the run has.
    fn connect(&mut self) -> Result<()> {
        match self.ctx.connect() {
            Ok(timing) => {
                self.connected = true;
                self.measured.connections.took(timing.total);
            }
            Err(DatabaseError::Connection(error)) if is_about_the_server(&error) => {
                self.measured.connections.failed(error);
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Asks each query once. Each gets an equal share of the time that is left, so that a slow one
    /// keeps no other from its turn.
    fn ask(&mut self) -> Result<Option<Ended>> {
        let count = self.measured.queries.len();
        for ((query, number), waiting) in self
            .measured
            .queries
            .iter_mut()
            .zip(1_u32..)
            .zip((1..=count as u32).rev())
        {
            let share = self.ctx.remaining().saturating_sub(self.reserve) / waiting;
            let timeout = self.query_timeout.map_or(share, |own| own.min(share));
            if timeout < TIMEOUT_MIN {
                return Ok(Some(Ended::OutOfTime));
            }
            let options = QueryOptions {
                max_rows: Some(ROWS_MAX),
                timeout: Some(timeout),
            };
            match self.ctx.query_with(&query.sql, (), options) {
                Ok(rows) => query.samples.took(rows.elapsed()),
                Err(DatabaseError::Forbidden(why) | DatabaseError::InvalidParameter(why)) => {
                    return Err(Error::bad_parameter(
                        "queries",
                        format!("query {number}: {why}"),
                    ));
                }
                Err(DatabaseError::Connection(error)) if !is_about_the_server(&error) => {
                    return Err(DatabaseError::Connection(error).into());
                }
                Err(error @ DatabaseError::LimitExceeded(_)) => {
                    query.samples.failed(error);
                    return Ok(Some(Ended::LimitReached));
                }
                Err(error @ DatabaseError::Connection(_)) => {
                    query.samples.failed(error);
                    // Whether there is another one, the next round finds out.
                    self.connected = false;
                    return Ok(None);
                }
                Err(error) => query.samples.failed(error),
            }
        }
        Ok(None)
    }
}

/// An account that may do too much says nothing about the database.
fn is_about_the_server(error: &ConnectionError) -> bool {
    error.class != ConnectionClass::AccountRefused
}
