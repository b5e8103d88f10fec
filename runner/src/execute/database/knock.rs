//! [`knock`]: can a target be reached? One attempt to connect and one trivial query, without a sandbox.
//!
//! Not what [`probe`](super::probe) does: that one finds out where on the way it fails, this one does
//! what a check would do, and no more of it than needed.

use std::sync::Arc;

use super::Database;
use super::session::Session;
use crate::clock::Clock;
use crate::model::gate::{ANSWER_WITHIN, CONNECT_WITHIN, CONNECTION_CHECK, Knock};
use crate::model::sql::{ConnectionClass, ConnectionError, Query, ServerError, SqlError};
use crate::model::target::Target;
use crate::model::unit::format_duration;

/// Rows of the answer to the trivial query.
const ROWS_MAX: u32 = 1;

/// Bytes of it; a version fits.
const BYTES_MAX: u64 = 4 * 1024;

/// Asks once. Takes at most [`CONNECT_WITHIN`] and [`ANSWER_WITHIN`], and a second to say goodbye.
pub async fn knock(target: &Target, clock: Clock) -> Knock {
    let once = Target {
        connect_attempts: 1,
        connect_timeout: target.connect_timeout.min(CONNECT_WITHIN),
        ..target.clone()
    };
    let query = Query {
        sql: target.address.trivial_query().to_owned(),
        parameters: Vec::new(),
        max_rows: ROWS_MAX,
        max_bytes: BYTES_MAX,
        timeout: ANSWER_WITHIN,
    };
    let mut session = Session::new(Arc::new(once), CONNECTION_CHECK.into(), clock);
    let connect = match session.connect().await {
        Ok(timing) => timing.total,
        Err(error) => return Knock::Failed(in_the_way(error, &query)),
    };
    let answered = session.query(&query).await;
    let knock = match answered {
        Ok(answer) => Knock::Answered {
            connect,
            answer: answer.elapsed,
        },
        // Who does not answer will not say goodbye either.
        Err(error) => return Knock::Failed(in_the_way(error, &query)),
    };
    session.close().await;
    knock
}

/// Why no check can do its work. Of a server that lets us in and then does not answer the simplest
/// question there is no better class than that of the time that has passed, or none.
fn in_the_way(error: SqlError, query: &Query) -> ConnectionError {
    let asked = |class, what: String| ConnectionError {
        class,
        message: format!("connected, but `{}` {what}", query.sql),
        attempts: 1,
    };
    let refused = |server: ServerError| {
        asked(
            ConnectionClass::Other,
            format!("failed: {}", server.message),
        )
    };
    match error {
        SqlError::Connection(error) => error,
        SqlError::Timeout(after) => asked(
            ConnectionClass::Timeout,
            format!("was not answered within {}", format_duration(after)),
        ),
        SqlError::Server(server)
        | SqlError::PermissionDenied(server)
        | SqlError::UndefinedObject(server) => refused(server),
        SqlError::Forbidden(why)
        | SqlError::InvalidParameter(why)
        | SqlError::LimitExceeded(why) => {
            asked(ConnectionClass::Other, format!("was refused: {why}"))
        }
    }
}

#[cfg(test)]
mod tests;
