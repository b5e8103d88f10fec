//! [`MessageFacts`]: what a message says of incidents ([`ToldFacts`]): each itself, what was measured in the
//! last day, what was found, what came before; and what else is wrong with the target.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};

use super::incidents::{self, IncidentFilter};
use super::{findings_of, notifications, rows};
use crate::incident::{IncidentId, IncidentSummary};
use crate::notification::Acknowledgement;
use crate::record::{FindingRecord, RunId, StoredStatus};

/// One day and one week, microseconds.
const DAY_US: i64 = 86_400 * 1_000_000;
const WEEK_US: i64 = 7 * DAY_US;

/// Values of the last day that are given; of more, the newest.
const DAY_VALUES_MAX: u32 = 20_000;

/// Values of the last week that the percentiles are taken from; of more, the newest.
const WEEK_VALUES_MAX: u32 = 100_000;

/// Earlier incidents that are given.
const PAST_MAX: u32 = 5;

/// What there is to say about an incident.
#[derive(Clone, Debug, PartialEq)]
pub struct ToldFacts {
    /// As it is now.
    pub incident: IncidentSummary,
    /// Whether it ended because its job is gone.
    pub is_removed: bool,
    /// The job on its target.
    pub job_id: i64,
    /// The metric that it is about, if it is about one that was measured.
    pub measured: Option<DaySeries>,
    /// Of the job's newest run, those that are not ok.
    pub findings: Vec<FindingRecord>,
    /// Earlier incidents of the object, newest first.
    pub past: Vec<PastIncident>,
    /// Who has taken it on, as bad as it is now.
    pub acknowledged: Option<Acknowledgement>,
    /// How often incidents of the object opened and were over since the time that was asked about.
    pub turns: u32,
}

/// A metric's last day.
#[derive(Clone, Debug, PartialEq)]
pub struct DaySeries {
    /// The metric's name, without labels.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// Time and value, oldest first.
    pub day: Vec<(i64, f64)>,
    /// Half of the last week's values are under it.
    pub median: Option<f64>,
    /// 95 % of them are under it.
    pub p95: Option<f64>,
}

/// An incident that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastIncident {
    /// The first bad run.
    pub since_us: i64,
    /// When it was over.
    pub closed_us: i64,
    /// The worst it has been.
    pub peak: StoredStatus,
}

/// What a message is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactsQuestion {
    /// What it tells.
    pub incidents: Vec<IncidentId>,
    /// What it tells beyond that, which is only counted.
    pub more: Vec<IncidentId>,
    /// The target whose other open incidents are wanted, too.
    pub target: Option<String>,
    /// At most so many of them, the newest.
    pub others_max: u32,
    /// Now.
    pub now_us: i64,
    /// How far back turns count.
    pub turns_since_us: i64,
}

/// What there is to say in a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MessageFacts {
    /// Of the incidents, in their order; those that are unknown are left out.
    pub told: Vec<ToldFacts>,
    /// Of the target's other open incidents.
    pub others: Vec<ToldFacts>,
    /// How many targets the incidents and those beyond them are on.
    pub targets: usize,
}

/// All of it is of one moment if this is called in a transaction.
pub(crate) fn of_message(
    conn: &Connection,
    question: &FactsQuestion,
) -> rusqlite::Result<MessageFacts> {
    let others = match &question.target {
        // Names are letters, digits and `._-`: a glob that fits the target alone.
        Some(target) => IncidentFilter {
            target: Some(target.clone()),
            ..IncidentFilter::open(question.others_max)
        }
        .select(conn)?,
        None => Vec::new(),
    };
    let others: Vec<IncidentId> = others
        .iter()
        .map(|incident| incident.id)
        .filter(|id| !question.incidents.contains(id))
        .collect();
    Ok(MessageFacts {
        told: of_incidents(conn, &question.incidents, question)?,
        others: of_incidents(conn, &others, question)?,
        targets: targets(conn, question)?,
    })
}

fn targets(conn: &Connection, question: &FactsQuestion) -> rusqlite::Result<usize> {
    let mut target = conn.prepare(
        "SELECT job.target_id FROM incident JOIN job USING (job_id) WHERE incident_id = ?1",
    )?;
    let mut found = BTreeSet::new();
    for id in question.incidents.iter().chain(&question.more) {
        let id: Option<i64> = target.query_row([id.0], |row| row.get(0)).optional()?;
        found.extend(id);
    }
    Ok(found.len())
}

fn of_incidents(
    conn: &Connection,
    ids: &[IncidentId],
    question: &FactsQuestion,
) -> rusqlite::Result<Vec<ToldFacts>> {
    let mut facts = Vec::new();
    for id in ids {
        facts.extend(of_incident(conn, *id, question)?);
    }
    Ok(facts)
}

