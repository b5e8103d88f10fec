//! `every`, or `cron` with `timezone`: when a check runs.

use std::time::Duration;

use jiff::tz::{self, TimeZone};

use super::Context;
use crate::config::collector::Remark;
use crate::config::shape::fields::Fields;
use crate::model::schedule::{CronLine, NoCronLine, Schedule};

/// The shortest interval: what is wanted more often is a measurement, not a check.
const INTERVAL_MIN: Duration = Duration::from_secs(1);

/// When the check runs; none when nothing is written, or after a problem that was noted.
pub(super) fn decode(fields: Fields<'_>, context: &mut Context<'_, '_>) -> Option<Schedule> {
    if fields.has("every") && fields.has("cron") {
        let remark =
            Remark::new("`every` and `cron` exclude each other").with_hint("leave one of them out");
        context.problems.error(&fields.key_span("cron"), remark);
    }
    if fields.has("timezone") && !fields.has("cron") {
        let remark = Remark::new("`timezone` needs `cron`")
            .with_hint("`every` does not depend on a time zone; leave `timezone` out");
        context.problems.error(&fields.key_span("timezone"), remark);
    }
    let cron = decode_cron(fields, context).map(|line| Schedule::Cron(Box::new(line)));
    cron.or_else(|| every(fields, context))
}

/// `cron` with `timezone`; none when nothing is written, or after a problem that was noted.
pub(super) fn decode_cron(fields: Fields<'_>, context: &mut Context<'_, '_>) -> Option<CronLine> {
    let zone = zone(fields, context);
    cron(fields, zone, context)
}

fn every(fields: Fields<'_>, context: &mut Context<'_, '_>) -> Option<Schedule> {
    let interval = fields.duration("every")?;
    if interval < INTERVAL_MIN && !interval.is_zero() {
        let remark = Remark::new("`every` must be at least 1s");
        context
            .problems
            .error(&fields.text("every")?.span(), remark);
    }
    Some(Schedule::Every(interval))
}

fn cron(
    fields: Fields<'_>,
    zone: Option<TimeZone>,
    context: &mut Context<'_, '_>,
) -> Option<CronLine> {
    let text = fields.text("cron")?;
    // A zone that was refused is a problem of its own; the line is looked at all the same.
    match CronLine::parse(text.get_ref(), zone.unwrap_or(TimeZone::UTC)) {
        Ok(line) => Some(line),
        Err(why) => {
            let hint = match why {
                NoCronLine::Fields | NoCronLine::Field(_) => {
                    "write for example `cron = \"0 6 * * *\"` for every day at six"
                }
                NoCronLine::Never => "no calendar has this day of this month",
            };
            let remark = Remark::new(why.to_string()).with_hint(hint);
            context.problems.error(&text.span(), remark);
            None
        }
    }
}

/// UTC when nothing is written.
fn zone(fields: Fields<'_>, context: &mut Context<'_, '_>) -> Option<TimeZone> {
    let name = fields.text("timezone")?;
    if name.get_ref().eq_ignore_ascii_case("UTC") {
        return Some(TimeZone::UTC);
    }
    match TimeZone::get(name.get_ref()) {
        Ok(zone) => Some(zone),
        Err(_) => {
            let remark = if tz::db().is_definitively_empty() {
                Remark::new("this machine knows no time zones")
                    .with_hint("install the package `tzdata`, or write `timezone = \"UTC\"`")
            } else {
                Remark::new("`timezone` is not a time zone's name")
                    .with_hint("write for example `timezone = \"Europe/Berlin\"` or `\"UTC\"`")
            };
            context.problems.error(&name.span(), remark);
            None
        }
    }
}
