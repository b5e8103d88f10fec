//! [`Retiring`]: ends the incidents of a job that was removed while it ran. What it found then is recorded after
//! the incidents of all jobs that are gone have ended, and would stay open for ever.

use tokio::task::JoinSet;

use super::Pipeline;
use crate::model::gate::CONNECTION_JOB;
use crate::schedule::Timetable;

/// What is being ended.
#[derive(Default)]
pub(super) struct Retiring(JoinSet<()>);

impl Retiring {
    /// Ends the incidents of every job that is not in the timetable.
    pub(super) fn begin(&mut self, pipeline: &Pipeline, timetable: &Timetable) {
        let Some(recorder) = pipeline.recorder.clone() else {
            return;
        };
        let names = timetable.names();
        let connections = names
            .iter()
            .map(|(target, _)| (target.clone(), CONNECTION_JOB.to_owned()));
        let configured: Vec<_> = names.iter().cloned().chain(connections).collect();
        let now = pipeline.clock.now();
        self.0.spawn(async move {
            // If the history cannot be written, the next reload or start does it.
            let _ = recorder.retire(configured, now).await;
        });
        // Those that are over are not kept.
        while self.0.try_join_next().is_some() {}
    }

    /// Gives up what is not over; the next start does it.
    pub(super) async fn end(&mut self) {
        self.0.shutdown().await;
    }

    #[cfg(test)]
    pub(super) async fn finish(&mut self) {
        while self.0.join_next().await.is_some() {}
    }
}
