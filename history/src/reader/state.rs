//! What jobs remember, loaded for many of them at once.

use rusqlite::Connection;

/// Whose state to load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateOwner<'a> {
    /// The job's name.
    pub job: &'a str,
    /// `pack/check`: what another check remembered under the same job is not shown.
    pub check: &'a str,
    /// The target's name.
    pub target: &'a str,
}

/// One remembered entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateEntry {
    /// The check's key.
    pub key: String,
    /// As last written.
    pub value: String,
}

pub(super) fn load(
    conn: &Connection,
    owners: &[StateOwner<'_>],
) -> rusqlite::Result<Vec<Vec<StateEntry>>> {
    // One statement run many times in one transaction: each is two index lookups, and all see the
    // same moment.
    let snapshot = conn.unchecked_transaction()?;
    let mut statement = snapshot.prepare(
        "SELECT state.key, state.value FROM target
         JOIN job ON job.target_id = target.target_id
         JOIN state ON state.job_id = job.job_id
         WHERE target.name = ?1 AND job.name = ?2 AND state.check_name = ?3
         ORDER BY state.key",
    )?;
    owners
        .iter()
        .map(|owner| {
            let entry = |row: &rusqlite::Row<'_>| {
                Ok(StateEntry {
                    key: row.get(0)?,
                    value: row.get(1)?,
                })
            };
            statement
                .query_map((owner.target, owner.job, owner.check), entry)?
                .collect()
        })
        .collect()
}
