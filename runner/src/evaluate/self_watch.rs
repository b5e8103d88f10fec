//! What the signs mean that the runner has gathered of itself: one finding for each thing that is wrong, and
//! what to do about it.

mod metrics;

use std::time::Duration;

use self::metrics::metrics;
use super::judge;
use crate::model::job::Job;
use crate::model::report::{Finding, Report};
use crate::model::run::{Micros, Outcome};
use crate::model::self_watch::{
    FREE_BYTES_LOW, FREE_BYTES_MIN, FULL_DISK, HistoryFile, MAKE_ROOM, NotRunning, Outbox,
    Resources, Signs, UNSENT_MAX,
};
use crate::model::status::Status;
use crate::model::unit::{format_duration, format_value};

/// A loop that came so late kept every job waiting.
pub const TICK_DELAY_MAX: Duration = Duration::from_secs(5);

/// One run in so many may begin late: a moment of much work, and no lack of room.
pub const LATE_SHARE: u32 = 5;

/// Fewer late runs than this are none, whatever their share.
pub const LATE_STARTS_MIN: u32 = 3;

/// Jobs that are named; the others are counted.
pub const NAMED_MAX: usize = 10;

/// So many runs of a job in a row that were not over in time are no accident.
pub const OVERLAPS_MAX: u32 = 5;

/// A log that is longer is never emptied: somebody reads the file without end. Bytes.
pub const LOG_BYTES_MAX: u64 = 256 << 20;

/// A clock that was set so often within an hour is one that two programs set.
pub const CLOCK_JUMPS_MAX: u32 = 3;

/// Further behind the newest result than this, the clock is wrong, or was.
pub const CLOCK_BEHIND_MAX: Duration = Duration::from_secs(60);

/// Whoever did not watch for so long must be said to.
pub const GAP_LONG: Duration = Duration::from_secs(60 * 60);

/// The share of its descriptors that a process may use.
const DESCRIPTORS_SHARE_MAX: f64 = 0.9;

/// Judges what the schedule has learnt of itself; `job` is [`Job::runner`].
#[must_use]
pub fn judge_signs(job: &Job, signs: &Signs) -> Outcome {
    judge(job, Ok(report(signs)))
}

fn report(signs: &Signs) -> Report {
    let findings: Vec<Finding> = [
        stale(signs),
        late(signs),
        overlap(signs),
        outbox(signs.outbox),
        failed(signs.outbox),
        not_stored(signs),
        damaged(&signs.set_aside),
        space(&signs.history),
        log(&signs.history),
        clock(signs),
        descriptors(&signs.resources),
        gap(signs.down),
    ]
    .into_iter()
    .flatten()
    .collect();
    let bad: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.severity > Status::Ok)
        .map(|finding| finding.title.as_str())
        .collect();
    Report {
        status: Status::Ok,
        summary: match bad.is_empty() {
            true => well(signs),
            false => bad.join("; "),
        },
        metrics: metrics(signs),
        findings,
    }
}

fn well(signs: &Signs) -> String {
    let waiting = signs.outbox.map_or(0, |outbox| outbox.unsent);
    format!(
        "{} in time; {} to be sent",
        count(signs.jobs, "job"),
        count(waiting as usize, "message")
    )
}

fn stale(signs: &Signs) -> Option<Finding> {
    let quiet = &signs.not_running;
    let longest = quiet.first()?;
    let all = signs.no_job_runs();
    let title = match all {
        true => "No job runs".to_owned(),
        false => format!("{} of {} do not run", quiet.len(), count(signs.jobs, "job")),
    };
    Some(Finding {
        severity: if all {
            Status::Critical
        } else {
            Status::Warning
        },
        subject: Some(named(quiet)),
        evidence: vec![(
            "longest".into(),
            format_duration(seconds(longest.quiet_for)),
        )],
        ..finding(
            "stale",
            title,
            "None of their runs has ended for three intervals and one timeout: they wait for a place, or their runs do not end.",
            "look at what else runs at that time with `checkrun history list`; give more room with `[run] parallel` or the target's `max_parallel`, or shorten the `timeout` of what is slow; if nothing runs at all, restart the schedule",
        )
    })
}

