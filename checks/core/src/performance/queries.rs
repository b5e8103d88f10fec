//! The parameters, and the queries that are asked without any.

use std::time::Duration;

use checkrun_sdk::Engine;
use checkrun_sdk::prelude::*;

use super::measuring::MeasuredQuery;
use super::statistics::Samples;

/// Queries of one check: each has metrics and a finding of its own.
const QUERIES_MAX: usize = 20;

/// Queries that the host lets one run send.
const SENT_MAX: usize = 200;

/// What is measured, and how often.
#[derive(Params)]
pub struct Settings {
    /// Read-only statements, at most 20; each is asked once in a round. Without any: `SELECT 1`, and a
    /// count over the catalog of the engine; on PgBouncer `SHOW VERSION` and `SHOW DATABASES`.
    queries: Option<Vec<String>>,
    /// Rounds of one connection and each query once.
    #[param(default = 3, range = 1..=20)]
    rounds: i64,
    /// A query without an answer by then has failed. Without it, each query may take its share of what
    /// is left of the run.
    query_timeout: Option<Duration>,
}

/// The parameters, found to make sense together.
#[derive(Debug)]
pub struct Plan {
    queries: Option<Vec<String>>,
    /// At least 1.
    pub rounds: u32,
    /// Of each query.
    pub query_timeout: Option<Duration>,
}

impl Plan {
    /// Reads the parameters.
    ///
    /// # Errors
    /// No queries, an empty one, or more than a run may send.
    pub fn of(settings: Settings) -> Result<Self> {
        let rounds = u32::try_from(settings.rounds).unwrap_or(1);
        if let Some(queries) = &settings.queries {
            possible(queries, rounds as usize)
                .map_err(|why| Error::bad_parameter("queries", why))?;
        }
        if settings.query_timeout.is_some_and(|own| own.is_zero()) {
            return Err(Error::bad_parameter(
                "query_timeout",
                "no query is answered in no time; leave it out, or write for example `2s`",
            ));
        }
        Ok(Self {
            queries: settings.queries,
            rounds,
            query_timeout: settings.query_timeout,
        })
    }

    /// The queries, none asked yet.
    pub fn queries(&self, engine: Engine) -> Vec<MeasuredQuery> {
        let statements = match &self.queries {
            Some(configured) => configured.clone(),
            None => vec![
                at_once(engine).to_owned(),
                count_of_catalog(engine).to_owned(),
            ],
        };
        statements
            .into_iter()
            .map(|sql| MeasuredQuery {
                sql,
                samples: Samples::default(),
            })
            .collect()
    }
}

fn possible(queries: &[String], rounds: usize) -> Result<(), String> {
    let count = queries.len();
    if count == 0 {
        return Err("there is none; leave it out for the default ones".to_owned());
    }
    if count > QUERIES_MAX {
        return Err(format!("there are {count}, and {QUERIES_MAX} are allowed"));
    }
    if count * rounds > SENT_MAX {
        return Err(format!(
            "{count} queries in {rounds} rounds are {}, and a run may send {SENT_MAX}; ask fewer, or \
             in fewer rounds",
            count * rounds
        ));
    }
    match queries.iter().position(|sql| sql.trim().is_empty()) {
        Some(index) => Err(format!("query {} is empty", index + 1)),
        None => Ok(()),
    }
}

/// A question that the server answers without looking anything up.
fn at_once(engine: Engine) -> &'static str {
    match engine {
        Engine::Postgresql | Engine::Mysql | Engine::Mariadb | Engine::Sqlite => "SELECT 1",
        Engine::Pgbouncer => "SHOW VERSION",
    }
}

/// A question that the server answers from its catalog, in time that grows with the number of its
/// objects alone.
fn count_of_catalog(engine: Engine) -> &'static str {
    match engine {
        Engine::Postgresql => "SELECT count(*) FROM pg_catalog.pg_class",
        // Names alone, of one database, need no table to be opened.
        Engine::Mysql | Engine::Mariadb => {
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = DATABASE()"
        }
        Engine::Sqlite => "SELECT count(*) FROM sqlite_schema",
        Engine::Pgbouncer => "SHOW DATABASES",
    }
}
