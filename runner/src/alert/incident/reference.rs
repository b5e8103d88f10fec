//! The same machine as a slow reading of all signs from the beginning, to hold the fast one against.
//!
//! It keeps no state: it looks at the whole past each time, and asks of it what the table says.

use super::Sign;
use crate::model::incident::{Rules, Severity};

/// How severe the incident is after these signs, if there is one.
pub fn severity_after(signs: &[Sign], rules: &Rules) -> Option<Severity> {
    let mut open: Option<Severity> = None;
    // The signs that count, since the last change; held ones are as if there had been none.
    let mut run: Vec<Sign> = Vec::new();
    for sign in signs.iter().filter(|sign| **sign != Sign::Held) {
        run.push(*sign);
        let next = match open {
            None => opened(&run, rules),
            Some(severity) => went_on(&run, severity, rules),
        };
        if next != open {
            run.clear();
            open = next;
        }
    }
    open
}

/// The last so many signs, if there are so many and all are bad.
fn last_bad(run: &[Sign], count: u32) -> Option<Vec<Severity>> {
    let count = count as usize;
    let last = run.get(run.len().checked_sub(count)?..)?;
    last.iter()
        .map(|sign| match sign {
            Sign::Bad(severity) => Some(*severity),
            Sign::Good | Sign::Held | Sign::Absent => None,
        })
        .collect()
}

fn opened(run: &[Sign], rules: &Rules) -> Option<Severity> {
    last_bad(run, rules.confirm)?.into_iter().min()
}

fn went_on(run: &[Sign], severity: Severity, rules: &Rules) -> Option<Severity> {
    let good = run
        .iter()
        .rev()
        .take_while(|sign| matches!(sign, Sign::Good | Sign::Absent));
    if good.count() >= rules.recover_after as usize {
        return None;
    }
    let all = |count, fits: fn(Severity, Severity) -> bool| {
        last_bad(run, count).is_some_and(|last| last.iter().all(|seen| fits(*seen, severity)))
    };
    if all(rules.escalate_confirm, |seen, now| seen > now) {
        return Some(Severity::Critical);
    }
    if all(rules.confirm, |seen, now| seen < now) {
        return Some(Severity::Warning);
    }
    Some(severity)
}
