//! Limits that a role, an account or a database has of its own.

use std::collections::BTreeSet;

use checkrun_sdk::prelude::*;

use super::LIMIT_RATIO;
use super::rating::{Rating, percent, ratio};
use super::tally::{NAMES_MAX, shown};
use crate::advice::connections::Situation;

/// What has the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A role of PostgreSQL.
    Role,
    /// A database of PostgreSQL.
    Database,
    /// An account of MySQL or MariaDB.
    Account,
}

impl Holder {
    /// The label of the metric, and the beginning of the finding's key.
    const fn word(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Database => "database",
            Self::Account => "account",
        }
    }
}

/// A limit and how much of it is in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// What has it.
    pub holder: Holder,
    /// Its name, as the server gives it.
    pub name: String,
    /// Connections at most; not zero.
    pub limit: u64,
    /// Connections now.
    pub used: u64,
}

/// Adds the fullest limits: a metric for each, and a finding for those that are high.
pub fn add(report: Report, mut limits: Vec<Limit>) -> Report {
    limits.sort_by(|left, right| {
        let (left_full, right_full) = (left.used * right.limit, right.used * left.limit);
        right_full
            .cmp(&left_full)
            .then_with(|| left.name.cmp(&right.name))
    });
    let mut names = BTreeSet::new();
    limits
        .into_iter()
        .filter(|limit| names.insert((limit.holder.word(), shown(Some(&limit.name)))))
        .take(NAMES_MAX)
        .fold(report, |report, limit| {
            let metric = LIMIT_RATIO
                .value(ratio(limit.used, limit.limit))
                .label(limit.holder.word(), shown(Some(&limit.name)));
            let report = report.metric(metric);
            match Rating::of(limit.used, limit.limit) {
                Rating::High => report.finding(high(&limit)),
                Rating::Optimal | Rating::Moderate => report,
            }
        })
}

fn high(limit: &Limit) -> Finding {
    let (word, name) = (limit.holder.word(), shown(Some(&limit.name)));
    let title = match limit.holder {
        Holder::Role => "A role is near its own limit of connections",
        Holder::Database => "A database is near its own limit of connections",
        Holder::Account => "An account is near its own limit of connections",
    };
    Finding::new(format!("{word}-limit/{name}"), Status::Ok, title)
        .subject(&name)
        .advice(Situation::OwnLimit.advice())
        .evidence(word, name)
        .evidence("rating", Rating::High.word())
        .evidence("used", limit.used)
        .evidence("limit", limit.limit)
        .evidence(LIMIT_RATIO.name, percent(limit.used, limit.limit))
}
