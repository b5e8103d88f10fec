//! [`Notification`]: everything that one message says, as facts. Whoever writes it down, as a mail, as
//! JSON, as a chat message, says the same.
//!
//! Its texts come from checks and database servers, and so may hold anything. Times are microseconds
//! since 1970-01-01T00:00:00Z.

use std::collections::BTreeMap;
use std::time::Duration;

use super::incident::Severity;
use super::run::Micros;

/// One message to the people of one route.
#[derive(Clone, Debug, PartialEq)]
pub struct Notification {
    /// The same for every attempt to send it, unique in the history: `1795456328000000.17`.
    pub id: String,
    /// The same for all messages about one trouble: the first message's `id`.
    pub thread: String,
    /// When it was written.
    pub written: Micros,
    /// The route's name.
    pub route: String,
    /// What it is about.
    pub about: About,
    /// Why it is sent, worst first; at least one.
    pub news: Vec<Item>,
    /// How much of the news is not listed.
    pub left_out: usize,
    /// What else is wrong with the target, worst first; no news.
    pub others: Vec<Item>,
    /// When it was due, if it is sent much later than that.
    pub delayed_since: Option<Micros>,
    /// When it will be said again, should nothing change.
    pub reminder_after: Option<Duration>,
    /// Why the history does not have what this message says.
    pub not_stored: Option<String>,
    /// Who sends it.
    pub origin: Origin,
}

/// What a message is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// One target.
    Target {
        /// Its name.
        name: String,
        /// Its labels.
        labels: BTreeMap<String, String>,
    },
    /// So much on so many targets that one message each would be a flood.
    Storm {
        /// How many.
        targets: usize,
        /// How much is wrong on them, listed or not.
        problems: usize,
        /// How much is over, listed or not.
        over: usize,
        /// When the next such message may come.
        next_after: Duration,
    },
}

/// Who sends a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The machine's name.
    pub host: String,
    /// The configuration file.
    pub configuration: String,
    /// The program's version.
    pub version: String,
}

/// What there is to say about one object of one job.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What became of it.
    pub what: What,
    /// The incident's id.
    pub incident: i64,
    /// The target's name.
    pub target: String,
    /// The job's name.
    pub job: String,
    /// `pack/check`.
    pub check: String,
    /// `metric/used_ratio`, `finding/slow`, `verdict`, `judging`
    pub object: String,
    /// Now, or when it was over.
    pub severity: Severity,
    /// The worst it has been.
    pub peak: Severity,
    /// The first bad run.
    pub since: Micros,
    /// The run that ended it.
    pub until: Option<Micros>,
    /// Of the newest bad run.
    pub text: String,
    /// What to do.
    pub advice: Option<String>,
    /// What was measured, if it is about a metric that the history has.
    pub measured: Option<Measured>,
    /// What the newest run of the job found that is not ok, worst first, cut.
    pub findings: Vec<FindingFacts>,
    /// Earlier incidents of the same object, newest first, cut.
    pub past: Vec<PastIncident>,
    /// Who has taken it on.
    pub acknowledged: Option<Acknowledged>,
    /// Jobs that are not run while it lasts, as those of a target that cannot be reached.
    pub suspended: usize,
}

/// What became of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It was ok.
    New,
    /// It was a warning.
    Worse,
    /// It was critical.
    Eased,
    /// It is over.
    Recovered,
    /// As before; a reminder, or told beside other news.
    GoesOn,
    /// It comes and goes: so many changes within this time. Nothing is said of it until it is steady.
    Flapping {
        /// Openings and ends.
        changes: u32,
        /// Within.
        within: Duration,
    },
    /// It is steady again.
    Settled,
    /// It is not looked at any more: its job or target is gone from the configuration.
    Gone,
}

/// A metric and its last day.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// With its labels: `used_ratio{pool="main"}`.
    pub series: String,
    /// `bytes`, `seconds`, `ratio`, …
    pub unit: String,
    /// The newest value.
    pub value: f64,
    /// The limits, as configured: `> 80%`.
    pub warning: Option<Limit>,
    /// As `warning`.
    pub critical: Option<Limit>,
    /// The last 24 hours, oldest first, thinned where there are many.
    pub day: Vec<(Micros, f64)>,
    /// Half of the last seven days' values were under this.
    pub median: Option<f64>,
    /// 95 % of them were under this.
    pub p95: Option<f64>,
}

/// A threshold, for people and for a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// `> 80%`
    pub text: String,
    /// Where to draw lines, in the metric's unit: one, or two for a range.
    pub lines: Vec<f64>,
}

/// One thing that a check noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingFacts {
    /// One line.
    pub title: String,
    /// More.
    pub detail: String,
    /// What it is about.
    pub subject: Option<String>,
    /// What to do.
    pub advice: Option<String>,
    /// Where to read more.
    pub reference: Option<String>,
    /// Name and value, cut.
    pub evidence: Vec<(String, String)>,
}

/// An incident that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastIncident {
    /// The first bad run.
    pub since: Micros,
    /// The run that ended it.
    pub until: Micros,
    /// The worst it has been.
    pub peak: Severity,
}

/// Somebody has taken it on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// Who.
    pub by: String,
    /// What they said.
    pub comment: String,
    /// Until when nobody is reminded.
    pub until: Micros,
}
