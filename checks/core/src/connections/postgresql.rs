//! Connections of PostgreSQL, from `pg_stat_activity` and the catalog.
//!
//! An account without `pg_read_all_stats` sees of the sessions of others only whose they are, what they
//! call themselves and which database they use. What kind of session each is, it cannot see either, so
//! parallel workers are counted with the clients then.

use checkrun_sdk::FromRow;
use checkrun_sdk::prelude::*;

use super::hidden;
use super::idle::{self, Activity, IdleTransaction};
use super::limits::{self, Holder, Limit};
use super::pool::{self, Seen, Wanted};
use super::tally::{NAMES_MAX, Tally};
use super::usage::{Dimension, Side, Usage};

/// The settings, the account, and what sessions wait for.
const SERVER: &str = "\
SELECT pg_catalog.current_setting('max_connections')::int8 AS max_connections,
       pg_catalog.current_setting('superuser_reserved_connections')::int8 AS superuser_reserved,
       coalesce(pg_catalog.current_setting('reserved_connections', true), '0')::int8 AS reserved,
       session_user::text AS account,
       (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE wait_event_type = 'Lock') AS waiting,
       (SELECT extract(epoch FROM max(pg_catalog.clock_timestamp() - state_change))::float8
          FROM pg_catalog.pg_stat_activity
         WHERE backend_type = 'client backend' AND state = 'idle') AS oldest_idle";

/// Everything that is counted, from one look at the sessions; of each kind the names with the most.
const COUNTS: &str = "\
WITH client AS (
    SELECT CASE WHEN backend_type IS NULL THEN 'hidden' ELSE coalesce(state, 'starting') END AS state,
           coalesce(usename::text, '') AS account,
           coalesce(application_name, '') AS application,
           coalesce(datname::text, '') AS database
      FROM pg_catalog.pg_stat_activity
     WHERE backend_type = 'client backend'
        OR backend_type IS NULL AND datid IS NOT NULL AND usesysid IS NOT NULL
), counted AS (
    SELECT CASE GROUPING(state, account, application, database)
                WHEN 15 THEN 'all' WHEN 7 THEN 'state' WHEN 11 THEN 'user'
                WHEN 13 THEN 'application' ELSE 'database' END AS dimension,
           coalesce(state, account, application, database, '') AS name,
           count(*) AS used
      FROM client
     GROUP BY GROUPING SETS ((), (state), (account), (application), (database))
)
SELECT dimension, name, used
  FROM (SELECT counted.*, row_number() OVER (PARTITION BY dimension ORDER BY used DESC, name) AS place
          FROM counted) AS ranked
 WHERE place <= $1::int8
 ORDER BY dimension, place";

/// The session that has been idle in its transaction for the longest time.
const OLDEST: &str = "\
SELECT pid::int8 AS session, usename::text AS \"user\", application_name AS application,
       pg_catalog.host(client_addr) AS client, datname::text AS database,
       pg_catalog.to_char(state_change AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') AS since,
       extract(epoch FROM pg_catalog.clock_timestamp() - state_change)::float8 AS seconds
  FROM pg_catalog.pg_stat_activity
 WHERE state LIKE 'idle in transaction%'
 ORDER BY state_change
 LIMIT 1";

/// The fullest limits of roles and of databases, without our own session, which would fill a limit of one.
/// A superuser is not bound by that of its role.
const LIMITS: &str = "\
WITH client AS (
    SELECT usesysid, datid FROM pg_catalog.pg_stat_activity
     WHERE (backend_type = 'client backend'
            OR backend_type IS NULL AND datid IS NOT NULL AND usesysid IS NOT NULL)
       AND pid <> pg_catalog.pg_backend_pid()
), limited AS (
    SELECT 'role' AS holder, rolname::text AS name, rolconnlimit::int8 AS most,
           (SELECT count(*) FROM client WHERE usesysid = pg_roles.oid) AS used
      FROM pg_catalog.pg_roles WHERE rolconnlimit > 0 AND NOT rolsuper
     UNION ALL
    SELECT 'database', datname::text, datconnlimit::int8,
           (SELECT count(*) FROM client WHERE datid = pg_database.oid)
      FROM pg_catalog.pg_database WHERE datconnlimit > 0
)
SELECT holder, name, most, used FROM limited ORDER BY used::float8 / most DESC, name LIMIT $1::int8";

/// The sessions of one application's pool.
const POOL: &str = "\
SELECT count(*) AS open,
       count(*) FILTER (WHERE state = 'idle') AS idle,
       count(*) FILTER (WHERE backend_type IS NULL) AS hidden
  FROM pg_catalog.pg_stat_activity
 WHERE (backend_type = 'client backend'
        OR backend_type IS NULL AND datid IS NOT NULL AND usesysid IS NOT NULL)
   AND ($1::text IS NULL OR application_name = $1)
   AND ($2::text IS NULL OR usename = $2)";

/// The state that stands for sessions whose state is hidden.
const HIDDEN: &str = "hidden";
/// States that are counted even when nobody is in them, so that their series have no gaps.
const USUAL_STATES: [&str; 3] = ["active", "idle", "idle in transaction"];
/// How the states of an open transaction that does nothing begin: one of them has failed as well.
const IDLE_STATES: [&str; 2] = ["idle in transaction", "idle in transaction (aborted)"];

