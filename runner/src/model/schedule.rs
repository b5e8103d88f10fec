//! [`Schedule`]: when a job runs, as configured; [`CronLine`]: a line of cron and its time zone;
//! [`Occasion`]: what a run is for; [`LeftOpen`]: what it has not decided.
//!
//! What is written, and whether it makes sense. When exactly the next run is due, with the hours that
//! a clock change leaves out or repeats, is the stage `schedule`'s to say.

use std::fmt;
use std::time::Duration;

use croner::errors::CronError;
use croner::parser::{CronParser, Seconds, Year};
use croner::{CivilDate, CivilDateTime, CivilTime, Cron, CronDateTime, Resolution, Weekday};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};

use super::run::Micros;
use super::unit::format_duration;

/// Names that cron gives to whole lines.
const NICKNAMES: [&str; 6] = [
    "@hourly",
    "@daily",
    "@weekly",
    "@monthly",
    "@yearly",
    "@annually",
];

/// Fields of a cron line.
const FIELDS: [&str; 5] = ["minute", "hour", "day", "month", "weekday"];

/// Hours of a day; a line that names them all runs through every clock change.
const HOURS: usize = 24;

/// How far ahead a line must come: 29 February may be eight years away.
const YEARS_AHEAD: i64 = 9;

/// When a job runs.
#[derive(Clone, Debug, PartialEq)]
pub enum Schedule {
    /// Again and again after this time.
    Every(Duration),
    /// At the times of a cron line.
    Cron(Box<CronLine>),
}

impl fmt::Display for Schedule {
    /// `every 60 s`, or `0 6 * * * Europe/Berlin`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Every(interval) => write!(f, "every {}", format_duration(*interval)),
            Self::Cron(line) => line.fmt(f),
        }
    }
}

/// What a run that is over has not decided about its job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOpen {
    /// Nothing: all is well, or all that is not is an incident.
    Nothing,
    /// Something was bad, and perhaps only a blip.
    Something,
    /// All of it: its target could not be reached.
    Everything,
}

/// What a run is for, when the schedule asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// When it should begin, by the wall clock.
    pub due: Micros,
    /// A run that begins later than this after `due` is late.
    pub late_after: Duration,
    /// Times since the run before that came while that one, or its wait for a place, still went on.
    pub overlapped: u32,
    /// Times since the run before at which nobody looked at the clock.
    pub missed: u32,
    /// Times since the run before at which the target could not be reached.
    pub suspended: u32,
}

impl Occasion {
    /// How late a run is that began then; none when it is in time.
    #[must_use]
    pub fn late_by(&self, started: Micros) -> Option<Duration> {
        let by = u64::try_from(started.0.saturating_sub(self.due.0)).unwrap_or(0);
        Some(Duration::from_micros(by)).filter(|by| *by > self.late_after)
    }
}

/// A line of cron and the time zone it is read in.
#[derive(Clone, Debug)]
pub struct CronLine {
    text: String,
    calendar: Cron,
    zone: TimeZone,
    every_hour: bool,
    every_few_minutes: bool,
}

impl PartialEq for CronLine {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.zone == other.zone
    }
}

impl fmt::Display for CronLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zone = self.zone.iana_name().unwrap_or("UTC");
        write!(f, "{} {zone}", self.text)
    }
}

/// Why a text is no cron line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoCronLine {
    /// Not five fields, nor a name for a line.
    #[error("`cron` is not minute, hour, day, month and weekday")]
    Fields,
    /// A field that makes no sense; the text says which.
    #[error("`cron` is not understood: {0}")]
    Field(String),
    /// 30 February.
    #[error("`cron` names a time that never comes")]
    Never,
}