/// `health on orders, backlog on shop and 3 more`
fn named(quiet: &[NotRunning]) -> String {
    let names: Vec<String> = quiet
        .iter()
        .take(NAMED_MAX)
        .map(|one| format!("{} on {}", one.job, one.target))
        .collect();
    let names = names.join(", ");
    match quiet.len().saturating_sub(NAMED_MAX) {
        0 => names,
        more => format!("{names} and {more} more"),
    }
}

fn late(signs: &Signs) -> Option<Finding> {
    let (delay, starts) = (signs.tick_delay, signs.late_starts);
    let is_share = starts >= LATE_STARTS_MIN && starts.saturating_mul(LATE_SHARE) >= signs.starts;
    let title = if delay > TICK_DELAY_MAX {
        format!("The schedule stood still for {}", format_duration(delay))
    } else if is_share {
        format!("{starts} of {} runs began late", signs.starts)
    } else {
        return None;
    };
    Some(Finding {
        severity: Status::Warning,
        ..finding(
            "late",
            title,
            "Jobs are started by one loop, which should look at the clock every second.",
            "this machine has too little CPU, or something stopped the process or keeps what it prints; where only runs are late, there are too few places: raise `[run] parallel`, or lengthen intervals",
        )
    })
}

fn overlap(signs: &Signs) -> Option<Finding> {
    let job = signs.overlapping.as_ref()?;
    (job.in_a_row >= OVERLAPS_MAX).then(|| Finding {
        severity: Status::Warning,
        subject: Some(format!("{} on {}", job.job, job.target)),
        evidence: vec![("in a row".into(), job.in_a_row.to_string())],
        ..finding(
            "overlap",
            "A job takes longer than its interval".into(),
            "Its runs are still going on, or still wait for a place, when the next one is due.",
            "lengthen its `every`, shorten its `timeout`, or raise the target's `max_parallel`",
        )
    })
}

fn outbox(outbox: Option<Outbox>) -> Option<Finding> {
    let outbox = outbox?;
    (outbox.oldest > UNSENT_MAX).then(|| Finding {
        severity: Status::Critical,
        evidence: vec![("unsent".into(), outbox.unsent.to_string())],
        ..finding(
            "outbox",
            format!(
                "People are not told: a message waits for {}",
                format_duration(seconds(outbox.oldest))
            ),
            "It is tried again and again, and nobody has it yet.",
            "`checkrun alerts messages` says why; `checkrun alerts test --route NAME` shows every step of the way",
        )
    })
}

fn failed(outbox: Option<Outbox>) -> Option<Finding> {
    let failed = outbox?.failed;
    (failed > 0).then(|| Finding {
        severity: Status::Warning,
        ..finding(
            "undelivered",
            format!("{} of the last day reached nobody, or not everybody", count(failed as usize, "message")),
            "The other side refused them for good.",
            "`checkrun alerts messages` says why; mend the route, and tell people yourself what is open: `checkrun alerts list`",
        )
    })
}

fn not_stored(signs: &Signs) -> Option<Finding> {
    (signs.not_stored > 0).then(|| Finding {
        severity: Status::Critical,
        ..finding(
            "history",
            format!(
                "{} could not be stored",
                count(signs.not_stored as usize, "result")
            ),
            signs.not_stored_because.as_deref().unwrap_or_default(),
            "`checkrun doctor` says what is wrong with the file; alerts go on from memory, so let the schedule run until it is mended",
        )
    })
}

fn damaged(set_aside: &[String]) -> Option<Finding> {
    (!set_aside.is_empty()).then(|| Finding {
        severity: Status::Warning,
        subject: Some(set_aside.join(", ")),
        ..finding(
            "damaged",
            "The history was damaged, and a new one is begun".into(),
            "What was recorded before is in the file that is named, with the incidents and who was told of them.",
            "look why (`journalctl -k`, the disk), and read what is left of it with `sqlite3 FILE .recover`",
        )
    })
}

