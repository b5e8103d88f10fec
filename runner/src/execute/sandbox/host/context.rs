//! `interface context`: what the run is about.

use std::collections::BTreeMap;

use crate::execute::sandbox::bindings::checkrun::check::context::{
    Engine, Host, ParameterValue, Target, Version,
};
use crate::execute::sandbox::bindings::checkrun::check::sql;
use crate::execute::sandbox::run_state::RunState;
use crate::model;
use crate::model::run::Micros;

/// What the run is about and how it was configured.
pub(in crate::execute::sandbox) struct Subject {
    pub(in crate::execute::sandbox) target: String,
    pub(in crate::execute::sandbox) labels: BTreeMap<String, String>,
    pub(in crate::execute::sandbox) parameters: Vec<(String, model::parameter::ParameterValue)>,
    pub(in crate::execute::sandbox) started: Micros,
}

impl Host for RunState {
    async fn get_target(&mut self) -> wasmtime::Result<Result<Target, sql::Error>> {
        let answer = self.asked.facts().await?;
        self.asked.note(&answer);
        let facts = match answer {
            Ok(facts) => facts,
            Err(error) => return Ok(Err(error.into())),
        };
        Ok(Ok(Target {
            name: self.subject.target.clone(),
            engine: facts.engine.into(),
            version: facts.version.into(),
            version_text: facts.version_text,
            database: facts.database,
            in_recovery: facts.in_recovery,
            labels: self.subject.labels.clone().into_iter().collect(),
        }))
    }

    fn get_parameters(&mut self) -> wasmtime::Result<Vec<(String, ParameterValue)>> {
        Ok(self
            .subject
            .parameters
            .iter()
            .map(|(name, value)| (name.clone(), value.clone().into()))
            .collect())
    }

    fn now(&mut self) -> wasmtime::Result<i64> {
        Ok(self.subject.started.0)
    }

    fn remaining_ms(&mut self) -> wasmtime::Result<u32> {
        Ok(u32::try_from(self.deadline.remaining().as_millis()).unwrap_or(u32::MAX))
    }
}

impl From<model::engine::Engine> for Engine {
    fn from(engine: model::engine::Engine) -> Self {
        match engine {
            model::engine::Engine::Postgresql => Self::Postgresql,
            model::engine::Engine::Mysql => Self::Mysql,
            model::engine::Engine::Mariadb => Self::Mariadb,
            model::engine::Engine::Sqlite => Self::Sqlite,
            model::engine::Engine::Pgbouncer => Self::Pgbouncer,
        }
    }
}

impl From<model::engine::Version> for Version {
    fn from(version: model::engine::Version) -> Self {
        Self {
            major: version.major,
            minor: version.minor,
            patch: version.patch,
        }
    }
}

impl From<model::parameter::ParameterValue> for ParameterValue {
    fn from(value: model::parameter::ParameterValue) -> Self {
        use model::parameter::ParameterValue as Model;
        match value {
            Model::Boolean(value) => Self::Boolean(value),
            Model::Integer(value) => Self::Integer(value),
            Model::Number(value) => Self::Number(value),
            Model::Text(value) => Self::Text(value),
            Model::DurationSeconds(value) => Self::DurationSeconds(value),
            Model::SizeBytes(value) => Self::SizeBytes(value),
            Model::TextList(value) => Self::TextList(value),
        }
    }
}
