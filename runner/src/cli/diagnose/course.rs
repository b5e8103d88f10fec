//! [`Course`]: the stages of one target, as far as they were gone through.

use std::collections::BTreeMap;

use crate::config::TargetEntry;
use crate::model::target::Address;
use crate::operations::diagnosis::{Stage, StageReport};

/// The stages gone through so far.
#[derive(Debug, Default)]
pub struct Course(BTreeMap<Stage, StageReport>);

impl Course {
    /// Adds what was seen of a stage, to what is known of it already; whether it has not failed.
    pub fn add(&mut self, report: StageReport) -> bool {
        let passed = !report.has_failed();
        match self.0.remove(&report.stage) {
            None => self.0.insert(report.stage, report),
            Some(before) => self.0.insert(report.stage, before.and(report)),
        };
        passed
    }

    /// All stages that the target has; those that were not reached say behind which one they are.
    #[must_use]
    pub fn finish(mut self, entry: Option<&TargetEntry>) -> Vec<StageReport> {
        let failed = self.0.values().find(|report| report.has_failed());
        let Some(failed) = failed.map(|report| report.stage) else {
            return self.0.into_values().collect();
        };
        let all = match entry.map(|entry| &entry.without_password().address) {
            None => &[][..],
            Some(Address::Server(_)) => &[
                Stage::Secret,
                Stage::Dns,
                Stage::Tcp,
                Stage::Tls,
                Stage::Authentication,
                Stage::Database,
                Stage::Privileges,
                Stage::Query,
                Stage::Performance,
                Stage::Connections,
            ],
            Some(Address::File(_)) => &[
                Stage::File,
                Stage::Privileges,
                Stage::Query,
                Stage::Performance,
            ],
        };
        for stage in all {
            self.0.entry(*stage).or_insert_with(|| {
                StageReport::skipped(*stage, format!("{} failed", failed.as_str()))
            });
        }
        self.0.into_values().collect()
    }
}