#[derive(FromRow)]
struct Server {
    max_connections: u64,
    superuser_reserved: u64,
    reserved: u64,
    account: String,
    waiting: u64,
    oldest_idle: Option<f64>,
}

#[derive(FromRow)]
struct Count {
    dimension: String,
    name: String,
    used: u64,
}

#[derive(FromRow)]
struct Limited {
    holder: String,
    name: String,
    most: u64,
    used: u64,
}

#[derive(FromRow)]
struct PoolRow {
    open: u64,
    idle: u64,
    hidden: u64,
}

/// Asks the server and reports.
pub fn report(ctx: &Ctx, wanted: Option<&Wanted>) -> Result<Report> {
    let server: Server = ctx.query_one(SERVER, ())?;
    let (used, counts) = counts(ctx)?;
    let states = counts
        .first()
        .map(|(_, tally)| tally.clone())
        .unwrap_or_default();
    let hidden = states.of(HIDDEN);
    let mut report = server.usage(used, counts).report();
    let mut missing = Vec::new();
    if hidden == 0 {
        report = idle::add(report, &activity(ctx, &server, &states)?);
    } else {
        missing.extend([
            "what sessions do",
            "transactions left open",
            "waiting sessions",
        ]);
    }
    if let Some(wanted) = wanted {
        let pool: PoolRow =
            ctx.query_one(POOL, (wanted.application.clone(), wanted.user.clone()))?;
        if pool.hidden == 0 {
            report = pool::add(report, wanted, &pool.seen(wanted));
        } else {
            missing.push("the application's pool");
        }
    }
    report = limits::add(report, limits_of(ctx)?);
    if hidden > 0 {
        let title = format!("What {hidden} of {used} sessions do is hidden from this account");
        let grant = format!(
            "GRANT pg_monitor TO {};",
            hidden::quoted(&server.account, '"')
        );
        report = hidden::add(report, &title, &missing, &grant);
    }
    Ok(report)
}

impl Server {
    fn usage(&self, used: u64, counts: Vec<(Dimension, Tally)>) -> Usage {
        let kept_back = self.superuser_reserved.saturating_add(self.reserved);
        let mut capacity_from = format!(
            "max_connections {}, superuser_reserved_connections {}",
            self.max_connections, self.superuser_reserved
        );
        if self.reserved > 0 {
            capacity_from += &format!(", reserved_connections {}", self.reserved);
        }
        Usage {
            side: Side::Server,
            used,
            capacity: self.max_connections.saturating_sub(kept_back),
            capacity_from,
            counts,
        }
    }
}

/// How many there are, and by what they are told apart, the states first.
fn counts(ctx: &Ctx) -> Result<(u64, Vec<(Dimension, Tally)>)> {
    let mut used = 0;
    let [mut states, mut users, mut applications, mut databases] =
        [(); 4].map(|()| Tally::default());
    for state in USUAL_STATES {
        states.add(Some(state), 0);
    }
    let names_max = u64::try_from(NAMES_MAX).map_err(Error::internal)?;
    for count in ctx.query_as::<Count>(COUNTS, [names_max])? {
        let name = Some(count.name.as_str());
        match count.dimension.as_str() {
            "all" => used = count.used,
            "state" => states.add(name, count.used),
            "user" => users.add(name, count.used),
            "application" => applications.add(name, count.used),
            _ => databases.add(name, count.used),
        }
    }
    Ok((
        used,
        vec![
            (Dimension::State, states),
            (Dimension::User, users),
            (Dimension::Application, applications),
            (Dimension::Database, databases),
        ],
    ))
}

fn activity(ctx: &Ctx, server: &Server, states: &Tally) -> Result<Activity> {
    let idle_in_transaction = IDLE_STATES.map(|state| states.of(state)).iter().sum();
    let oldest = match idle_in_transaction {
        0 => None,
        _ => ctx
            .query_as::<IdleTransaction>(OLDEST, ())?
            .into_iter()
            .next(),
    };
    Ok(Activity {
        idle_in_transaction,
        oldest,
        waiting: server.waiting,
        oldest_idle: server.oldest_idle,
    })
}

impl PoolRow {
    fn seen(&self, wanted: &Wanted) -> Seen {
        Seen {
            open: self.open,
            idle: self.idle,
            found_by: match (&wanted.application, &wanted.user) {
                (Some(_), Some(_)) => "application_name and user",
                (Some(_), None) => "application_name",
                (None, _) => "user",
            },
        }
    }
}

fn limits_of(ctx: &Ctx) -> Result<Vec<Limit>> {
    let names_max = u64::try_from(NAMES_MAX).map_err(Error::internal)?;
    let limited = ctx.query_as::<Limited>(LIMITS, [names_max])?;
    Ok(limited
        .into_iter()
        .map(|row| Limit {
            holder: match row.holder.as_str() {
                "role" => Holder::Role,
                _ => Holder::Database,
            },
            name: row.name,
            limit: row.most,
            used: row.used,
        })
        .collect())
}
