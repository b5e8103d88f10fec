//! What checks remember, loaded for many (check, target) pairs at once.

use rusqlite::Connection;

/// Whose state to load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateOwner<'a> {
    /// `pack/check`.
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
         JOIN state ON state.target_id = target.target_id
         WHERE target.name = ?1 AND state.check_name = ?2
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
                .query_map((owner.target, owner.check), entry)?
                .collect()
        })
        .collect()
}
