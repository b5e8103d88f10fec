//! Where in its interval a job runs: spread over all jobs, and the same after every restart.

use sha2::{Digest, Sha256};

use crate::model::job::Job;

/// A number from 0 to `range` − 1, in microseconds, that only the job's name and target decide.
/// Part of what people see: with another hash, every job would move within its interval.
pub(super) fn of(job: &Job, range: i64) -> i64 {
    let mut hash = Sha256::new();
    hash.update(job.name.as_bytes());
    // No name has this byte, so `a` on `bc` is not `ab` on `c`.
    hash.update([0]);
    hash.update(job.target.name.as_bytes());
    let digest = hash.finalize();
    let number = digest
        .iter()
        .take(8)
        .fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let range = u64::try_from(range).unwrap_or(1).max(1);
    i64::try_from(number % range).unwrap_or(0)
}
