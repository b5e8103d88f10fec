//! The schedule's arithmetic: tables of cases, and days of virtual time.

mod clock_changes;
mod gates;
mod liveness;
mod simulation;
mod suspended;
mod timetable;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::*;
use crate::model::job::Job;
use crate::model::schedule::{CronLine, Schedule};

fn job(name: &str, target: &str, schedule: Schedule) -> Arc<Job> {
    Arc::new(Job {
        schedule,
        ..Job::plain(name, target)
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
