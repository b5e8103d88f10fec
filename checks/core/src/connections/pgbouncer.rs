//! PgBouncer: its clients, its pools, and its connections to servers.

use std::collections::BTreeMap;

use checkrun_sdk::FromRow;
use checkrun_sdk::prelude::*;

use super::idle::span;
use super::rating::{number, percent, ratio};
use super::tally::{NAMES_MAX, Tally, shown};
use super::usage::{Dimension, Side, Usage};
use super::{MAX_WAIT, POOL_WAITING, SERVERS, SERVERS_RATIO, WAITING};
use crate::advice::connections::Situation;

/// The console itself is a database of this name. Its clients, we among them, take places like any
/// others, but its pool has no servers.
const CONSOLE: &str = "pgbouncer";

/// A client that has waited for so long does not just wait for the pool's first connection, seconds.
const FIRST_CONNECTION_SECONDS: u64 = 1;

#[derive(FromRow)]
struct Listed {
    list: String,
    items: u64,
}

#[derive(FromRow)]
struct Database {
    name: String,
    pool_size: u64,
    paused: u64,
    disabled: u64,
}

#[derive(Clone, FromRow)]
struct Pool {
    database: String,
    user: String,
    cl_active: u64,
    cl_waiting: u64,
    sv_active: u64,
    sv_idle: u64,
    sv_used: u64,
    sv_tested: u64,
    sv_login: u64,
    maxwait: u64,
    maxwait_us: Option<u64>,
}

/// Asks the console and reports.
pub fn report(ctx: &Ctx) -> Result<Report> {
    let used = listed(ctx, "used_clients")?;
    let capacity = max_client_conn(ctx)?;
    let databases: BTreeMap<String, Database> = ctx
        .query_as::<Database>("SHOW DATABASES", ())?
        .into_iter()
        .map(|database| (database.name.clone(), database))
        .collect();
    let mut pools = ctx.query_as::<Pool>("SHOW POOLS", ())?;
    let usage = Usage {
        side: Side::Clients,
        used,
        capacity,
        capacity_from: format!("max_client_conn {capacity}"),
        counts: clients(&pools),
    };
    pools.retain(|pool| pool.database != CONSOLE);
    let report = totals(usage.report(), &pools);
    Ok(held_back(fullest(report, pools, &databases), &databases))
}

fn listed(ctx: &Ctx, name: &str) -> Result<u64> {
    let lists = ctx.query_as::<Listed>("SHOW LISTS", ())?;
    let found = lists.into_iter().find(|listed| listed.list == name);
    let missing = || Error::internal(format!("SHOW LISTS has no {name}"));
    found.map(|listed| listed.items).ok_or_else(missing)
}

fn max_client_conn(ctx: &Ctx) -> Result<u64> {
    for row in ctx.query("SHOW CONFIG", ())?.iter() {
        if row.get::<String>("key")? == "max_client_conn" {
            let value: String = row.get("value")?;
            return value.parse().map_err(Error::internal);
        }
    }
    Err(Error::internal("SHOW CONFIG has no max_client_conn"))
}

fn clients(pools: &[Pool]) -> Vec<(Dimension, Tally)> {
    let [mut states, mut users, mut databases] = [(); 3].map(|()| Tally::default());
    states.add(Some("active"), 0);
    states.add(Some("waiting"), 0);
    for pool in pools {
        states.add(Some("active"), pool.cl_active);
        states.add(Some("waiting"), pool.cl_waiting);
        users.add(Some(&pool.user), pool.clients());
        databases.add(Some(&pool.database), pool.clients());
    }
    vec![
        (Dimension::State, states),
        (Dimension::User, users),
        (Dimension::Database, databases),
    ]
}

fn totals(mut report: Report, pools: &[Pool]) -> Report {
    let sum = |of: fn(&Pool) -> u64| -> u64 { pools.iter().map(of).sum() };
    let waiting = sum(|pool| pool.cl_waiting);
    let longest = pools.iter().map(Pool::waited).fold(0.0, f64::max);
    if waiting > 0 {
        report.summary += &format!(
            "; {waiting} waiting for a server, the first for {}",
            span(longest)
        );
    }
    let states = [
        ("active", sum(|pool| pool.sv_active)),
        ("idle", sum(|pool| pool.sv_idle)),
        ("used", sum(|pool| pool.sv_used)),
        ("tested", sum(|pool| pool.sv_tested)),
        ("login", sum(|pool| pool.sv_login)),
    ];
    report
        .metric(WAITING.value(number(waiting)))
        .metric(MAX_WAIT.value(longest))
        .metrics(states.map(|(state, count)| SERVERS.value(number(count)).label("state", state)))
}

