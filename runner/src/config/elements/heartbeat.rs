//! `[heartbeat]`: who outside is told that the runner is alive.

use std::time::Duration;

use super::Context;
use super::route::webhook::{self, WebhookEntry};
use crate::config::Config;
use crate::config::collector::{Collector, Remark};
use crate::config::environment::Environment;
use crate::config::problem::Problems;
use crate::config::shape::fields::Fields;
use crate::model::heartbeat::Heartbeat;
use crate::model::unit::format_duration;

/// How often when nothing is said.
const EVERY: Duration = Duration::from_secs(60);

/// The shortest interval: whoever listens counts in minutes.
const EVERY_MIN: Duration = Duration::from_secs(1);

/// `[heartbeat]`, without its secret.
#[derive(Clone, Debug)]
pub struct HeartbeatEntry {
    server: WebhookEntry,
    every: Duration,
    tells_failure: bool,
}

/// `None` when there is none, or after a problem that was noted.
pub(in crate::config) fn decode(
    fields: Option<Fields<'_>>,
    context: &mut Context<'_, '_>,
) -> Option<HeartbeatEntry> {
    let fields = fields?;
    let every = fields.duration("every").unwrap_or(EVERY);
    if every < EVERY_MIN {
        let remark = Remark::new(format!(
            "`every` is at least {}",
            format_duration(EVERY_MIN)
        ));
        let at = fields.key_span("every");
        context
            .problems
            .error(&at, remark.with_hint("write `every = \"1m\"`"));
    }
    let server = webhook::decode(fields, context)?;
    Some(HeartbeatEntry {
        server,
        every,
        tells_failure: fields.boolean("fail").unwrap_or(false),
    })
}

impl HeartbeatEntry {
    /// With its secret; `None` after an error that was noted.
    pub(in crate::config) fn complete(
        &self,
        environment: &Environment,
        problems: &mut Collector<'_>,
    ) -> Option<Heartbeat> {
        Some(Heartbeat {
            server: self.server.complete(environment, problems)?,
            every: self.every,
            tells_failure: self.tells_failure,
        })
    }
}

impl Config {
    /// Who outside is told that the runner is alive, if anybody is; and what is doubtful about that.
    ///
    /// # Errors
    /// Its address is missing, cannot be read, or is not what it should be.
    pub fn resolve_heartbeat(
        &self,
        environment: &Environment,
    ) -> Result<(Option<Heartbeat>, Problems), Problems> {
        let mut problems = Collector::new(&self.source);
        let entry = self.heartbeat.as_ref();
        let heartbeat = entry.and_then(|entry| entry.complete(environment, &mut problems));
        Ok((heartbeat, problems.finish()?))
    }
}
