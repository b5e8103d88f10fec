//! One item of the news, as templates see it: a [`Card`] with all there is to say, or a [`Line`].

use jiff::tz::TimeZone;
use serde::Serialize;

use super::measured::Reading;
use super::{Detail, Pair, Time, tone_of};
use crate::alert::letter::headline;
use crate::alert::letter::matter::{Kind, is_over, severity_name, severity_word};
use crate::alert::letter::moment::{between, span};
use crate::alert::letter::plain::{NAME_CHARS_MAX, lines, name, one_line};
use crate::alert::letter::sentence::{course, lead, remark};
use crate::model::notification::{Acknowledged, FindingFacts, Item, PastIncident, What};
use crate::model::run::Micros;

/// One item with all there is to say.
#[derive(Debug, Serialize)]
pub struct Card {
    /// `CRIT`, `WARN`, `OK`, `FLAPPING`, `GONE`
    pub word: &'static str,
    /// For colours: `critical`, `warning`, `ok`, `neutral`
    pub tone: &'static str,
    /// `new`, `worse`, `eased`, `recovered`, `goes_on`, `flapping`, `settled`, `gone`
    pub what: &'static str,
    /// As in a subject, without the target: `used ratio 93.4 % (> 90%)`.
    pub title: String,
    /// What is wrong, in a sentence.
    pub lead: String,
    /// How bad, since when, for how long, in a sentence.
    pub course: String,
    /// What is special about it, in a sentence.
    pub remark: Option<String>,
    /// `warning`, `critical`: now, or when it was over.
    pub severity: &'static str,
    /// `warning`, `critical`: the worst it has been.
    pub peak: &'static str,
    /// The first bad run.
    pub since: Time,
    /// The run that ended it.
    pub until: Option<Time>,
    /// From the first bad run to the end, or until now: `42 min`.
    pub lasted: String,
    /// The incident's id.
    pub incident: i64,
    /// The target's name.
    pub target: String,
    /// The job's name.
    pub job: String,
    /// `pack/check`
    pub check: String,
    /// `metric/used_ratio`
    pub object: String,
    /// The check's own words.
    pub text: String,
    /// What to do; none when it is over.
    pub advice: Option<String>,
    /// What was measured.
    pub measured: Option<Reading>,
    /// What the check found; nothing when it is over.
    pub findings: Vec<Finding>,
    /// Findings beyond that.
    pub findings_left_out: usize,
    /// Earlier incidents of the same kind.
    pub past: Vec<Past>,
    /// Earlier incidents beyond that.
    pub past_left_out: usize,
    /// Who has taken it on.
    pub acknowledged: Option<Taken>,
}

/// One item in one line.
#[derive(Debug, Serialize)]
pub struct Line {
    /// `CRIT`, `WARN`, `OK`, `FLAPPING`, `GONE`
    pub word: &'static str,
    /// For colours.
    pub tone: &'static str,
    /// As in a subject, without the target.
    pub title: String,
    /// The target's name.
    pub target: String,
    /// The job's name.
    pub job: String,
    /// The incident's id.
    pub incident: i64,
    /// The first bad run.
    pub since: Time,
    /// `42 min`
    pub lasted: String,
}

/// One thing that a check noticed.
#[derive(Debug, Serialize)]
pub struct Finding {
    /// One line.
    pub title: String,
    /// More; may have several lines.
    pub detail: Option<String>,
    /// What it is about.
    pub subject: Option<String>,
    /// What to do, if that was not said before.
    pub advice: Option<String>,
    /// Where to read more.
    pub reference: Option<String>,
    /// What was seen.
    pub evidence: Vec<Pair>,
    /// Evidence beyond that.
    pub evidence_left_out: usize,
}

/// An incident that is over.
#[derive(Debug, Serialize)]
pub struct Past {
    /// `CRIT`, `WARN`
    pub word: &'static str,
    /// The first bad run.
    pub since: Time,
    /// `42 min`
    pub lasted: String,
}

/// Somebody has taken it on.
#[derive(Debug, Serialize)]
pub struct Taken {
    /// Who.
    pub by: String,
    /// What they said.
    pub comment: String,
    /// Until when nobody is reminded.
    pub until: Time,
}

impl Card {
    /// All items, each with what was not said with one before.
    pub(super) fn all(items: &[Item], zone: &TimeZone, now: Micros, detail: &Detail) -> Vec<Self> {
        let mut cards = Vec::new();
        for (n, item) in items.iter().enumerate() {
            let is_same_job = |other: &Item| other.target == item.target && other.job == item.job;
            let mut card = Self::of(item, zone, now, detail);
            // Items of one job carry the findings of one run.
            if items[..n].iter().any(is_same_job) {
                card.findings.clear();
                card.findings_left_out = 0;
            }
            if n >= detail.charts_max
                && let Some(measured) = &mut card.measured
            {
                measured.chart = None;
            }
            if let Some(chart) = card.measured.as_mut().and_then(|it| it.chart.as_mut()) {
                chart.cid = chart_name(n);
            }
            cards.push(card);
        }
        cards
    }

