//! Whether the check works on this server.
//!
//! Only the server says what it is: a `mysql:` URL leads to MySQL or to MariaDB, and no URL has a
//! version. So the answer is there once the run is connected, and the run ends before its first query.

use std::time::Duration;

use tokio::time::timeout;

use super::{Asked, During};
use crate::execute::sandbox::refusal::Refusal;
use crate::model::pack::EngineRequirement;
use crate::model::sql::{ConnectionClass, ConnectionError, ServerFacts, SqlError};
use crate::model::unit::format_duration;
use crate::model::whereabouts;

impl Asked {
    /// What the server says of itself.
    ///
    /// # Errors
    /// The check does not work on it.
    pub(in crate::execute::sandbox) async fn facts(
        &mut self,
    ) -> Result<Result<ServerFacts, SqlError>, Refusal> {
        let Some(database) = &mut self.database else {
            return Err(Refusal::NotInDescribe {
                call: "context.get-target",
            });
        };
        self.during = During::Connecting;
        let facts = database.facts().await;
        self.during = During::Computing;
        if let Ok(facts) = &facts {
            self.hold_against(facts)?;
        }
        Ok(facts)
    }

    /// Connects for a check that does not work on every server, and looks where it has got. Costs
    /// nothing where there is a connection: it knows its server.
    ///
    /// # Errors
    /// The check does not work on it.
    pub(super) async fn suited(
        &mut self,
        limit: Duration,
    ) -> Result<Result<(), SqlError>, Refusal> {
        if self.engines.is_empty() {
            return Ok(Ok(()));
        }
        let facts = timeout(limit, self.facts()).await;
        self.during = During::Computing;
        match facts {
            Ok(facts) => Ok(facts?.map(|_facts| ())),
            Err(_elapsed) => Ok(Err(no_connection(limit))),
        }
    }

    fn hold_against(&self, facts: &ServerFacts) -> Result<(), Refusal> {
        let admits = |needed: &EngineRequirement| needed.admits(facts.engine, facts.version);
        if self.engines.is_empty() || self.engines.iter().any(admits) {
            return Ok(());
        }
        let needed: Vec<String> = self.engines.iter().map(ToString::to_string).collect();
        Err(Refusal::NotApplicable {
            engine: facts.engine,
            version: facts.version,
            needed: needed.join(" or "),
        })
    }
}

/// The run's time is over but for what the check needs to report it.
pub(super) fn no_connection(limit: Duration) -> SqlError {
    SqlError::Connection(ConnectionError {
        class: ConnectionClass::Timeout,
        message: whereabouts::locate(format!("no connection within {}", format_duration(limit))),
        attempts: 1,
    })
}
