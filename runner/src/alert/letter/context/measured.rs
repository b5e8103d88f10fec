//! What was measured, as templates see it: every number with its unit.

use jiff::tz::TimeZone;
use serde::Serialize;

use super::Time;
use crate::alert::letter::chart;
use crate::alert::letter::day::{Day, Worse};
use crate::alert::letter::plain::{NAME_CHARS_MAX, name, one_line};
use crate::alert::letter::sparkline::sparkline;
use crate::model::notification::{Item, Limit, Measured};
use crate::model::run::Micros;
use crate::model::unit::format_value;

/// An hour and a day, microseconds.
const HOUR_US: i64 = 3600 * 1_000_000;
const DAY_US: i64 = 24 * HOUR_US;

/// A metric, its limits and its last day.
#[derive(Debug, Serialize)]
pub struct Reading {
    /// `used_ratio{pool="main"}`
    pub series: String,
    /// `ratio`
    pub unit: String,
    /// The newest value: `93.4 %`.
    pub value: String,
    /// The same in the metric's unit.
    pub number: f64,
    /// `> 80%`
    pub warning: Option<String>,
    /// `> 90%`
    pub critical: Option<String>,
    /// The worst value of the incident, as far as the last day has it.
    pub worst: Option<String>,
    /// When that was.
    pub worst_at: Option<Time>,
    /// The value an hour ago.
    pub hour_ago: Option<String>,
    /// The value a day ago.
    pub day_ago: Option<String>,
    /// Half of the last seven days' values were under this.
    pub median: Option<String>,
    /// 95 % of them were under this.
    pub p95: Option<String>,
    /// The last day in characters.
    pub sparkline: Option<String>,
    /// The lowest value of the last day.
    pub low: Option<String>,
    /// The highest.
    pub high: Option<String>,
    /// When the last day begins: with its first value.
    pub from: Option<Time>,
    /// When it ends.
    pub to: Option<Time>,
    /// The picture.
    pub chart: Option<Chart>,
}

/// The picture of the last day.
#[derive(Debug, Serialize)]
pub struct Chart {
    /// By which the HTML names it.
    pub cid: String,
    /// What it shows, as text.
    pub alt: String,
    /// As shown, pixels.
    pub width: u32,
    /// As shown, pixels.
    pub height: u32,
    /// What its upper edge stands for.
    pub top: String,
    /// What its lower edge stands for.
    pub bottom: String,
}

impl Reading {
    /// Of a metric that an item is about.
    pub(super) fn of(measured: &Measured, item: &Item, now: Micros, zone: &TimeZone) -> Self {
        let unit = one_line(&measured.unit, NAME_CHARS_MAX);
        let shown = |value: f64| format_value(value, &unit);
        let limit = |limit: &Limit| one_line(&limit.text, NAME_CHARS_MAX);
        let worse = Worse::of(measured);
        let day = Day::of(&measured.day, now);
        let ago = |before_us| day.as_ref().and_then(|day| day.before_last(before_us));
        let until = item.until.unwrap_or(now);
        let worst = day
            .as_ref()
            .and_then(|day| day.worst(item.since, until, worse))
            .filter(|(_, value)| *value != measured.value);
        let range = day.as_ref().map(Day::range);
        let end = |at: fn((i64, i64)) -> i64| {
            let day = day.as_ref()?;
            Some(Time::of(Micros(at(day.window())), now, zone))
        };
        let mut reading = Self {
            series: name(&measured.series, 2 * NAME_CHARS_MAX),
            value: shown(measured.value),
            number: measured.value,
            warning: measured.warning.as_ref().map(limit),
            critical: measured.critical.as_ref().map(limit),
            worst: worst.map(|(_, value)| shown(value)),
            worst_at: worst.map(|(at, _)| Time::of(at, now, zone)),
            hour_ago: ago(HOUR_US).map(shown),
            day_ago: ago(DAY_US).map(shown),
            median: measured.median.map(shown),
            p95: measured.p95.map(shown),
            sparkline: day.as_ref().and_then(|day| sparkline(day, worse)),
            low: range.map(|(low, _)| shown(low)),
            high: range.map(|(_, high)| shown(high)),
            from: end(|(from, _)| from),
            to: end(|(_, to)| to),
            chart: None,
            unit: unit.clone(),
        };
        reading.chart = chart::frame(measured, now).map(|frame| Chart {
            cid: String::new(),
            alt: reading.alt(),
            width: chart::WIDTH,
            height: chart::HEIGHT,
            top: shown(frame.top),
            bottom: shown(frame.bottom),
        });
        reading
    }

    /// What the picture shows, for those who do not see it.
    fn alt(&self) -> String {
        let mut alt = format!("{} is {}", self.series, self.value);
        if let (Some(low), Some(high)) = (&self.low, &self.high) {
            alt += &format!("; last 24 h: between {low} and {high}");
        }
        for (what, limit) in [("critical", &self.critical), ("warning", &self.warning)] {
            if let Some(limit) = limit {
                alt += &format!("; {what} {limit}");
            }
        }
        alt
    }
}
