//! One statement of a check inside its fence: described, run as it is or as a subquery, and read.

use sqlx::postgres::{PgArguments, PgStatement, PgTypeInfo};
use sqlx::{AssertSqlSafe, PgConnection, Statement, raw_sql};

use super::fetch::{self, Fetched, Layout};
use super::shape::{self, Shape};
use super::{error, options, parameter, projection};
use crate::clock::Clock;
use crate::execute::database::statement::Kind;
use crate::model::sql::{Query, ResultSet, SqlError};

/// Why the fenced statement has no answer.
pub enum Failure {
    /// Said by us; the connection is idle.
    Refused(SqlError),
    /// The fence of the statement before did not stand any more.
    Escaped,
    /// Said by the server or the driver.
    Driver(sqlx::Error),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Driver(error)
    }
}

/// How much of the answer was read.
pub enum Ending {
    Complete,
    /// The rest is on its way to us: the connection must go.
    CutShort,
}

/// One statement of a check between the opening and the closing of its fence.
pub struct Fenced<'a> {
    pub connection: &'a mut PgConnection,
    pub query: &'a Query,
    pub text: &'a str,
    pub kind: Kind,
}

impl Fenced<'_> {
    /// Opens the fence and runs the statement; closing is left to the caller, who has the connection.
    pub async fn run(mut self) -> Result<(ResultSet, Ending), Failure> {
        let begin = options::begin(self.query.timeout);
        match raw_sql(AssertSqlSafe(begin))
            .execute(&mut *self.connection)
            .await
        {
            Err(error) if error::is_no_transaction(&error) => return Err(Failure::Escaped),
            begun => begun?,
        };
        let start = Clock::System.start();
        let shape = self.shape().await?;
        let (statement, layout) = self.layout(&shape).await?;
        let fetched = self.fetch(&shape, &statement, &layout).await?;
        let ending = match fetched.truncated {
            true => Ending::CutShort,
            false => Ending::Complete,
        };
        let result = ResultSet {
            columns: shape.fields.into_iter().map(|field| field.column).collect(),
            rows: fetched.rows,
            truncated: fetched.truncated,
            elapsed: start.elapsed(),
            bytes: fetched.bytes,
        };
        Ok((result, ending))
    }

    async fn shape(&mut self) -> Result<Shape, Failure> {
        match shape::describe(self.connection, self.text).await {
            Err(error) if self.kind == Kind::Select && shape::is_beyond_the_driver(&error) => {
                let cursor =
                    match shape::prepare(self.connection, shape::probe_sql(self.text)).await {
                        // The cursor has no columns: it is a placeholder's type.
                        Err(error) if shape::is_beyond_the_driver(&error) => {
                            return Err(Failure::Refused(SqlError::InvalidParameter(
                            "a placeholder has a type that cannot be written; cast it from text, \
                             as in $1::text::int4multirange"
                                .into(),
                        )));
                        }
                        prepared => prepared?,
                    };
                let parameters = shape::parameters(&cursor);
                let arguments = self.arguments(&parameters)?;
                cursor
                    .query_with(arguments)
                    .execute(&mut *self.connection)
                    .await?;
                Ok(Shape {
                    fields: shape::probe(self.connection).await?,
                    parameters,
                    statement: None,
                })
            }
            described => Ok(described?),
        }
    }

    /// The statement to run, and where the values are in its rows.
    async fn layout(&mut self, shape: &Shape) -> Result<(PgStatement, Layout), Failure> {
        let max_bytes = self.query.max_bytes;
        match &shape.statement {
            Some(statement)
                if self.kind == Kind::Show || !projection::is_needed(&shape.fields, max_bytes) =>
            {
                Ok((statement.clone(), Layout::as_is(shape.fields.len())))
            }
            _ => {
                let projection = projection::project(self.text, &shape.fields, max_bytes);
                let layout = Layout::projected(&projection);
                let statement = shape::prepare(self.connection, projection.sql).await?;
                Ok((statement, layout))
            }
        }
    }

    async fn fetch(
        &mut self,
        shape: &Shape,
        statement: &PgStatement,
        layout: &Layout,
    ) -> Result<Fetched, Failure> {
        let arguments = self.arguments(&shape.parameters)?;
        let rows = statement.query_with(arguments).fetch(&mut *self.connection);
        fetch::fetch(rows, &shape.fields, layout, self.query).await
    }

    fn arguments(&self, types: &[PgTypeInfo]) -> Result<PgArguments, Failure> {
        parameter::arguments(types, &self.query.parameters)
            .map_err(|sentence| Failure::Refused(SqlError::InvalidParameter(sentence)))
    }
}
