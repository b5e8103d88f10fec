//! The pool of one application, as far as its server can see it.
//!
//! A server does not know which connections a pool has handed out. It knows which ones do nothing and
//! hold no transaction: those are idle in the pool, or as good as that; all others are in use. So a pool
//! that keeps its connections open is not full by that alone.

use checkrun_sdk::prelude::*;

use super::rating::{Rating, number, percent, ratio};
use super::{POOL_IDLE, POOL_OVERFLOW, POOL_RATIO, POOL_USED, Settings};
use crate::advice::connections::Situation;

/// Whose pool, and how large it is meant to be; none of it need be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What its connections are called.
    pub application: Option<String>,
    /// Whose they are.
    pub user: Option<String>,
    size: Option<Size>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Size {
    kept: u64,
    capacity: u64,
}

impl Wanted {
    /// What the parameters ask for; none where they name no pool.
    ///
    /// # Errors
    /// A size without a name, and sizes that no pool has.
    pub fn from(settings: Settings) -> Result<Option<Self>> {
        let Settings {
            application,
            user,
            pool_size,
            max_overflow,
        } = settings;
        if pool_size == Some(0) {
            return Err(Error::bad_parameter(
                "pool_size",
                "a pool keeps at least one connection",
            ));
        }
        if pool_size.is_none() && max_overflow.is_some() {
            return Err(Error::bad_parameter(
                "max_overflow",
                "it says nothing without `pool_size`; set that as well",
            ));
        }
        let named = [&application, &user].iter().any(|name| name.is_some());
        if !named && pool_size.is_some() {
            return Err(Error::bad_parameter(
                "pool_size",
                "whose pool? Set `application`, `user`, or both",
            ));
        }
        let size = pool_size.map(|kept| Size {
            kept,
            capacity: kept.saturating_add(max_overflow.unwrap_or_default()),
        });
        Ok(named.then_some(Self {
            application,
            user,
            size,
        }))
    }

    /// The pool in a few words.
    fn name(&self) -> String {
        match (&self.application, &self.user) {
            (Some(application), Some(user)) => format!("{application} ({user})"),
            (Some(name), None) | (None, Some(name)) => name.clone(),
            (None, None) => String::new(),
        }
    }
}

/// The connections of the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// All that are open.
    pub open: u64,
    /// Those that do nothing and hold no transaction.
    pub idle: u64,
    /// How they were found: `application_name`, `program_name`, `user`.
    pub found_by: &'static str,
}

/// Adds the pool: its metrics, a finding with its rating, and a part of the summary.
pub fn add(mut report: Report, wanted: &Wanted, seen: &Seen) -> Report {
    let used = seen.open.saturating_sub(seen.idle);
    let overflow = wanted.size.map_or(0, |size| used.saturating_sub(size.kept));
    report = report
        .metric(POOL_USED.value(number(used)))
        .metric(POOL_IDLE.value(number(seen.idle)));
    let name = wanted.name();
    let mut finding = Finding::new("pool", Status::Ok, "The application's pool")
        .subject(&name)
        .evidence("found_by", seen.found_by)
        .evidence("open", seen.open)
        .evidence("used", used)
        .evidence("idle", seen.idle);
    let Some(Size { kept, capacity }) = wanted.size else {
        report.summary += &format!("; pool of {name}: {used} in use, {} idle", seen.idle);
        return report.finding(finding);
    };
    let rating = Rating::of(used, capacity);
    report.summary += &format!(
        "; pool of {name}: {used} of {capacity} in use ({}, {})",
        percent(used, capacity),
        rating.word()
    );
    let situation = match rating {
        Rating::Optimal => Situation::PoolOptimal,
        Rating::Moderate => Situation::PoolModerate,
        Rating::High => Situation::PoolHigh,
    };
    finding = finding
        .advice(situation.advice())
        .evidence("overflow", overflow)
        .evidence("pool_size", kept)
        .evidence("capacity", capacity)
        .evidence(POOL_RATIO.name, percent(used, capacity))
        .evidence("rating", rating.word())
        .evidence("efficiency", rating.efficiency());
    report
        .metric(POOL_OVERFLOW.value(number(overflow)))
        .metric(POOL_RATIO.value(ratio(used, capacity)))
        .finding(finding)
}
