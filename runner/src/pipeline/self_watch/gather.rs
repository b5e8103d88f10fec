//! What is not the loop's own: the history's file, what waits in it, and the process as the system sees it.
//! Blocks for as long as a disk does.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use checkrun_history::{OutboxState, Reader, RunFilter};

use crate::model::run::Micros;
use crate::model::self_watch::{
    HistoryFile, LOOK_WITHIN, LOOKS_AT_ITSELF_EVERY, Outbox, RUNNER_JOB, RUNNER_TARGET, Resources,
    Signs,
};
use crate::record::Recorder;

/// For so long after its beginning the runner says that nothing was recorded before.
const SAYS_DOWN_FOR: Duration = Duration::from_secs(60);

/// Down for less is a restart.
const DOWN_MIN: Duration = Duration::from_secs(5 * 60);

/// How far back messages that were given up are counted.
const FAILED_WITHIN: Duration = Duration::from_secs(24 * 60 * 60);

/// The unit of `VmRSS`, whatever a page is.
const KIB: u64 = 1024;

/// Adds everything else to what the loop knows.
pub(super) fn complete(signs: Signs, history: &Path, began: Micros, now: Micros) -> Signs {
    let reader = Reader::open(history).ok();
    let newest = |filter| newest_us(reader.as_ref()?, filter);
    let latest = newest(RunFilter::newest(1));
    let own = newest(RunFilter {
        job: Some(RUNNER_JOB.to_owned()),
        target: Some(RUNNER_TARGET.to_owned()),
        until_us: Some(began.0),
        ..RunFilter::newest(1)
    });
    Signs {
        outbox: reader.as_ref().and_then(|reader| outbox(reader, now)),
        history: history_file(history),
        resources: resources(),
        clock_behind: latest.map_or(Duration::ZERO, |latest| since(now, latest)),
        down: own.and_then(|own| down(own, began, now)),
        ..signs
    }
}

fn newest_us(reader: &Reader, filter: RunFilter) -> Option<Micros> {
    let runs = reader.runs(&filter).ok()?;
    runs.first().map(|run| Micros(run.started_us))
}

fn outbox(reader: &Reader, now: Micros) -> Option<Outbox> {
    let state = reader.outbox(failed_since(now).0).ok()?;
    Some(outbox_at(now, &state))
}

/// What waits to be told while the history's file cannot be written: that one knows nothing of it.
pub(super) async fn outbox_in_memory(recorder: &Recorder, now: Micros) -> Option<Outbox> {
    let asked = recorder.outbox(failed_since(now), now);
    let state = tokio::time::timeout(LOOK_WITHIN, asked).await.ok()?.ok()?;
    Some(outbox_at(now, &state))
}

fn failed_since(now: Micros) -> Micros {
    Micros(now.0.saturating_sub(micros(FAILED_WITHIN)))
}

fn outbox_at(now: Micros, state: &OutboxState) -> Outbox {
    let oldest = state.oldest_us.map(|oldest| since(Micros(oldest), now));
    Outbox {
        unsent: state.unsent,
        oldest: oldest.unwrap_or_default(),
        failed: state.failed,
    }
}

/// From when to when nothing was recorded, said only by a process that has just begun.
pub(super) fn down(last: Micros, began: Micros, now: Micros) -> Option<(Micros, Micros)> {
    let lasted = since(last, began);
    let is_new = since(began, now) < SAYS_DOWN_FOR;
    // It looked at itself every minute, so as much was still watched.
    (is_new && lasted > DOWN_MIN + LOOKS_AT_ITSELF_EVERY).then_some((last, began))
}

/// Sizes only: a file of SQLite that somebody else opens and closes loses its locks.
pub(crate) fn history_file(history: &Path) -> HistoryFile {
    let mut log = history.as_os_str().to_owned();
    log.push("-wal");
    let size = |path: &Path| fs::metadata(path).map_or(0, |metadata| metadata.len());
    let folder = history
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let disk = rustix::fs::statvfs(folder.unwrap_or(Path::new(".")));
    HistoryFile {
        bytes: size(history),
        log_bytes: size(&PathBuf::from(log)),
        free_bytes: disk
            .ok()
            .map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize)),
    }
}

fn resources() -> Resources {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    Resources {
        resident_bytes: number_after(&status, "VmRSS:").map(|kib| kib.saturating_mul(KIB)),
        descriptors: fs::read_dir("/proc/self/fd")
            .ok()
            .map(|all| all.count() as u64),
        descriptors_max: number_after(&limits, "Max open files"),
    }
}

/// The first number on the line that begins like this.
pub(super) fn number_after(text: &str, beginning: &str) -> Option<u64> {
    let mut rest = text.lines().filter_map(|line| line.strip_prefix(beginning));
    rest.next()?.split_whitespace().next()?.parse().ok()
}

fn since(earlier: Micros, later: Micros) -> Duration {
    Duration::from_micros(u64::try_from(later.0.saturating_sub(earlier.0)).unwrap_or(0))
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
