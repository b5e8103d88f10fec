//! Connections of MySQL and MariaDB.
//!
//! `SHOW GLOBAL VARIABLES` and `SHOW GLOBAL STATUS` are the same everywhere, unlike the tables behind them.
//! The list of sessions and their transactions need `PROCESS`: without it the list has our own sessions
//! only, and the table of transactions is refused, which is how we know.

use checkrun_sdk::prelude::*;
use checkrun_sdk::{FromRow, Rows};

use super::USED_PEAK;
use super::hidden;
use super::idle::{self, Activity, IdleTransaction};
use super::limits::{self, Holder, Limit};
use super::pool::{self, Seen, Wanted};
use super::rating::number;
use super::tally::Tally;
use super::usage::{Dimension, Side, Usage};

const VARIABLES: &str = "\
SHOW GLOBAL VARIABLES WHERE Variable_name IN ('max_connections', 'max_user_connections')";

const STATUS: &str = "\
SHOW GLOBAL STATUS WHERE Variable_name IN ('Threads_connected', 'Max_used_connections')";

/// The account, and how many connections it may have.
const ACCOUNT: &str = "\
SELECT current_user() AS account, @@session.max_user_connections AS account_limit";

/// Refused without `PROCESS`.
const TRANSACTIONS: &str = "\
SELECT coalesce(sum(trx_state = 'LOCK WAIT'), 0) AS waiting FROM information_schema.innodb_trx";

/// The sessions, in groups. Replication and the server's own threads are none. Every column is named,
/// because MySQL calls those of its tables in upper case.
const SESSIONS: &str = "\
SELECT user AS `user`,
       CASE WHEN host LIKE '%:%'
            THEN left(host, char_length(host) - char_length(substring_index(host, ':', -1)) - 1)
            ELSE host END AS client,
       coalesce(db, '') AS db, command AS `command`, count(*) AS used, max(time) AS longest,
       sum(state LIKE 'Waiting for%lock%') AS waiting
  FROM information_schema.processlist
 WHERE command <> 'Daemon' AND user NOT IN ('system user', 'event_scheduler')
 GROUP BY 1, 2, 3, 4
 ORDER BY used DESC";

/// Sessions that hold a transaction open and do nothing, the longest first.
const IDLE: &str = "\
SELECT p.id AS session, p.user AS `user`, NULL AS application, p.host AS client, p.db AS `database`,
       date_format(utc_timestamp() - INTERVAL p.time SECOND, '%Y-%m-%dT%H:%i:%sZ') AS since,
       p.time AS seconds
  FROM information_schema.innodb_trx AS t
  JOIN information_schema.processlist AS p ON p.id = t.trx_mysql_thread_id
 WHERE p.command = 'Sleep'
 ORDER BY p.time DESC";

/// Whether the server knows what its clients call themselves, and lets us know.
const PROGRAMS: &str = "\
SELECT count(*) FROM performance_schema.session_connect_attrs WHERE attr_name = 'program_name'";

/// The sessions of a pool; the conditions follow.
const POOL: &str = "\
SELECT count(*) AS open, coalesce(sum(p.command = 'Sleep' AND t.trx_id IS NULL), 0) AS idle
  FROM information_schema.processlist AS p
  LEFT JOIN information_schema.innodb_trx AS t ON t.trx_mysql_thread_id = p.id";

const OF_USER: &str = "p.user = ?";
const OF_PROGRAM: &str = "\
EXISTS (SELECT 1 FROM performance_schema.session_connect_attrs AS a
         WHERE a.processlist_id = p.id AND a.attr_name = 'program_name' AND a.attr_value = ?)";

/// Commands that are counted even when nobody runs them, so that their series have no gaps.
const USUAL_COMMANDS: [&str; 2] = ["Sleep", "Query"];

#[derive(FromRow)]
struct Account {
    account: String,
    account_limit: u64,
}

#[derive(FromRow)]
struct Group {
    user: Option<String>,
    client: Option<String>,
    db: Option<String>,
    command: Option<String>,
    used: u64,
    longest: Option<f64>,
    waiting: Option<u64>,
}

#[derive(FromRow)]
struct PoolRow {
    open: u64,
    idle: u64,
}

/// Asks the server and reports.
pub fn report(ctx: &Ctx, wanted: Option<&Wanted>) -> Result<Report> {
    let variables = ctx.query(VARIABLES, ())?;
    let status = ctx.query(STATUS, ())?;
    let account: Account = ctx.query_one(ACCOUNT, ())?;
    let lock_waits = lock_waits(ctx)?;
    let groups = ctx.query_as::<Group>(SESSIONS, ())?;
    let max_connections = setting(&variables, "max_connections")?;
    let mut report = Usage {
        side: Side::Server,
        used: setting(&status, "Threads_connected")?,
        capacity: max_connections,
        capacity_from: format!("max_connections {max_connections}"),
        counts: match lock_waits {
            Some(_) => counts(&groups),
            None => Vec::new(),
        },
    }
    .report()
    .metric(USED_PEAK.value(number(setting(&status, "Max_used_connections")?)));
    let mut missing = Vec::new();
    match lock_waits {
        Some(lock_waits) => report = idle::add(report, &activity(ctx, &groups, lock_waits)?),
        None => missing.extend([
            "who holds the connections",
            "what sessions do",
            "transactions left open",
            "waiting sessions",
        ]),
    }
    match (wanted, lock_waits) {
        (Some(wanted), Some(_)) => {
            let seen = seen(ctx, wanted)?;
            report = pool::add(report, wanted, &seen);
        }
        (Some(_), None) => missing.push("the application's pool"),
        (None, _) => {}
    }
    let all_users = setting(&variables, "max_user_connections")?;
    report = limits::add(report, account.limits(&groups, all_users));
    if lock_waits.is_none() {
        let title = "Which sessions there are is hidden from this account";
        report = hidden::add(report, title, &missing, &account.grant());
    }
    Ok(report)
}