fn of_incident(
    conn: &Connection,
    id: IncidentId,
    question: &FactsQuestion,
) -> rusqlite::Result<Option<ToldFacts>> {
    let Some(incident) = incidents::one(conn, id)? else {
        return Ok(None);
    };
    let (job_id, closed_by, newest_run): (i64, Option<String>, Option<i64>) = conn.query_row(
        "SELECT incident.job_id, incident.closed_by, job.latest_run_id
         FROM incident JOIN job ON job.job_id = incident.job_id WHERE incident.incident_id = ?1",
        [id.0],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let mut findings = match newest_run {
        Some(run) => findings_of(conn, RunId(run))?,
        None => Vec::new(),
    };
    findings.retain(|finding| finding.severity != StoredStatus::Ok);
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    Ok(Some(ToldFacts {
        is_removed: closed_by.is_some(),
        job_id,
        measured: measured(conn, job_id, &incident.object, question.now_us)?,
        findings,
        past: past(conn, job_id, &incident)?,
        acknowledged: notifications::acknowledgement(conn, id, question.now_us)?
            .filter(|taken| taken.covers(incident.severity)),
        turns: turns(conn, job_id, &incident.object, question.turns_since_us)?,
        incident,
    }))
}

fn past(
    conn: &Connection,
    job_id: i64,
    incident: &IncidentSummary,
) -> rusqlite::Result<Vec<PastIncident>> {
    conn.prepare(
        "SELECT since_us, closed_us, peak FROM incident
         WHERE job_id = ?1 AND object = ?2 AND closed_us IS NOT NULL AND incident_id <> ?3
           AND closed_by IS NULL
         ORDER BY opened_us DESC LIMIT ?4",
    )?
    .query_map(
        params![job_id, incident.object, incident.id.0, PAST_MAX],
        |row| {
            Ok(PastIncident {
                since_us: row.get(0)?,
                closed_us: row.get(1)?,
                peak: rows::status(row, 2)?,
            })
        },
    )?
    .collect()
}

fn turns(conn: &Connection, job_id: i64, object: &str, since_us: i64) -> rusqlite::Result<u32> {
    conn.query_row(
        "SELECT coalesce(sum((opened_us >= ?3) + coalesce(closed_us >= ?3, 0)), 0) FROM incident
         WHERE job_id = ?1 AND object = ?2 AND (opened_us >= ?3 OR closed_us >= ?3)",
        params![job_id, object, since_us],
        |row| row.get(0),
    )
}

/// `metric/used_ratio{pool="main"}` is the series whose labels read like that.
fn measured(
    conn: &Connection,
    job_id: i64,
    object: &str,
    now_us: i64,
) -> rusqlite::Result<Option<DaySeries>> {
    let Some(wanted) = object.strip_prefix("metric/") else {
        return Ok(None);
    };
    let name = wanted.split('{').next().unwrap_or(wanted);
    let candidates: Vec<(i64, String, String)> = conn
        .prepare(
            "SELECT series_id, unit, labels FROM series
             WHERE job_id = ?1 AND metric = ?2 ORDER BY series_id DESC",
        )?
        .query_map(params![job_id, name], |row| {
            let labels = rows::labels(row, 2)?;
            Ok((row.get(0)?, row.get(1)?, series_name(name, &labels)))
        })?
        .collect::<rusqlite::Result<_>>()?;
    let mut newest: Option<DaySeries> = None;
    for (series_id, unit, _) in candidates.iter().filter(|(_, _, text)| text == wanted) {
        let day = values(conn, *series_id, now_us - DAY_US, DAY_VALUES_MAX)?;
        let is_newer = newest
            .as_ref()
            .is_none_or(|known| known.day.last().map(|v| v.0) < day.last().map(|v| v.0));
        if is_newer && !day.is_empty() {
            let mut week: Vec<f64> = values(conn, *series_id, now_us - WEEK_US, WEEK_VALUES_MAX)?
                .into_iter()
                .map(|(_, value)| value)
                .collect();
            week.sort_by(f64::total_cmp);
            newest = Some(DaySeries {
                metric: name.to_owned(),
                unit: unit.clone(),
                day,
                median: percentile(&week, 50),
                p95: percentile(&week, 95),
            });
        }
    }
    Ok(newest)
}

/// As objects name a series: `name` or `name{key="value"}`.
fn series_name(name: &str, labels: &std::collections::BTreeMap<String, String>) -> String {
    if labels.is_empty() {
        return name.to_owned();
    }
    let labels: Vec<String> = labels
        .iter()
        .map(|(key, value)| format!("{key}={value:?}"))
        .collect();
    format!("{name}{{{}}}", labels.join(","))
}

fn values(
    conn: &Connection,
    series_id: i64,
    since_us: i64,
    limit: u32,
) -> rusqlite::Result<Vec<(i64, f64)>> {
    let mut values: Vec<(i64, f64)> = conn
        .prepare(
            "SELECT time_us, value FROM sample WHERE series_id = ?1 AND time_us >= ?2
             ORDER BY time_us DESC LIMIT ?3",
        )?
        .query_map(params![series_id, since_us, limit], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    values.reverse();
    Ok(values)
}

/// The nearest rank: the smallest value that so many per cent are at or under.
fn percentile(sorted: &[f64], percent: usize) -> Option<f64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}