    fn of(item: &Item, zone: &TimeZone, now: Micros, detail: &Detail) -> Self {
        let is_done = is_over(item) || item.what == What::Gone;
        let advice = item.advice.as_ref().filter(|_| !is_done);
        let advice = advice.map(|text| one_line(text, detail.sentence_chars_max));
        let found: &[FindingFacts] = if is_done { &[] } else { &item.findings };
        // What could not be judged has no value now, whatever was measured before.
        let measured = item
            .measured
            .as_ref()
            .filter(|_| Kind::of(item) != Kind::Judging);
        Self {
            word: word(item),
            tone: tone(item),
            what: what(&item.what),
            title: headline::title(item, now),
            lead: lead(item, detail.sentence_chars_max),
            course: course(item, now, zone),
            remark: remark(item),
            severity: severity_name(item.severity),
            peak: severity_name(item.peak),
            since: Time::of(item.since, now, zone),
            until: item.until.map(|until| Time::of(until, now, zone)),
            lasted: lasted(item, now),
            incident: item.incident,
            target: name(&item.target, NAME_CHARS_MAX),
            job: name(&item.job, NAME_CHARS_MAX),
            check: name(&item.check, NAME_CHARS_MAX),
            object: name(&item.object, NAME_CHARS_MAX),
            text: one_line(&item.text, detail.sentence_chars_max),
            measured: measured.map(|it| Reading::of(it, item, now, zone)),
            findings: findings(found, advice.as_deref(), detail),
            findings_left_out: found.len().saturating_sub(detail.findings_max),
            advice,
            past: item
                .past
                .iter()
                .take(detail.past_max)
                .map(|past| Past::of(past, now, zone))
                .collect(),
            past_left_out: item.past.len().saturating_sub(detail.past_max),
            acknowledged: item
                .acknowledged
                .as_ref()
                .map(|it| Taken::of(it, now, zone, detail)),
        }
    }
}

/// By which the HTML names the chart of the card with this number from 0.
fn chart_name(n: usize) -> String {
    format!("chart-{}", n + 1)
}

impl Line {
    /// Of this item.
    pub(super) fn of(item: &Item, zone: &TimeZone, now: Micros, detail: &Detail) -> Self {
        Self {
            word: word(item),
            tone: tone(item),
            title: one_line(&headline::title(item, now), detail.sentence_chars_max),
            target: name(&item.target, NAME_CHARS_MAX),
            job: name(&item.job, NAME_CHARS_MAX),
            incident: item.incident,
            since: Time::of(item.since, now, zone),
            lasted: lasted(item, now),
        }
    }
}

impl Past {
    fn of(past: &PastIncident, now: Micros, zone: &TimeZone) -> Self {
        Self {
            word: severity_word(past.peak),
            since: Time::of(past.since, now, zone),
            lasted: span(between(past.since, past.until)),
        }
    }
}

impl Taken {
    fn of(taken: &Acknowledged, now: Micros, zone: &TimeZone, detail: &Detail) -> Self {
        Self {
            by: name(&taken.by, NAME_CHARS_MAX),
            comment: one_line(&taken.comment, detail.sentence_chars_max),
            until: Time::of(taken.until, now, zone),
        }
    }
}

/// Each advice once: `said` is what was advised already.
fn findings(all: &[FindingFacts], said: Option<&str>, detail: &Detail) -> Vec<Finding> {
    let mut said: Vec<String> = said.map(str::to_owned).into_iter().collect();
    let line = |text: &String| one_line(text, detail.sentence_chars_max);
    let mut shown = Vec::new();
    for finding in all.iter().take(detail.findings_max) {
        let advice = finding.advice.as_ref().map(line);
        let advice = advice.filter(|text| !said.contains(text));
        said.extend(advice.clone());
        let pair = |(title, value): &(String, String)| Pair {
            name: name(title, NAME_CHARS_MAX),
            value: one_line(value, detail.text_chars_max / 4),
        };
        shown.push(Finding {
            title: line(&finding.title),
            detail: Some(lines(&finding.detail, detail.text_chars_max)).filter(|it| !it.is_empty()),
            subject: finding.subject.as_ref().map(line),
            advice,
            reference: finding.reference.as_ref().map(line),
            evidence: finding
                .evidence
                .iter()
                .take(detail.evidence_max)
                .map(pair)
                .collect(),
            evidence_left_out: finding.evidence.len().saturating_sub(detail.evidence_max),
        });
    }
    shown
}

fn lasted(item: &Item, now: Micros) -> String {
    span(between(item.since, item.until.unwrap_or(now)))
}

fn word(item: &Item) -> &'static str {
    match (&item.what, is_over(item)) {
        (_, true) => "OK",
        (What::Gone, _) => "GONE",
        (What::Flapping { .. }, _) => "FLAPPING",
        _ => severity_word(item.severity),
    }
}

fn tone(item: &Item) -> &'static str {
    match (&item.what, is_over(item)) {
        (_, true) => "ok",
        (What::Gone, _) => "neutral",
        _ => tone_of(item.severity),
    }
}

fn what(what: &What) -> &'static str {
    match what {
        What::New => "new",
        What::Worse => "worse",
        What::Eased => "eased",
        What::Recovered => "recovered",
        What::GoesOn => "goes_on",
        What::Flapping { .. } => "flapping",
        What::Settled => "settled",
        What::Gone => "gone",
    }
}