/// The pools with the most to tell: those where clients wait first, then the busiest.
fn fullest(report: Report, mut pools: Vec<Pool>, databases: &BTreeMap<String, Database>) -> Report {
    pools.sort_by(|left, right| {
        let told = |pool: &Pool| (pool.cl_waiting, pool.sv_active, pool.cl_active);
        told(right)
            .cmp(&told(left))
            .then_with(|| left.name().cmp(&right.name()))
    });
    let rest = pools.split_off(pools.len().min(NAMES_MAX));
    let report = pools.iter().fold(report, |report, pool| {
        let size = databases
            .get(&pool.database)
            .map_or(0, |database| database.pool_size);
        let labelled = |metric: Metric| {
            metric
                .label("database", shown(Some(&pool.database)))
                .label("user", shown(Some(&pool.user)))
        };
        let report = report
            .metric(labelled(SERVERS_RATIO.value(ratio(pool.sv_active, size))))
            .metric(labelled(POOL_WAITING.value(number(pool.cl_waiting))));
        match pool.finding(size) {
            Some(finding) => report.finding(finding),
            None => report,
        }
    });
    if rest.is_empty() {
        return report;
    }
    let waiting = rest.iter().map(|pool| pool.cl_waiting).sum();
    let other = POOL_WAITING.value(number(waiting)).label("pool", "other");
    report.metric(other)
}

/// What somebody told PgBouncer to hold back.
fn held_back(report: Report, databases: &BTreeMap<String, Database>) -> Report {
    let told = databases.values().flat_map(|database| {
        let paused = (database.paused > 0).then_some(("paused", Situation::Paused));
        let disabled = (database.disabled > 0).then_some(("disabled", Situation::Disabled));
        [paused, disabled]
            .into_iter()
            .flatten()
            .map(|told| (&database.name, told))
    });
    told.take(NAMES_MAX)
        .fold(report, |report, (name, (word, situation))| {
            let name = shown(Some(name));
            let title = format!("A database is {word}");
            report.finding(
                Finding::new(format!("{word}/{name}"), Status::Warning, title)
                    .subject(name)
                    .advice(situation.advice()),
            )
        })
}

impl Pool {
    fn clients(&self) -> u64 {
        self.cl_active.saturating_add(self.cl_waiting)
    }

    /// Whether no server lets PgBouncer in: there is no connection, and none is being opened or that takes
    /// too long. Clients that wait for the very first one are not counted in `maxwait`.
    fn has_no_server(&self) -> bool {
        let servers = self.sv_active + self.sv_idle + self.sv_used + self.sv_tested;
        servers == 0 && (self.sv_login == 0 || self.maxwait >= FIRST_CONNECTION_SECONDS)
    }

    /// For how long the first waiting client has waited, seconds.
    fn waited(&self) -> f64 {
        number(self.maxwait) + number(self.maxwait_us.unwrap_or_default()) / 1e6
    }

    fn name(&self) -> String {
        format!(
            "{}/{}",
            shown(Some(&self.database)),
            shown(Some(&self.user))
        )
    }

    /// What is wrong with a pool whose clients wait.
    fn finding(&self, size: u64) -> Option<Finding> {
        if self.cl_waiting == 0 {
            return None;
        }
        let (key, severity, title, situation) = match self.has_no_server() {
            true => (
                "no-server",
                Status::Warning,
                "Clients wait, and there is no connection to the server",
                Situation::NoServer,
            ),
            false => (
                "pool",
                Status::Ok,
                "Clients wait for a connection of their pool",
                Situation::ClientsWaiting,
            ),
        };
        let name = self.name();
        Some(
            Finding::new(format!("{key}/{name}"), severity, title)
                .subject(name)
                .advice(situation.advice())
                .evidence("database", shown(Some(&self.database)))
                .evidence("user", shown(Some(&self.user)))
                .evidence(WAITING.name, self.cl_waiting)
                .evidence(POOL_WAITING.name, self.cl_waiting)
                .evidence(MAX_WAIT.name, span(self.waited()))
                .evidence("used", self.sv_active)
                .evidence("idle", self.sv_idle.saturating_add(self.sv_used))
                .evidence("pool_size", size)
                .evidence(SERVERS_RATIO.name, percent(self.sv_active, size)),
        )
    }
}
