//! A database that answers from a script: the second implementation of [`Database`], with which the
//! sandbox is tested and measured without any server.

use std::future::{pending, ready};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::execute::database::Database;
use crate::model::engine::{Engine, Version};
use crate::model::gate::Reach;
use crate::model::sql::{Column, ConnectTiming, Query, ResultSet, ServerFacts, SqlError, Value};

/// What a [`ScriptedDatabase`] does when it is asked.
#[derive(Clone, Debug)]
pub enum Script {
    /// Returns this for every query.
    Rows(ResultSet),
    /// Fails every call with this.
    Fails(SqlError),
    /// Never answers; not even after the query's timeout.
    Hangs,
    /// Gives up after the query's timeout.
    TimesOut,
    /// Has a defect: panics with this text.
    Panics(&'static str),
}

/// A database that follows a [`Script`] and remembers what it was asked.
#[derive(Clone, Debug)]
pub struct ScriptedDatabase {
    script: Script,
    asked: Arc<Mutex<Vec<Query>>>,
}

impl ScriptedDatabase {
    /// Follows the script.
    #[must_use]
    pub fn new(script: Script) -> Self {
        Self {
            script,
            asked: Arc::default(),
        }
    }

    /// Answers every query with one row of one column, `1`.
    #[must_use]
    pub fn one() -> Self {
        Self::new(Script::Rows(ResultSet {
            columns: vec![Column {
                name: "one".into(),
                type_name: "int8".into(),
            }],
            rows: vec![vec![Value::Int64(1)]],
            truncated: false,
            elapsed: Duration::from_micros(100),
            bytes: 8,
        }))
    }

    /// The queries so far, oldest first; clones of a database share them.
    #[must_use]
    pub fn asked(&self) -> Vec<Query> {
        self.asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// What happens instead of an answer to a call with this timeout; none when there is an answer.
    fn trouble<T: Send + 'static>(
        &self,
        timeout: Duration,
    ) -> Option<BoxFuture<'static, Result<T, SqlError>>> {
        match &self.script {
            Script::Rows(_) => None,
            Script::Fails(error) => Some(ready(Err(error.clone())).boxed()),
            Script::Hangs => Some(pending().boxed()),
            Script::TimesOut => Some(
                async move {
                    tokio::time::sleep(timeout).await;
                    Err(SqlError::Timeout(timeout))
                }
                .boxed(),
            ),
            #[expect(clippy::panic, reason = "what the script says")]
            Script::Panics(text) => panic!("{text}"),
        }
    }

    fn answer<T: Send + 'static>(
        &self,
        timeout: Duration,
        answer: impl FnOnce() -> T,
    ) -> BoxFuture<'static, Result<T, SqlError>> {
        self.trouble(timeout)
            .unwrap_or_else(|| ready(Ok(answer())).boxed())
    }

    /// The script's rows, as many as the query allows.
    fn rows(&self, query: &Query) -> ResultSet {
        let mut result = match &self.script {
            Script::Rows(result) => result.clone(),
            Script::Fails(_) | Script::Hangs | Script::TimesOut | Script::Panics(_) => NO_ROWS,
        };
        let allowed = query.max_rows as usize;
        result.truncated |= result.rows.len() > allowed;
        result.rows.truncate(allowed);
        result
    }
}

const NO_ROWS: ResultSet = ResultSet {
    columns: Vec::new(),
    rows: Vec::new(),
    truncated: false,
    elapsed: Duration::ZERO,
    bytes: 0,
};

impl Database for ScriptedDatabase {
    /// As if there were a connection from the beginning.
    fn reach(&self) -> Reach {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        match &self.script {
            _ if asked.is_empty() => Reach::Untried,
            Script::Fails(error) => Reach::Reached.not_answered(error),
            Script::Rows(_) | Script::Hangs | Script::TimesOut | Script::Panics(_) => {
                Reach::Reached
            }
        }
    }

    fn facts(&mut self) -> BoxFuture<'_, Result<ServerFacts, SqlError>> {
        self.answer(Duration::MAX, || ServerFacts {
            engine: Engine::Postgresql,
            version: Version {
                major: 15,
                minor: 4,
                patch: 0,
            },
            version_text: "PostgreSQL 15.4".into(),
            database: Some("scripted".into()),
            in_recovery: Some(false),
        })
    }

    fn query<'a>(&'a mut self, query: &'a Query) -> BoxFuture<'a, Result<ResultSet, SqlError>> {
        self.asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(query.clone());
        self.answer(query.timeout, || self.rows(query))
    }

    fn connect(&mut self) -> BoxFuture<'_, Result<ConnectTiming, SqlError>> {
        self.answer(Duration::MAX, || ConnectTiming {
            dns: None,
            tcp: Some(Duration::from_micros(50)),
            tls: None,
            login: Some(Duration::from_micros(450)),
            total: Duration::from_micros(500),
            attempts: 1,
        })
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        ready(()).boxed()
    }
}
