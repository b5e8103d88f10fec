//! The check `core/connections`: how many connections are in use, of how many that the account can
//! really have, and who holds them. Always as the server sees it; our own connection is counted, because
//! it takes a place like any other.
//!
//! - [`usage`]: the whole server, rated by [`rating`], its holders counted by [`tally`]
//! - [`pool`]: the part of it that is one application's pool
//! - [`limits`]: roles, accounts and databases with a limit of their own
//! - [`idle`]: transactions that were left open, and who waits
//! - [`hidden`]: what the account may not see, and the statement that lets it
//! - [`postgresql`], [`mysql`], [`pgbouncer`]: where each engine tells all this
//!
//! Thresholds decide what is a warning. The check itself says more than ok only where something cannot be
//! judged, or where clients wait for what will not come by itself.

mod hidden;
mod idle;
mod limits;
mod mysql;
mod pgbouncer;
mod pool;
mod postgresql;
mod rating;
mod tally;
#[cfg(test)]
mod tests;
mod usage;

use checkrun_sdk::prelude::*;

use pool::Wanted;

const USED: MetricSpec = MetricSpec::count("used", "Connections that are open, our own included");
const CAPACITY: MetricSpec = MetricSpec::count(
    "capacity",
    "Connections that ordinary accounts can have open together",
);
const USED_RATIO: MetricSpec = MetricSpec::ratio("used_ratio", "used / capacity")
    .warning("> 80%")
    .critical("> 95%");
const USED_PEAK: MetricSpec = MetricSpec::count(
    "used_peak",
    "MySQL, MariaDB: the most connections at a time since the server started",
);
const CONNECTIONS: MetricSpec = MetricSpec::count("connections", "Connections by what they do");
const BY_USER: MetricSpec =
    MetricSpec::count("connections_by_user", "Connections of the largest users");
const BY_APPLICATION: MetricSpec = MetricSpec::count(
    "connections_by_application",
    "PostgreSQL: connections of the largest applications",
);
const BY_DATABASE: MetricSpec = MetricSpec::count(
    "connections_by_database",
    "Connections to the databases with the most of them",
);
const BY_HOST: MetricSpec = MetricSpec::count(
    "connections_by_host",
    "MySQL, MariaDB: connections from the hosts with the most of them",
);
const IDLE_IN_TRANSACTION: MetricSpec = MetricSpec::count(
    "idle_in_transaction",
    "Sessions that hold a transaction open and do nothing",
);
const IDLE_IN_TRANSACTION_AGE: MetricSpec = MetricSpec::seconds(
    "idle_in_transaction_age",
    "For how long the longest of them has done nothing",
)
.warning("> 15min");
const OLDEST_IDLE: MetricSpec = MetricSpec::seconds(
    "oldest_idle",
    "For how long the longest idle session without a transaction has done nothing",
);
const WAITING: MetricSpec = MetricSpec::count(
    "waiting",
    "Sessions that wait for a lock; PgBouncer: clients that wait for a server",
);
const LIMIT_RATIO: MetricSpec = MetricSpec::ratio(
    "limit_ratio",
    "Of roles, accounts and databases with a limit of their own: how much of it is in use",
)
.warning("> 80%")
.critical("> 95%");
const POOL_USED: MetricSpec = MetricSpec::count(
    "pool_used",
    "Of the application's connections, those that work or hold a transaction",
);
const POOL_IDLE: MetricSpec =
    MetricSpec::count("pool_idle", "Of the application's connections, the others");
const POOL_OVERFLOW: MetricSpec = MetricSpec::count(
    "pool_overflow",
    "By how many connections the application uses more than pool_size",
);
const POOL_RATIO: MetricSpec =
    MetricSpec::ratio("pool_ratio", "pool_used / (pool_size + max_overflow)")
        .warning("> 80%")
        .critical("> 95%");
const SERVERS: MetricSpec =
    MetricSpec::count("servers", "PgBouncer: its connections to servers, by state");
const SERVERS_RATIO: MetricSpec = MetricSpec::ratio(
    "servers_ratio",
    "PgBouncer: of a pool, connections at work / pool_size",
);
const POOL_WAITING: MetricSpec = MetricSpec::count(
    "pool_waiting",
    "PgBouncer: clients of a pool that wait for a server",
);
const MAX_WAIT: MetricSpec = MetricSpec::seconds(
    "max_wait",
    "PgBouncer: for how long the first waiting client has waited",
)
.warning("> 5s")
.critical("> 60s");

/// Whose pool to look at besides the whole server; PgBouncer tells its own pools by itself.
#[derive(Params)]
pub struct Settings {
    /// The application whose pool is looked at. PostgreSQL: its application_name. MySQL and MariaDB: its
    /// program_name, as far as performance_schema tells it; otherwise the user of that name.
    application: Option<String>,
    /// Only connections of this user belong to the pool.
    user: Option<String>,
    /// Connections that the pool keeps; with it, the pool is rated.
    pool_size: Option<u64>,
    /// Connections that the pool may open beyond these for a while; 0 if left out.
    max_overflow: Option<u64>,
}

/// How many connections are in use, of how many that ordinary accounts can have, and who holds them.
///
/// The summary begins with a word: optimal (less than 50 % in use), moderate (less than 80 %), high. With
/// `application` or `user` it looks at that application's pool, too. An account that may not see the
/// sessions of others gets the totals, and is told what to grant.
#[check(
    title = "Connections and pools",
    tags = ["capacity"],
    engines = [postgresql >= "10", mysql, mariadb, sqlite, pgbouncer],
    metrics = [
        USED, CAPACITY, USED_RATIO, USED_PEAK, CONNECTIONS, BY_USER, BY_APPLICATION, BY_DATABASE,
        BY_HOST, IDLE_IN_TRANSACTION, IDLE_IN_TRANSACTION_AGE, OLDEST_IDLE, WAITING, LIMIT_RATIO,
        POOL_USED, POOL_IDLE, POOL_OVERFLOW, POOL_RATIO, SERVERS, SERVERS_RATIO, POOL_WAITING, MAX_WAIT,
    ],
    privileges = [
        "PostgreSQL: GRANT pg_monitor TO checkrun",
        "MySQL, MariaDB: GRANT PROCESS ON *.* TO checkrun@'%'",
        "PgBouncer: stats_users = checkrun",
    ],
    interval = "1m",
)]
pub fn connections(ctx: &Ctx, settings: Settings) -> Result<Report> {
    let wanted = Wanted::from(settings)?;
    match ctx.engine()? {
        Engine::Postgresql => postgresql::report(ctx, wanted.as_ref()),
        Engine::Mysql | Engine::Mariadb => mysql::report(ctx, wanted.as_ref()),
        Engine::Pgbouncer => match wanted {
            None => pgbouncer::report(ctx),
            Some(_) => Err(Error::bad_parameter(
                "application",
                "PgBouncer knows its pools and their sizes by itself; for this target leave out \
                 `application`, `user`, `pool_size` and `max_overflow`",
            )),
        },
        Engine::Sqlite => Err(Error::not_applicable(
            "a SQLite database is a file that each program opens for itself; there is no server that \
             would count or limit connections",
        )),
    }
}
