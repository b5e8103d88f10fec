//! `interface database`: queries and connections, within the run's budgets.

use std::time::Duration;

use tokio::time::timeout;

use self::suited::no_connection;
use crate::execute::database::Database;
use crate::execute::sandbox::bindings::checkrun::check::database::{
    ConnectTiming, Host, QueryOptions,
};
use crate::execute::sandbox::bindings::checkrun::check::sql;
use crate::execute::sandbox::limits;
use crate::execute::sandbox::refusal::Refusal;
use crate::execute::sandbox::run_state::{Deadline, RunState};
use crate::execute::sandbox::text::{cut, escape_controls};
use crate::model::pack::EngineRequirement;
use crate::model::sql::{Query, ResultSet, SqlError};

mod suited;
#[cfg(test)]
mod tests;

/// How much of a statement is shown where a run ended in it, bytes.
const SHOWN_SQL_BYTES: usize = 80;
/// How much of it is kept for that, with its blanks and line breaks, bytes.
const KEPT_SQL_BYTES: usize = 400;

/// What the run asks its database, and what it has used of its budgets.
pub(in crate::execute::sandbox) struct Asked {
    /// None in `describe`.
    database: Option<Box<dyn Database>>,
    /// What the check works on; empty means everything.
    engines: Vec<EngineRequirement>,
    pub(in crate::execute::sandbox) queries: u32,
    pub(in crate::execute::sandbox) rows: u64,
    pub(in crate::execute::sandbox) bytes: u64,
    /// Waiting for the answers to queries that have ended.
    waited: Duration,
    connects: u32,
    refused: u32,
    during: During,
    /// What the last call was answered with, if that was an error.
    failed: Option<SqlError>,
}

/// What a run is doing.
#[derive(Default)]
enum During {
    #[default]
    Computing,
    Connecting,
    /// Its number is the count of queries.
    Query {
        /// The beginning of its text.
        sql: String,
        /// Into the run, when it was sent.
        sent: Duration,
    },
}

impl Asked {
    pub(in crate::execute::sandbox) fn new(
        database: Option<Box<dyn Database>>,
        engines: Vec<EngineRequirement>,
    ) -> Self {
        Self {
            database,
            engines,
            queries: 0,
            rows: 0,
            bytes: 0,
            waited: Duration::ZERO,
            connects: 0,
            refused: 0,
            during: During::Computing,
            failed: None,
        }
    }

    /// What the run is doing right now, such as `waiting for query 3 (select 1)`.
    pub(in crate::execute::sandbox) fn during(&self) -> String {
        match &self.during {
            During::Computing => "computing".into(),
            During::Connecting => "connecting to the database".into(),
            During::Query { sql, .. } => {
                let line = sql.split_whitespace().collect::<Vec<_>>().join(" ");
                let shown = escape_controls(cut(&line, SHOWN_SQL_BYTES));
                let dots = if line.len() > SHOWN_SQL_BYTES {
                    "…"
                } else {
                    ""
                };
                format!("waiting for query {} ({shown}{dots})", self.queries)
            }
        }
    }

    /// How long the run has waited for the answers to its queries, the one that is under way included.
    pub(in crate::execute::sandbox) fn waited(&self, deadline: Deadline) -> Duration {
        match self.during {
            During::Query { sent, .. } => self.waited + deadline.elapsed().saturating_sub(sent),
            During::Computing | During::Connecting => self.waited,
        }
    }

    /// The error that the check got from its last call, if it got one.
    pub(in crate::execute::sandbox) fn failed(&self) -> Option<&SqlError> {
        self.failed.as_ref()
    }

    /// Keeps the error of a call, until the next call has a better answer.
    pub(in crate::execute::sandbox) fn note<T>(&mut self, answer: &Result<T, SqlError>) {
        self.failed = answer.as_ref().err().cloned();
    }

    /// The run is over: whoever takes the database closes it.
    pub(in crate::execute::sandbox) fn take_database(&mut self) -> Option<Box<dyn Database>> {
        self.database.take()
    }

