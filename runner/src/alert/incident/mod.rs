//! The state machine of one object: ok → pending → firing → recovering → ok.
//!
//! | in | sees | becomes |
//! |---|---|---|
//! | ok | bad | pending; firing at once where one is enough |
//! | pending | bad, `confirm` times in a row | firing, as bad as the least of them |
//! | pending | good | ok: it was a blip |
//! | firing | worse, `escalate_confirm` times in a row | firing, critical |
//! | firing | better but bad, `confirm` times in a row | firing, warning |
//! | firing | good | recovering; still counts as firing |
//! | recovering | good, `recover_after` times in a row | ok |
//! | recovering | bad | firing: the same incident goes on |
//! | pending, firing, recovering | held | as it was |
//! | pending, firing, recovering | absent | as if good; an incident is not closed then, but abandoned |
//!
//! *Held* is a value that is no longer beyond its threshold and not yet back behind `clear`, or what could
//! not be judged this time; *absent* is what there is not to judge, as the check does not apply any more. A run
//! without a report says nothing about any object but `judging`, so it neither opens nor resolves them.

mod consider;
#[cfg(test)]
pub mod reference;
#[cfg(test)]
mod tests;

pub use consider::{consider, is_young};

use crate::model::incident::{Change, Phase, Rules, Severity, Watch};
use crate::model::run::Micros;

/// What one outcome says of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Nothing stands against it.
    Good,
    /// Neither bad nor good again.
    Held,
    /// There is nothing to judge.
    Absent,
    /// So bad.
    Bad(Severity),
}

const FIRING: Phase = Phase::Firing {
    worse: 0,
    better: 0,
};

/// One step. None is an object that is ok.
#[must_use]
pub fn step(
    known: Option<Watch>,
    sign: Sign,
    at: Micros,
    rules: &Rules,
) -> (Option<Watch>, Option<Change>) {
    match (known, sign) {
        (None, Sign::Good | Sign::Held | Sign::Absent) => (None, None),
        (None, Sign::Bad(severity)) => {
            let phase = Phase::Pending { count: 0 };
            let first = Watch {
                phase,
                severity,
                since: at,
            };
            pending(first, 0, severity, rules)
        }
        (Some(watch), Sign::Held) => (Some(watch), None),
        (Some(watch), Sign::Good) => over(watch, Change::Closed, rules),
        (Some(watch), Sign::Absent) => over(watch, Change::Abandoned, rules),
        (Some(watch), Sign::Bad(seen)) => match watch.phase {
            Phase::Pending { count } => pending(watch, count, seen, rules),
            Phase::Firing { worse, better } => firing(watch, worse, better, seen, rules),
            Phase::Recovering { .. } => firing(watch, 0, 0, seen, rules),
        },
    }
}

fn pending(
    watch: Watch,
    count: u32,
    seen: Severity,
    rules: &Rules,
) -> (Option<Watch>, Option<Change>) {
    let count = count.saturating_add(1);
    let severity = watch.severity.min(seen);
    let (phase, change) = if count >= rules.confirm {
        (FIRING, Some(Change::Opened))
    } else {
        (Phase::Pending { count }, None)
    };
    let watch = Watch {
        phase,
        severity,
        ..watch
    };
    (Some(watch), change)
}

fn firing(
    watch: Watch,
    worse: u32,
    better: u32,
    seen: Severity,
    rules: &Rules,
) -> (Option<Watch>, Option<Change>) {
    let (worse, better) = match seen.cmp(&watch.severity) {
        std::cmp::Ordering::Greater => (worse.saturating_add(1), 0),
        std::cmp::Ordering::Less => (0, better.saturating_add(1)),
        std::cmp::Ordering::Equal => (0, 0),
    };
    let change = if worse >= rules.escalate_confirm && worse > 0 {
        Some(Change::Escalated)
    } else if better >= rules.confirm && better > 0 {
        Some(Change::Eased)
    } else {
        None
    };
    let watch = match change {
        Some(_) => Watch {
            phase: FIRING,
            severity: seen,
            ..watch
        },
        None => Watch {
            phase: Phase::Firing { worse, better },
            ..watch
        },
    };
    (Some(watch), change)
}

/// Ends in this way, unless it was seen so too seldom.
fn over(watch: Watch, end: Change, rules: &Rules) -> (Option<Watch>, Option<Change>) {
    let count = match watch.phase {
        Phase::Pending { .. } => return (None, None),
        Phase::Firing { .. } => 1,
        Phase::Recovering { count } => count.saturating_add(1),
    };
    if count >= rules.recover_after {
        return (None, Some(end));
    }
    let phase = Phase::Recovering { count };
    (Some(Watch { phase, ..watch }), None)
}
