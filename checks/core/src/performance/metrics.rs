//! What the check measures. Thresholds go by a metric's name, so each statistic has one of its own.

use checkrun_sdk::prelude::*;

use super::measuring::Measured;
use super::statistics::{Samples, Statistics};

pub const CONNECT_TIME: MetricSpec = MetricSpec::seconds(
    "connect_time",
    "Opening a connection: name, network, encryption and login; mean over the rounds",
);
pub const CONNECT_TIME_MIN: MetricSpec =
    MetricSpec::seconds("connect_time_min", "The fastest connection");
pub const CONNECT_TIME_P50: MetricSpec =
    MetricSpec::seconds("connect_time_p50", "The median connection");
pub const CONNECT_TIME_P95: MetricSpec = MetricSpec::seconds(
    "connect_time_p95",
    "At most this for 95 of 100 connections; of fewer than 20 the slowest",
);
pub const CONNECT_TIME_MAX: MetricSpec =
    MetricSpec::seconds("connect_time_max", "The slowest connection");
pub const CONNECT_SUCCESS_RATE: MetricSpec = MetricSpec::ratio(
    "connect_success_rate",
    "Connections that opened, of those that were tried",
);
pub const QUERY_TIME: MetricSpec = MetricSpec::seconds(
    "query_time",
    "From sending a query to its last row; mean over all queries and rounds",
);
pub const QUERY_TIME_MIN: MetricSpec = MetricSpec::seconds("query_time_min", "The fastest answer");
pub const QUERY_TIME_P50: MetricSpec = MetricSpec::seconds("query_time_p50", "The median answer");
pub const QUERY_TIME_P95: MetricSpec = MetricSpec::seconds(
    "query_time_p95",
    "At most this for 95 of 100 answers; of fewer than 20 the slowest",
);
pub const QUERY_TIME_MAX: MetricSpec = MetricSpec::seconds("query_time_max", "The slowest answer");
pub const QUERY_SUCCESS_RATE: MetricSpec = MetricSpec::ratio(
    "query_success_rate",
    "Queries that were answered, of those that were sent",
);
pub const EACH_QUERY_TIME: MetricSpec = MetricSpec::seconds(
    "each_query_time",
    "The mean of each query by itself; the label `query` is its place in `queries`",
);
pub const EACH_QUERY_TIME_P95: MetricSpec = MetricSpec::seconds(
    "each_query_time_p95",
    "At most this for 95 of 100 answers of each query by itself",
);

/// All that was measured; what has no sample has no metric.
pub fn all(measured: &Measured) -> Vec<Metric> {
    let connections = &measured.connections;
    let mut metrics = times(
        [
            CONNECT_TIME,
            CONNECT_TIME_MIN,
            CONNECT_TIME_P50,
            CONNECT_TIME_P95,
            CONNECT_TIME_MAX,
        ],
        connections.statistics(),
    );
    metrics.extend(success(
        CONNECT_SUCCESS_RATE,
        connections.succeeded(),
        connections.tried(),
    ));
    metrics.extend(times(
        [
            QUERY_TIME,
            QUERY_TIME_MIN,
            QUERY_TIME_P50,
            QUERY_TIME_P95,
            QUERY_TIME_MAX,
        ],
        measured.all_queries(),
    ));
    let sum = |count: fn(&Samples<DatabaseError>) -> u32| {
        measured
            .queries
            .iter()
            .map(|query| count(&query.samples))
            .sum()
    };
    metrics.extend(success(
        QUERY_SUCCESS_RATE,
        sum(Samples::succeeded),
        sum(Samples::tried),
    ));
    for (query, number) in measured.queries.iter().zip(1_u32..) {
        if let Some(times) = query.samples.statistics() {
            let metric = |spec: MetricSpec, time: std::time::Duration| {
                spec.value(time.as_secs_f64())
                    .label("query", number.to_string())
            };
            metrics.push(metric(EACH_QUERY_TIME, times.mean));
            metrics.push(metric(EACH_QUERY_TIME_P95, times.p95));
        }
    }
    metrics
}

/// One metric for each statistic, in the order mean, min, p50, p95, max.
fn times(specs: [MetricSpec; 5], statistics: Option<Statistics>) -> Vec<Metric> {
    let Some(Statistics {
        min,
        mean,
        p50,
        p95,
        max,
    }) = statistics
    else {
        return Vec::new();
    };
    specs
        .into_iter()
        .zip([mean, min, p50, p95, max])
        .map(|(spec, time)| spec.value(time.as_secs_f64()))
        .collect()
}

fn success(spec: MetricSpec, succeeded: u32, tried: u32) -> Option<Metric> {
    (tried > 0).then(|| spec.value(f64::from(succeeded) / f64::from(tried)))
}
