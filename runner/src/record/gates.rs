//! What the history has of targets that cannot be reached, for a program that begins, and for one whose
//! history could not be written for a while.

use std::path::Path;

use checkrun_history::incident::StoredPhase;
use checkrun_history::{Cause, Error, Reader};

use crate::model::gate::CONNECTION_CHECK;
use crate::model::incident::{Object, Phase};

/// The targets that are not simply reachable, by name. A history that is not there yet has none.
///
/// # Errors
/// The file cannot be read.
pub fn stored_gates(path: &Path) -> Result<Vec<(String, Phase)>, Error> {
    let reader = match Reader::open(path) {
        Ok(reader) => reader,
        Err(error) if matches!(error.cause, Cause::Missing | Cause::NoFolder) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(error),
    };
    let verdict = Object::verdict();
    let watches = reader.watches(CONNECTION_CHECK)?.into_iter();
    Ok(watches
        .filter(|watch| watch.object == verdict.as_str())
        .map(|watch| {
            let count = watch.count;
            let phase = match watch.phase {
                StoredPhase::Pending => Phase::Pending { count },
                StoredPhase::Recovering => Phase::Recovering { count },
                StoredPhase::Firing => Phase::Firing {
                    worse: 0,
                    better: 0,
                },
            };
            (watch.target, phase)
        })
        .collect())
}