impl CronLine {
    /// Reads a line of five fields, or a name such as `@daily`.
    ///
    /// # Errors
    /// It is no such line, or names a time that never comes.
    pub fn parse(text: &str, zone: TimeZone) -> Result<Self, NoCronLine> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        if !NICKNAMES.contains(&text) && fields.len() != FIELDS.len() {
            return Err(NoCronLine::Fields);
        }
        let calendar = calendar(text).map_err(|error| {
            refused_field(&fields).unwrap_or(NoCronLine::Field(in_words(error)))
        })?;
        let line = Self {
            every_hour: calendar.pattern.hours.values().len() == HOURS,
            every_few_minutes: fields.first().is_some_and(|minute| minute.starts_with('*')),
            text: fields.join(" "),
            calendar,
            zone,
        };
        // From here, every day of the calendar is less than nine years away.
        let some_day = jiff::civil::date(2001, 1, 1).at(0, 0, 0, 0);
        line.next_local(some_day).ok_or(NoCronLine::Never)?;
        Ok(line)
    }

    /// The first time after this one on a calendar without clock changes; none within nine years.
    #[must_use]
    pub fn next_local(&self, after: DateTime) -> Option<DateTime> {
        let next = self
            .calendar
            .find_next_occurrence(&Local(after), false)
            .ok()?
            .0;
        (next <= after.checked_add(YEARS_AHEAD.years()).ok()?).then_some(next)
    }

    /// Where the times are local.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Whether it names every hour of a day, so that an hour more or less needs no care.
    #[must_use]
    pub fn is_every_hour(&self) -> bool {
        self.every_hour
    }

    /// Whether its minutes are `*` or `*/n`, which people mean as "every n minutes".
    #[must_use]
    pub fn is_every_few_minutes(&self) -> bool {
        self.every_few_minutes
    }
}

fn calendar(text: &str) -> Result<Cron, CronError> {
    CronParser::builder()
        .seconds(Seconds::Disallowed)
        .year(Year::Disallowed)
        .build()
        .parse(text)
}

/// Which field it is that makes no sense by itself.
fn refused_field(fields: &[&str]) -> Option<NoCronLine> {
    let (place, field, error) = fields.iter().enumerate().find_map(|(place, field)| {
        let mut line = ["*"; FIELDS.len()];
        *line.get_mut(place)? = field;
        let error = calendar(&line.join(" ")).err()?;
        Some((place, field, error))
    })?;
    let name = FIELDS.get(place)?;
    Some(NoCronLine::Field(format!(
        "{name} `{field}`: {}",
        in_words(error)
    )))
}

fn in_words(error: CronError) -> String {
    match error {
        CronError::InvalidPattern(text)
        | CronError::IllegalCharacters(text)
        | CronError::ComponentError(text) => text.trim_end_matches('.').to_owned(),
        CronError::EmptyPattern
        | CronError::InvalidDate
        | CronError::InvalidTime
        | CronError::TimeSearchLimitExceeded => error.to_string().trim_end_matches('.').to_owned(),
    }
}

/// A local time as the calendar of a cron line sees it: without time zone, so without clock changes.
#[derive(Clone)]
struct Local(DateTime);

impl CronDateTime for Local {
    fn to_civil(&self) -> CivilDateTime {
        let part = |number: i8| u32::from(number.unsigned_abs());
        let time = self.0;
        CivilDateTime::new(
            CivilDate::from_parts_unchecked(
                i32::from(time.year()),
                part(time.month()),
                part(time.day()),
            ),
            CivilTime::from_parts_unchecked(
                part(time.hour()),
                part(time.minute()),
                part(time.second()),
            ),
        )
    }

    fn civil_weekday(&self) -> Weekday {
        Weekday::from_days_from_sunday(u32::from(
            self.0.weekday().to_sunday_zero_offset().unsigned_abs(),
        ))
    }

    fn resolve_civil(&self, civil: CivilDateTime) -> Result<Resolution<Self>, CronError> {
        let part = |number: u32| i8::try_from(number).map_err(|_| CronError::InvalidTime);
        let year = i16::try_from(civil.year()).map_err(|_| CronError::InvalidDate)?;
        let time = DateTime::new(
            year,
            part(civil.month())?,
            part(civil.day())?,
            part(civil.hour())?,
            part(civil.minute())?,
            part(civil.second())?,
            0,
        );
        time.map(|time| Resolution::Single(Self(time)))
            .map_err(|_| CronError::InvalidDate)
    }

    fn checked_add_seconds(&self, seconds: i64) -> Option<Self> {
        let time = self.0.checked_add(SignedDuration::from_secs(seconds));
        time.ok().map(Self)
    }

    fn cmp_instant(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

#[cfg(test)]
mod tests;
