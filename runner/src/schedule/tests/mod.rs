//! The schedule's arithmetic: tables of cases, and days of virtual time.

mod clock_changes;
mod simulation;
mod timetable;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::*;
use crate::model::job::Job;
use crate::model::pack::CheckInfo;
use crate::model::schedule::{CronLine, Schedule};
use crate::model::target::{Address, Target};

/// A job that is nothing but a name, a target and its times.
fn job(name: &str, target: &str, schedule: Schedule) -> Arc<Job> {
    Arc::new(Job {
        name: name.into(),
        pack: "core".into(),
        check: Arc::new(CheckInfo {
            id: "health".into(),
            title: String::new(),
            description: String::new(),
            tags: Vec::new(),
            engines: Vec::new(),
            parameters: Vec::new(),
            metrics: Vec::new(),
            privileges: Vec::new(),
            suggested_interval_seconds: 60,
            free_metrics: false,
        }),
        target: Arc::new(Target {
            name: target.into(),
            address: Address::File("shop.db".into()),
            labels: BTreeMap::new(),
            allow_privileged: false,
            connect_timeout: Duration::from_secs(5),
            connect_attempts: 1,
            max_parallel: 2,
        }),
        parameters: Vec::new(),
        thresholds: Vec::new(),
        timeout: Duration::from_secs(10),
        schedule,
    })
}

fn every(seconds: u64) -> Schedule {
    Schedule::Every(Duration::from_secs(seconds))
}

fn line(text: &str, zone: &str) -> CronLine {
    let zone = TimeZone::get(zone).expect("a time zone of this machine");
    CronLine::parse(text, zone).expect("a cron line")
}

fn cron(text: &str, zone: &str) -> Schedule {
    Schedule::Cron(Box::new(line(text, zone)))
}

fn at(time: &str) -> Micros {
    let time: Timestamp = time.parse().expect("a time with its offset");
    Micros(time.as_microsecond())
}

/// Both timelines agree.
fn both(time: Micros) -> Now {
    Now {
        steady: time,
        wall: time,
    }
}
