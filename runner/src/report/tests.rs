//! Every format over the same runs, hostile text among them.

use std::sync::Arc;

use checkrun_history::WriterStats;

use super::*;
use crate::model::gate::Reach;
use crate::model::job::Job;
use crate::model::pack::CheckInfo;
use crate::model::report::{Failure, Finding, Metric};
use crate::model::run::{About, JudgedMetric, LogLevel, LogLine, Outcome, Reason, Usage};
use crate::model::schedule::Schedule;
use crate::model::target::{Address, Target};
use crate::model::threshold::Threshold;

fn job(name: &str, target: &str) -> Arc<Job> {
    Arc::new(Job {
        name: name.into(),
        pack: "core".into(),
        check: Arc::new(CheckInfo {
            id: "health".into(),
            title: "Health".into(),
            description: String::new(),
            tags: vec![],
            engines: vec![],
            parameters: vec![],
            metrics: vec![],
            privileges: vec![],
            suggested_interval_seconds: 60,
            free_metrics: false,
        }),
        target: Arc::new(Target {
            name: target.into(),
            address: Address::File("shop.db".into()),
            labels: [("env".to_owned(), "prod".to_owned())].into(),
            allow_privileged: false,
            connect_timeout: Duration::from_secs(5),
            connect_attempts: 2,
            max_parallel: 2,
        }),
        parameters: vec![],
        thresholds: vec![],
        timeout: Duration::from_secs(10),
        schedule: Schedule::Every(Duration::from_secs(60)),
        rules: crate::model::incident::Rules::default(),
    })
}

fn finished(name: &str, target: &str, outcome: Outcome) -> FinishedRun {
    FinishedRun {
        job: job(name, target),
        occasion: None,
        started: Micros(1_795_000_000_000_000),
        duration: Duration::from_micros(12_300),
        outcome,
        log: vec![LogLine {
            level: LogLevel::Info,
            message: "asked twice".into(),
        }],
        usage: Usage {
            queries: 2,
            rows: 2,
            bytes: 16,
            database: Duration::from_micros(250),
            memory_bytes: 1_114_112,
            cpu: Duration::from_micros(40),
        },
        reach: Reach::Reached,
        stored: Stored::Yes(7),
        left_open: crate::model::schedule::LeftOpen::Nothing,
    }
}

fn fine() -> FinishedRun {
    let metric = Metric {
        name: "response_time".into(),
        value: 0.003_1,
        unit: "seconds".into(),
        labels: [("query".to_owned(), "select 1".to_owned())].into(),
    };
    let outcome = Outcome {
        status: Status::Ok,
        summary: "healthy: answered in 3.1 ms".into(),
        reasons: vec![],
        metrics: vec![JudgedMetric {
            metric,
            status: Status::Ok,
            warning: Threshold::parse("> 500ms", "seconds").ok(),
            critical: Threshold::parse("outside 0..2s", "seconds").ok(),
        }],
        findings: vec![],
        failure: None,
        held: Vec::new(),
        about: About::Job,
    };
    finished("core/health", "orders", outcome)
}

fn hostile() -> FinishedRun {
    let text = "\x1b[2J<b>& \"quoted\" 'x' | pipe\nsecond line\u{202e}";
    let outcome = Outcome {
        status: Status::Critical,
        summary: text.into(),
        reasons: vec![Reason {
            object: None,
            status: Status::Critical,
            text: format!("why: {text}"),
            advice: Some(format!("{} {}", text.repeat(4), "x".repeat(250))),
        }],
        metrics: vec![JudgedMetric {
            metric: Metric {
                name: "rows".into(),
                value: 1e300,
                unit: "count".into(),
                labels: [("tab'le=".to_owned(), text.to_owned())].into(),
            },
            status: Status::Ok,
            warning: None,
            critical: None,
        }],
        findings: vec![Finding {
            key: "k".into(),
            severity: Status::Critical,
            title: text.into(),
            detail: text.into(),
            subject: None,
            advice: None,
            reference: None,
            evidence: vec![],
        }],
        failure: None,
        held: Vec::new(),
        about: About::Job,
    };
    FinishedRun {
        stored: Stored::Failed("the disk is full".into()),
        ..finished("acme/odd", "a-target-with-quite-a-long-name", outcome)
    }
}

