//! The [`Mock`] as the host of a run.

use std::time::{Duration, SystemTime};

use super::Mock;
use super::query::Answer;
use super::verdict;
use crate::context::{ConnectTiming, CounterChange, Host, Level, QueryOptions};
use crate::engine::Target;
use crate::sql::error::DatabaseError;
use crate::sql::rows::Rows;
use crate::sql::value::Value;

impl Host for Mock {
    fn query(
        &self,
        sql: &str,
        values: Vec<Value>,
        options: QueryOptions,
    ) -> Result<Rows, DatabaseError> {
        self.hold_against_server();
        let mut expected = self.queries.borrow_mut();
        let Some(index) = expected
            .iter()
            .position(|candidate| candidate.matcher.matches(sql, &values))
        else {
            verdict::unexpected_query(sql, &values, &expected);
        };
        match expected.remove(index).answer {
            Answer::Error(error) => Err(self.failing(error)),
            Answer::Rows(mut rows) => {
                self.spend(rows.elapsed);
                let most = options
                    .max_rows
                    .and_then(|most| usize::try_from(most).ok())
                    .unwrap_or(usize::MAX);
                rows.truncated |= rows.rows.len() > most;
                rows.rows.truncate(most);
                Ok(rows)
            }
        }
    }

    fn connect(&self) -> Result<ConnectTiming, DatabaseError> {
        let mut expected = self.connects.borrow_mut();
        if expected.is_empty() {
            verdict::unexpected_connect();
        }
        match expected.remove(0) {
            Ok(timing) => {
                self.spend(timing.total);
                self.hold_against_server();
                Ok(timing)
            }
            Err(error) => Err(self.failing(error)),
        }
    }

    fn target(&self) -> Result<Target, DatabaseError> {
        match &self.target_error {
            Some(error) => Err(error.clone()),
            None => {
                self.hold_against_server();
                Ok(self.target.clone())
            }
        }
    }

    fn now(&self) -> SystemTime {
        self.now
    }

    fn remaining(&self) -> Duration {
        self.remaining.saturating_sub(self.spent.get())
    }

    fn state(&self, key: &str) -> Option<String> {
        self.memory.borrow().get(key)
    }

    fn set_state(&self, key: &str, value: &str) -> Result<(), String> {
        self.memory.borrow_mut().set(key, value);
        Ok(())
    }

    fn counter(
        &self,
        name: &str,
        value: f64,
        epoch: Option<&str>,
    ) -> Result<CounterChange, String> {
        Ok(self
            .memory
            .borrow_mut()
            .counter(name, value, epoch, self.now))
    }

    fn log(&self, level: Level, message: &str) {
        self.log.borrow_mut().push((level, message.to_owned()));
    }
}

impl Mock {
    /// Ends the run where the check does not work on this server, which an unreachable one cannot say.
    fn hold_against_server(&self) {
        if self.target_error.is_none() {
            verdict::hold_against(self.engines.get(), &self.target);
        }
    }

    fn spend(&self, time: Duration) {
        self.spent.set(self.spent.get().saturating_add(time));
    }

    /// The error, after the time that it took.
    fn failing(&self, error: DatabaseError) -> DatabaseError {
        if let DatabaseError::Timeout(limit) = error {
            self.spend(limit);
        }
        error
    }
}