fn space(history: &HistoryFile) -> Option<Finding> {
    let free = history.free_bytes.filter(|free| *free < FREE_BYTES_LOW)?;
    Some(Finding {
        severity: match free < FREE_BYTES_MIN {
            true => Status::Critical,
            false => Status::Warning,
        },
        ..finding(
            "space",
            format!("{} are left for the history", bytes(free)),
            FULL_DISK,
            MAKE_ROOM,
        )
    })
}

fn log(history: &HistoryFile) -> Option<Finding> {
    (history.log_bytes > LOG_BYTES_MAX).then(|| Finding {
        severity: Status::Warning,
        ..finding(
            "log",
            format!("The history's log has grown to {}", bytes(history.log_bytes)),
            "It is emptied as soon as no program reads the file for a moment.",
            "find the program that keeps a transaction open on the history (`fuser` names it), and end that",
        )
    })
}

fn clock(signs: &Signs) -> Option<Finding> {
    let title = if signs.clock_behind > CLOCK_BEHIND_MAX {
        format!(
            "The clock is {} behind the newest result",
            format_duration(seconds(signs.clock_behind))
        )
    } else if signs.clock_jumps >= CLOCK_JUMPS_MAX {
        format!(
            "The clock was set {} times within an hour",
            signs.clock_jumps
        )
    } else {
        return None;
    };
    Some(Finding {
        severity: Status::Warning,
        ..finding(
            "clock",
            title,
            "Intervals do not mind, but cron lines, ages and what the history shows do.",
            "let one program set this machine's clock (`timedatectl status`), and look for a second one, such as the tools of a virtual machine",
        )
    })
}

fn descriptors(resources: &Resources) -> Option<Finding> {
    let (used, max) = (resources.descriptors?, resources.descriptors_max?);
    (share(used, max) > DESCRIPTORS_SHARE_MAX).then(|| Finding {
        severity: Status::Warning,
        ..finding(
            "descriptors",
            format!("{used} of {max} descriptors are in use"),
            "Without a free one nothing can be connected to.",
            "raise the limit (`LimitNOFILE=` of the unit, `ulimit -n`), or lower `[run] parallel`",
        )
    })
}

fn gap(down: Option<(Micros, Micros)>) -> Option<Finding> {
    let (from, until) = down?;
    let lasted = Duration::from_micros(until.0.abs_diff(from.0));
    Some(Finding {
        severity: match lasted >= GAP_LONG {
            true => Status::Warning,
            false => Status::Ok,
        },
        evidence: vec![
            ("from".into(), from.to_string()),
            ("until".into(), until.to_string()),
        ],
        ..finding(
            "gap",
            format!(
                "Nothing was recorded for {}",
                format_duration(seconds(lasted))
            ),
            &format!(
                "The runner was down from {from} to {until}, or could not write the history; what happened then is not in it."
            ),
            "if nobody stopped it on purpose, let the service manager restart it and say why it ended (`journalctl -u checkrun`); a `[heartbeat]` tells you while it is down",
        )
    })
}

fn finding(key: &str, title: String, detail: &str, advice: &str) -> Finding {
    Finding {
        key: key.into(),
        severity: Status::Ok,
        title,
        detail: detail.into(),
        subject: None,
        advice: Some(advice.into()),
        reference: None,
        evidence: Vec::new(),
    }
}

fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    }
}

#[expect(clippy::cast_precision_loss, reason = "for people")]
fn bytes(bytes: u64) -> String {
    format_value(bytes as f64, "bytes")
}

#[expect(clippy::cast_precision_loss, reason = "a share of small numbers")]
fn share(used: u64, max: u64) -> f64 {
    used as f64 / max.max(1) as f64
}

/// Whole ones: what has lasted for minutes needs no more.
fn seconds(duration: Duration) -> Duration {
    Duration::from_secs(duration.as_secs())
}

#[cfg(test)]
mod tests;