fn failed() -> FinishedRun {
    let during = "waiting for query 1 (select pg_sleep(60))";
    let text = format!("timed out after 10 s while running {during}");
    let outcome = Outcome {
        status: Status::Unknown,
        summary: text.clone(),
        reasons: vec![Reason {
            object: None,
            status: Status::Unknown,
            text,
            advice: Some("Raise `timeout` for this check, or find out why it is slow.".into()),
        }],
        metrics: vec![],
        findings: vec![],
        failure: Some(Failure::TimedOut {
            limit: Duration::from_secs(10),
            during: during.into(),
        }),
        held: Vec::new(),
        about: About::Job,
    };
    finished("core/query", "stock", outcome)
}

fn summary(runs: Vec<FinishedRun>) -> Summary {
    Summary {
        runs,
        started: Micros(1_795_000_000_000_000),
        duration: Duration::from_millis(1234),
        history: Some(WriterStats {
            transactions: 1,
            runs: 3,
            failures: 0,
            busy: Duration::from_micros(2500),
        }),
    }
}

fn three() -> Summary {
    summary(vec![fine(), hostile(), failed()])
}

#[test]
fn human() {
    let summary = three();
    let names = summary
        .runs
        .iter()
        .map(|run| (run.job.name.as_str(), run.job.target.name.as_str()));
    let columns = human::Columns::fitting(names);
    let mut shown: String = summary
        .runs
        .iter()
        .map(|run| human::run_lines(run, columns, tone::Colour::None))
        .collect();
    shown.push_str(&human::closing_line(&summary));
    for line in shown.lines() {
        assert!(line.chars().count() <= plain::WIDTH, "too wide: {line}");
        assert!(
            !line.contains(char::is_control),
            "a control character: {line:?}"
        );
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn colour_is_only_in_the_status_word() {
    let columns = human::Columns::fitting([("core/health", "orders")].into_iter());
    let run = fine();
    let coloured = human::run_lines(&run, columns, tone::Colour::Ansi);
    let plain = human::run_lines(&run, columns, tone::Colour::None);
    assert_eq!(
        coloured.replace("\x1b[1;32m", "").replace("\x1b[0m", ""),
        plain
    );
}

#[test]
fn json() {
    insta::assert_snapshot!(json::render(&three()));
}

#[test]
fn nagios_with_one_run_is_a_plugin() {
    insta::assert_snapshot!(nagios::render(&summary(vec![fine()])));
}

#[test]
fn nagios_with_several_runs() {
    let shown = nagios::render(&three());
    assert_eq!(
        shown.matches('|').count(),
        1,
        "one separator of performance data"
    );
    insta::assert_snapshot!(shown);
}

#[test]
fn prometheus() {
    insta::assert_snapshot!(prometheus::render(&three()));
}

#[test]
fn prometheus_never_gets_a_sample_twice() {
    let seconds = |name: &str| JudgedMetric {
        metric: Metric {
            name: name.into(),
            value: 1.0,
            unit: "seconds".into(),
            labels: Default::default(),
        },
        status: Status::Ok,
        warning: None,
        critical: None,
    };
    let mut alike = fine();
    alike.outcome.metrics = vec![seconds("time"), seconds("time_seconds")];
    let text = prometheus::render(&summary(vec![alike]));
    let mut samples: Vec<_> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| Some(line.rsplit_once(' ')?.0))
        .collect();
    assert_eq!(samples.len(), 4, "{text}");
    samples.dedup();
    assert_eq!(samples.len(), 4, "{text}");
}

#[test]
fn junit() {
    insta::assert_snapshot!(junit::render(&three()));
}

#[test]
fn nothing_ran_is_said() {
    let nothing = summary(vec![]);
    insta::assert_snapshot!(
        [
            human::closing_line(&nothing),
            nagios::render(&nothing),
            junit::render(&nothing)
        ]
        .concat()
    );
}
