//! [`Questions`]: asks the database without using up the time that the report needs.

use std::time::Duration;

use checkrun_sdk::{Ctx, DatabaseError, QueryOptions, Rows, Value};

/// Asks for as long as more than the reserve is left of the run.
pub struct Questions<'a, 'c> {
    pub ctx: &'a Ctx<'c>,
    /// Time of the run that is kept for the report.
    pub reserve: Duration,
}

impl Questions<'_, '_> {
    /// Runs one statement.
    ///
    /// # Errors
    /// As [`Ctx::query`]; [`DatabaseError::LimitExceeded`] also when only the reserve is left.
    pub fn ask(&self, sql: &str, values: Vec<Value>) -> Result<Rows, DatabaseError> {
        let left = self.ctx.remaining().saturating_sub(self.reserve);
        if left.is_zero() {
            let what = "the run's time; what is left of it is kept for the report";
            return Err(DatabaseError::LimitExceeded(what.to_owned()));
        }
        let options = QueryOptions {
            timeout: Some(left),
            ..QueryOptions::default()
        };
        self.ctx.query_with(sql, values, options)
    }
}