    async fn query(
        &mut self,
        sql: String,
        parameters: Vec<sql::Value>,
        options: QueryOptions,
        deadline: Deadline,
    ) -> Result<Result<ResultSet, SqlError>, Refusal> {
        if let Some(why) = too_large(&sql, &parameters) {
            return Ok(Err(SqlError::InvalidParameter(why)));
        }
        if let Some(budget) = self.spent() {
            return self.refuse(budget).map(Err);
        }
        let limit = options
            .timeout_ms
            .map_or(Duration::MAX, |ms| Duration::from_millis(ms.into()))
            .min(deadline.remaining());
        let began = deadline.elapsed();
        let suited = self.suited(limit).await?;
        self.queries += 1;
        if let Err(error) = suited {
            return Ok(Err(error));
        }
        let Some(database) = &mut self.database else {
            return Err(Refusal::NotInDescribe {
                call: "database.query",
            });
        };
        let sent = deadline.elapsed();
        let query = Query {
            sql,
            parameters: parameters.into_iter().map(Into::into).collect(),
            max_rows: rows_allowed(options.max_rows, self.rows),
            max_bytes: limits::BYTES_PER_QUERY.min(limits::BYTES_PER_RUN - self.bytes),
            timeout: limit.saturating_sub(sent - began),
        };
        self.during = During::Query {
            sql: cut(&query.sql, KEPT_SQL_BYTES).to_owned(),
            sent,
        };
        let answer = database.query(&query).await;
        match &answer {
            Ok(result) => {
                self.rows += result.rows.len() as u64;
                self.bytes = self
                    .bytes
                    .saturating_add(result.bytes)
                    .min(limits::BYTES_PER_RUN);
            }
            // The database noticed the run's end just before we did.
            Err(SqlError::Timeout(_)) if deadline.remaining().is_zero() => {
                return Err(Refusal::Deadline {
                    limit: deadline.timeout,
                    during: self.during(),
                });
            }
            Err(_) => {}
        }
        self.waited += match &answer {
            Ok(result) => result.elapsed,
            // It never came to a query.
            Err(SqlError::Connection(_)) => Duration::ZERO,
            Err(_) => deadline.elapsed().saturating_sub(sent),
        };
        self.during = During::Computing;
        Ok(answer)
    }

    async fn connect(
        &mut self,
        deadline: Deadline,
    ) -> Result<Result<crate::model::sql::ConnectTiming, SqlError>, Refusal> {
        if self.connects >= limits::CONNECTS {
            return self
                .refuse(format!(
                    "connects: a run may open {} connections",
                    limits::CONNECTS
                ))
                .map(Err);
        }
        let Some(database) = &mut self.database else {
            return Err(Refusal::NotInDescribe {
                call: "database.connect",
            });
        };
        self.connects += 1;
        self.during = During::Connecting;
        let left = deadline.remaining();
        let limit = left.saturating_sub(limits::REPORT_TIME.min(left / 2));
        let timing = timeout(limit, database.connect()).await;
        self.during = During::Computing;
        let timing = timing.unwrap_or_else(|_elapsed| Err(no_connection(limit)));
        Ok(match timing {
            Ok(timing) => self.suited(limit).await?.map(|()| timing),
            Err(error) => Err(error),
        })
    }

    /// The first budget that is spent, in words.
    fn spent(&self) -> Option<String> {
        if self.queries >= limits::QUERIES {
            return Some(format!("queries: a run may send {}", limits::QUERIES));
        }
        if self.rows >= limits::ROWS_PER_RUN {
            return Some(format!("rows: a run may read {}", limits::ROWS_PER_RUN));
        }
        if self.bytes >= limits::BYTES_PER_RUN {
            return Some(format!(
                "bytes: a run may read {} MiB",
                limits::BYTES_PER_RUN / 1024 / 1024
            ));
        }
        None
    }

    /// Tells the check, which may handle it, but not for ever.
    fn refuse(&mut self, budget: String) -> Result<SqlError, Refusal> {
        self.refused += 1;
        if self.refused > limits::IGNORED_REFUSALS {
            return Err(Refusal::Ignored { budget });
        }
        Ok(SqlError::LimitExceeded(budget))
    }
}

fn too_large(sql: &str, parameters: &[sql::Value]) -> Option<String> {
    if sql.len() > limits::SQL_BYTES {
        return Some(format!(
            "the statement has {}, {} are allowed",
            limits::show_bytes(sql.len()),
            limits::show_bytes(limits::SQL_BYTES)
        ));
    }
    if parameters.len() > limits::SQL_PARAMETERS {
        return Some(format!(
            "the statement has {} parameters, {} are allowed",
            parameters.len(),
            limits::SQL_PARAMETERS
        ));
    }
    None
}

fn rows_allowed(wish: Option<u32>, read: u64) -> u32 {
    let left = u32::try_from(limits::ROWS_PER_RUN - read).unwrap_or(u32::MAX);
    wish.unwrap_or(u32::MAX)
        .min(limits::ROWS_PER_QUERY)
        .min(left)
}

impl Host for RunState {
    async fn query(
        &mut self,
        sql: String,
        params: Vec<sql::Value>,
        options: QueryOptions,
    ) -> wasmtime::Result<Result<sql::ResultSet, sql::Error>> {
        let answer = self
            .asked
            .query(sql, params, options, self.deadline)
            .await?;
        self.asked.note(&answer);
        Ok(answer.map(Into::into).map_err(Into::into))
    }

    async fn connect(&mut self) -> wasmtime::Result<Result<ConnectTiming, sql::Error>> {
        let answer = self.asked.connect(self.deadline).await?;
        self.asked.note(&answer);
        Ok(answer.map(Into::into).map_err(Into::into))
    }
}
