//! What checks remember. An interim history begins without any, so all that it has is newer than the file's.

use super::Crossing;

const REMEMBERED: &str = "SELECT job_id, check_name, key, value FROM main.state";

const REMEMBER: &str = "INSERT INTO state (job_id, check_name, key, value) VALUES (?1, ?2, ?3, ?4)
  ON CONFLICT (job_id, check_name, key) DO UPDATE SET value = excluded.value";

impl Crossing<'_> {
    pub(super) fn state(&mut self) -> rusqlite::Result<()> {
        let remembered: Vec<(i64, String, String, String)> = self
            .from
            .prepare(REMEMBERED)?
            .query_map([], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?
            .collect::<rusqlite::Result<_>>()?;
        for (job, check, key, value) in remembered {
            let job = self.job(job)?;
            self.to.execute(REMEMBER, (job, check, key, value))?;
        }
        Ok(())
    }
}
