//! The check `acme/long_transactions`.

use std::time::Duration;

use checkrun_sdk::prelude::*;

const LONGEST: MetricSpec =
    MetricSpec::seconds("longest_transaction", "Age of the oldest open transaction")
        .warning("> 15m")
        .critical("> 2h");

/// What is reported.
#[derive(Params)]
pub struct Settings {
    /// Transactions open for longer are listed, the oldest first.
    #[param(default = "5m")]
    longer_than: Duration,
}

#[derive(FromRow)]
struct Transaction {
    pid: i64,
    account: Option<String>,
    state: Option<String>,
    age: Duration,
}

const SQL: &str = "
    select pid, usename::text as account, state, clock_timestamp() - xact_start as age
    from pg_stat_activity
    where xact_start is not null and pid <> pg_backend_pid()
    order by xact_start
    limit 20";

/// Transactions that stay open keep vacuum from cleaning up, and their locks from being released.
#[check(
    title = "Long transactions",
    engines = [postgresql >= "13"],
    metrics = [LONGEST],
    privileges = ["GRANT pg_monitor TO <account>"],
    interval = "1m",
)]
pub fn long_transactions(ctx: &Ctx, settings: Settings) -> Result<Report> {
    let transactions: Vec<Transaction> = ctx.query_as(SQL, ())?;
    let longest = transactions.first().map_or(Duration::ZERO, |it| it.age);
    let findings: Vec<Finding> = transactions
        .iter()
        .filter(|transaction| transaction.age > settings.longer_than)
        .map(finding)
        .collect();
    let summary = format!(
        "{} transactions open for more than {} s",
        findings.len(),
        settings.longer_than.as_secs()
    );
    Ok(Report::ok(summary)
        .metric(LONGEST.value(longest.as_secs_f64()))
        .findings(findings))
}

fn finding(transaction: &Transaction) -> Finding {
    let account = transaction
        .account
        .as_deref()
        .unwrap_or("a background process");
    Finding::new(
        format!("transaction/{}", transaction.pid),
        Status::Ok,
        format!("Open for {} s, by {account}", transaction.age.as_secs()),
    )
    .advice("See what the application does between its statements; commit sooner.")
    .evidence("pid", transaction.pid)
    .evidence("state", transaction.state.as_deref().unwrap_or("unknown"))
}

#[cfg(test)]
mod tests {
    use checkrun_sdk::mock::{Mock, contains, rows};
    use checkrun_sdk::{NULL, Value};

    use super::*;

    fn minutes(minutes: i64) -> Value {
        Value::Interval(minutes * 60_000_000)
    }

    #[test]
    fn only_the_long_ones_are_listed() -> Result<()> {
        let report = Mock::postgresql("15.4")
            .parameter("longer_than", Duration::from_secs(600))
            .on_query(
                contains("pg_stat_activity"),
                rows! {
                    "pid", "account", "state",               "age";
                    71,    "shop",    "idle in transaction", minutes(30);
                    72,    NULL,      NULL,                  minutes(1);
                },
            )
            .run(long_transactions)?;
        assert_eq!(report.value_of("longest_transaction"), Some(1800.0));
        assert_eq!(report.findings.len(), 1);
        assert_eq!(report.findings[0].key, "transaction/71");
        Ok(())
    }

    #[test]
    fn a_quiet_server_is_fine() -> Result<()> {
        let report = Mock::postgresql("15.4")
            .on_query(
                contains("pg_stat_activity"),
                rows! { "pid", "account", "state", "age"; },
            )
            .run(long_transactions)?;
        assert_eq!(report.value_of("longest_transaction"), Some(0.0));
        assert_eq!(report.findings, []);
        Ok(())
    }
}
