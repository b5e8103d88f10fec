//! [`RunFilter`]: which runs a listing shows, as one statement.

use rusqlite::{Connection, named_params};

use super::RunSummary;
use super::rows;
use crate::record::StoredStatus;

/// Which runs to list, by their start, the latest first. Every condition must hold; `None` is no
/// condition. Of more runs than the limit, a period keeps those that started last; without one it is
/// those that were recorded last, which a clock that was set back does not hide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunFilter {
    /// The job's name, or a glob of it: `*` any text, `?` one character, `[…]` one of these.
    pub job: Option<String>,
    /// The target's name or a glob of it.
    pub target: Option<String>,
    /// This status or a worse one.
    pub at_least: StoredStatus,
    /// Started at or after this, microseconds since 1970-01-01T00:00:00Z.
    pub since_us: Option<i64>,
    /// Started before this.
    pub until_us: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

impl RunFilter {
    /// All runs, at most `limit`.
    #[must_use]
    pub fn newest(limit: u32) -> Self {
        Self {
            job: None,
            target: None,
            at_least: StoredStatus::Ok,
            since_us: None,
            until_us: None,
            limit,
        }
    }

    pub(super) fn select(&self, conn: &Connection) -> rusqlite::Result<Vec<RunSummary>> {
        let columns = rows::SUMMARY;
        // A period is compared without an expression around the column, so that the index on it serves
        // both the range and the order. Without one the newest are those that were recorded last,
        // whatever the clock said then.
        let (start, newest_first) = if self.since_us.is_some() || self.until_us.is_some() {
            ("started_us", "started_us DESC, run_id DESC")
        } else {
            ("+started_us", "run_id DESC")
        };
        let sql = format!(
            "SELECT * FROM (
               SELECT {columns} FROM v_run
               WHERE {start} >= :since AND (:until IS NULL OR started_us < :until)
                 AND status >= :at_least
                 AND (:job IS NULL OR job GLOB :job)
                 AND (:target IS NULL OR target GLOB :target)
               ORDER BY {newest_first} LIMIT :limit)
             ORDER BY started_us DESC, run_id DESC"
        );
        conn.prepare(&sql)?
            .query_map(
                named_params! {
                    ":since": self.since_us.unwrap_or(i64::MIN),
                    ":until": self.until_us,
                    ":at_least": self.at_least.code(),
                    ":job": self.job,
                    ":target": self.target,
                    ":limit": self.limit,
                },
                rows::summary,
            )?
            .collect()
    }
}
