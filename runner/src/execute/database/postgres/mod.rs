//! PostgreSQL targets: one owned connection that runs one reading statement at a time.
//!
//! A query is four round trips: the fence opens (`BEGIN TRANSACTION READ ONLY` and the limits), the
//! statement is prepared (`shape`), it runs as it is or as a subquery (`projection`), and the
//! fence closes. It is never committed. What the session keeps beyond that (settings, locks,
//! prepared statements) ends with the connection, and a connection serves one run.

mod account;
mod array;
mod calendar;
mod error;
mod fetch;
mod kind;
mod numeric;
mod options;
mod parameter;
mod projection;
mod shape;
#[cfg(test)]
mod tests;
mod value;

use std::time::{Duration, Instant};

use sqlx::postgres::PgStatement;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection as _, Executor, PgConnection, Statement, raw_sql,
};

use self::fetch::{Fetched, Layout};
use self::shape::Shape;
use crate::execute::database::network;
use crate::execute::database::statement::{self, Dialect, Kind};
use crate::model::sql::{
    ConnectionClass, ConnectionError, Query, ResultSet, ServerFacts, SqlError,
};
use crate::model::target::{Address, Target};

/// Closes the fence and proves that it was still the one we opened: outside of a transaction the
/// server refuses a savepoint.
const END: &str = "SAVEPOINT checkrun_fence; ROLLBACK";

/// Closes the fence after an error, when no savepoint is possible.
const END_FAILED: &str = "ROLLBACK";

/// One open connection. Dropping it closes the socket at once; the server notices by itself.
pub struct Connection {
    inner: PgConnection,
    facts: ServerFacts,
    usable: bool,
}

impl Connection {
    /// Opens a connection in as many round trips as PostgreSQL's own client, and one more for the
    /// facts and the privileges of the account.
    ///
    /// # Errors
    /// Its class is decided by SQLSTATE and by the operating system's error.
    pub async fn open(target: &Target, application: &str) -> Result<Self, ConnectionError> {
        let Address::Server(address) = &target.address else {
            return Err(not_connected(
                ConnectionClass::Other,
                "a file is no PostgreSQL server",
            ));
        };
        let options = options::connect_options(address, application, target.connect_timeout)?;
        let connected = async {
            let mut inner = options.connect().await?;
            let account = account::look_up(&mut inner).await?;
            Ok((inner, account))
        };
        let (inner, account) = match connected.await {
            Ok(connected) => connected,
            Err(sqlx::Error::Io(io)) if network::may_be_dns(&io) => {
                let resolved = network::resolve(&address.host).await;
                return Err(match resolved {
                    Ok(()) => error::connection_error(&sqlx::Error::Io(io)),
                    Err(message) => not_connected(ConnectionClass::Dns, &message),
                });
            }
            Err(error) => return Err(error::connection_error(&error)),
        };
        if !target.allow_privileged {
            account.refuse_privileged()?;
        }
        Ok(Self {
            inner,
            facts: account.facts,
            usable: true,
        })
    }

    /// What the server says of itself.
    #[must_use]
    pub fn facts(&self) -> &ServerFacts {
        &self.facts
    }

    /// Whether another query may be run: not after the connection broke, nor when an answer was cut
    /// short and its rest is still on the way.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.usable
    }

    /// Runs one statement in a read-only transaction of its own.
    ///
    /// # Errors
    /// What the statement gate refuses, what the server says, and a broken connection.
    pub async fn query(&mut self, query: &Query) -> Result<ResultSet, SqlError> {
        let statement =
            statement::accept(&query.sql, Dialect::Postgresql).map_err(SqlError::Forbidden)?;
        self.usable = false;
        let start = Instant::now();
        let fenced = Fenced {
            connection: &mut self.inner,
            query,
            text: statement.text,
            kind: statement.kind,
        };
        match fenced.run().await {
            Ok((result, Ending::Complete)) => {
                self.end(query.timeout, start).await?;
                self.usable = true;
                Ok(result)
            }
            Ok((result, Ending::CutShort)) => Ok(result),
            Err(Failure::Refused(error)) => {
                self.usable = self.inner.execute(END_FAILED).await.is_ok();
                Err(error)
            }
            Err(Failure::Driver(error)) => {
                let elapsed = start.elapsed();
                if error::leaves_usable(&error) {
                    self.usable = self.inner.execute(END_FAILED).await.is_ok();
                }
                Err(error::sql_error(&error, query.timeout, elapsed))
            }
        }
    }

    async fn end(&mut self, timeout: Duration, start: Instant) -> Result<(), SqlError> {
        match raw_sql(END).execute(&mut self.inner).await {
            Ok(_) => Ok(()),
            Err(error) if error::leaves_usable(&error) => Err(SqlError::Forbidden(
                "the statement left the read-only transaction that it was run in".into(),
            )),
            Err(error) => Err(error::sql_error(&error, timeout, start.elapsed())),
        }
    }

    /// Says goodbye to the server.
    pub async fn close(self) {
        // The socket is closed in any case, and nobody waits for this answer.
        let _ = self.inner.close().await;
    }
}

fn not_connected(class: ConnectionClass, message: &str) -> ConnectionError {
    ConnectionError {
        class,
        message: message.into(),
        attempts: 1,
    }
}

/// Why the fenced statement has no answer.
enum Failure {
    /// Said by us; the connection is idle.
    Refused(SqlError),
    /// Said by the server or the driver.
    Driver(sqlx::Error),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Driver(error)
    }
}

/// How much of the answer was read.
enum Ending {
    Complete,
    /// The rest is on its way to us: the connection must go.
    CutShort,
}

/// One statement of a check between the opening and the closing of its fence.
struct Fenced<'a> {
    connection: &'a mut PgConnection,
    query: &'a Query,
    text: &'a str,
    kind: Kind,
}

impl Fenced<'_> {
    async fn run(mut self) -> Result<(ResultSet, Ending), Failure> {
        let begin = options::begin(self.query.timeout);
        raw_sql(AssertSqlSafe(begin))
            .execute(&mut *self.connection)
            .await?;
        let start = Instant::now();
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

    fn arguments(
        &self,
        types: &[sqlx::postgres::PgTypeInfo],
    ) -> Result<sqlx::postgres::PgArguments, Failure> {
        parameter::arguments(types, &self.query.parameters)
            .map_err(|sentence| Failure::Refused(SqlError::InvalidParameter(sentence)))
    }
}