/// A number that the server keeps under this name.
fn setting(rows: &Rows, name: &str) -> Result<u64> {
    for row in rows.iter() {
        let key: String = row.get("Variable_name")?;
        if key.eq_ignore_ascii_case(name) {
            let value: String = row.get("Value")?;
            return value
                .parse()
                .map_err(|_| Error::internal(format!("{name} is no number: {value}")));
        }
    }
    Err(Error::internal(format!("the server does not tell {name}")))
}

/// Transactions that wait for a row; none when the account may not know.
fn lock_waits(ctx: &Ctx) -> Result<Option<u64>> {
    match ctx.query(TRANSACTIONS, ()) {
        Ok(rows) => match rows.first() {
            Some(row) => Ok(Some(row.get("waiting")?)),
            None => Ok(Some(0)),
        },
        Err(DatabaseError::PermissionDenied(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn counts(groups: &[Group]) -> Vec<(Dimension, Tally)> {
    let [mut states, mut users, mut hosts, mut databases] = [(); 4].map(|()| Tally::default());
    for command in USUAL_COMMANDS {
        states.add(Some(command), 0);
    }
    for group in groups {
        states.add(group.command.as_deref(), group.used);
        users.add(group.user.as_deref(), group.used);
        hosts.add(group.client.as_deref(), group.used);
        databases.add(group.db.as_deref(), group.used);
    }
    vec![
        (Dimension::State, states),
        (Dimension::User, users),
        (Dimension::Host, hosts),
        (Dimension::Database, databases),
    ]
}

fn activity(ctx: &Ctx, groups: &[Group], lock_waits: u64) -> Result<Activity> {
    let idle = ctx.query_as::<IdleTransaction>(IDLE, ())?;
    let table_waits: u64 = groups.iter().filter_map(|group| group.waiting).sum();
    let asleep = groups
        .iter()
        .filter(|group| group.command.as_deref() == Some("Sleep"));
    Ok(Activity {
        idle_in_transaction: u64::try_from(idle.len()).map_err(Error::internal)?,
        oldest: idle.into_iter().next(),
        waiting: lock_waits.saturating_add(table_waits),
        oldest_idle: asleep.filter_map(|group| group.longest).reduce(f64::max),
    })
}

/// The sessions of the pool: by the program's name where the server tells it, by the user otherwise.
fn seen(ctx: &Ctx, wanted: &Wanted) -> Result<Seen> {
    let (conditions, values, found_by) = match (&wanted.application, &wanted.user) {
        (Some(application), None) if !tells_programs(ctx)? => {
            (vec![OF_USER], vec![application.clone()], "user")
        }
        (Some(_), Some(user)) if !tells_programs(ctx)? => {
            (vec![OF_USER], vec![user.clone()], "user")
        }
        (Some(application), None) => (vec![OF_PROGRAM], vec![application.clone()], "program_name"),
        (Some(application), Some(user)) => (
            vec![OF_PROGRAM, OF_USER],
            vec![application.clone(), user.clone()],
            "program_name and user",
        ),
        (None, user) => (
            vec![OF_USER],
            vec![user.clone().unwrap_or_default()],
            "user",
        ),
    };
    let sql = format!("{POOL}\n WHERE {}", conditions.join("\n   AND "));
    let row: PoolRow = ctx.query_one(&sql, values)?;
    Ok(Seen {
        open: row.open,
        idle: row.idle,
        found_by,
    })
}

fn tells_programs(ctx: &Ctx) -> Result<bool> {
    match ctx.query_scalar::<u64>(PROGRAMS, ()) {
        Ok(told) => Ok(told > 0),
        Err(Error::Database(
            DatabaseError::PermissionDenied(_) | DatabaseError::UndefinedObject(_),
        )) => Ok(false),
        Err(error) => Err(error),
    }
}

impl Account {
    /// The name and the host that the server knows the account by.
    fn parts(&self) -> (&str, &str) {
        self.account
            .rsplit_once('@')
            .unwrap_or((&self.account, "%"))
    }

    /// Our own account has its limit from its own settings or from the server's, all others from the
    /// server's as far as we can know. Our own session is left out: it would fill a limit of one.
    fn limits(&self, groups: &[Group], all_users: u64) -> Vec<Limit> {
        let (own, _) = self.parts();
        let mut users: Vec<(&str, u64)> = Vec::new();
        for group in groups {
            let user = group.user.as_deref().unwrap_or_default();
            match users.iter_mut().find(|(name, _)| *name == user) {
                Some((_, used)) => *used += group.used,
                None => users.push((user, group.used)),
            }
        }
        users
            .into_iter()
            .map(|(user, used)| {
                let (limit, used) = match user == own {
                    true => (self.account_limit, used.saturating_sub(1)),
                    false => (all_users, used),
                };
                Limit {
                    holder: Holder::Account,
                    name: user.to_owned(),
                    limit,
                    used,
                }
            })
            .filter(|limit| limit.limit > 0)
            .collect()
    }

    fn grant(&self) -> String {
        let (user, host) = self.parts();
        let quoted = |name: &str| hidden::quoted(&name.replace('\\', "\\\\"), '\'');
        format!("GRANT PROCESS ON *.* TO {}@{};", quoted(user), quoted(host))
    }
}
