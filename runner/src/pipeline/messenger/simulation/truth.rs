//! [`Truth`]: what is really wrong, by the slow reading of all signs, with the time since when it is so.

use std::collections::BTreeMap;

use checkrun_history::record::StoredStatus;

use crate::alert::incident::{Sign, reference::severity_after};
use crate::model::incident::{Object, Rules, Severity};
use crate::model::report::Failure;
use crate::model::run::{About, Outcome};

/// Target, job, object.
pub type Thing = (String, String, String);

#[derive(Clone, Default)]
pub struct Truth {
    things: BTreeMap<Thing, Course>,
}

#[derive(Clone, Default)]
struct Course {
    signs: Vec<Sign>,
    /// Since when it has been how, on the steady timeline; only changes.
    past: Vec<(i64, Option<StoredStatus>)>,
}

impl Course {
    fn now(&self) -> Option<StoredStatus> {
        self.past.last().and_then(|(_, severity)| *severity)
    }

    fn becomes(&mut self, severity: Option<StoredStatus>, now: i64) {
        if severity != self.now() {
            self.past.push((now, severity));
        }
    }
}

impl Truth {
    /// A run was recorded.
    pub fn recorded(
        &mut self,
        target: &str,
        job: &str,
        outcome: &Outcome,
        rules: &Rules,
        now: i64,
    ) {
        if outcome.about == About::Target
            || matches!(outcome.failure, Some(Failure::NotApplicable(_)))
        {
            return;
        }
        for object in [Object::verdict(), Object::judging()] {
            let bad = outcome
                .reasons
                .iter()
                .find(|reason| reason.object.as_ref() == Some(&object))
                .and_then(|reason| Severity::of(reason.status));
            let sign = match (bad, &outcome.failure) {
                (Some(severity), _) => Sign::Bad(severity),
                (None, None) => Sign::Good,
                // Nothing is known of what was not reported.
                (None, Some(_)) => continue,
            };
            let thing = (
                target.to_owned(),
                job.to_owned(),
                object.as_str().to_owned(),
            );
            let course = self.things.entry(thing).or_default();
            course.signs.push(sign);
            let severity = severity_after(&course.signs, rules).map(stored);
            course.becomes(severity, now);
            if sign == Sign::Good && severity.is_none() {
                // The past has no more to say.
                course.signs.clear();
            }
        }
    }

    /// These jobs are not configured any more, and their incidents have ended.
    pub fn removed(&mut self, is_configured: impl Fn(&str, &str) -> bool, now: i64) {
        for ((target, job, _), course) in &mut self.things {
            if !is_configured(target, job) {
                course.signs.clear();
                course.becomes(None, now);
            }
        }
    }

    /// How it is.
    pub fn now(&self, thing: &Thing) -> Option<StoredStatus> {
        self.things.get(thing).and_then(Course::now)
    }

    /// Whether it was so at any time since then.
    pub fn was(&self, thing: &Thing, severity: Option<StoredStatus>, since: i64) -> bool {
        let Some(course) = self.things.get(thing) else {
            return severity.is_none();
        };
        let before = course.past.partition_point(|(at, _)| *at <= since);
        let at_first = before.checked_sub(1).and_then(|place| course.past[place].1);
        at_first == severity
            || course.past[before..]
                .iter()
                .any(|(_, later)| *later == severity)
    }

    /// Everything that is wrong.
    pub fn wrong(&self) -> BTreeMap<Thing, StoredStatus> {
        let wrong = |(thing, course): (&Thing, &Course)| Some((thing.clone(), course.now()?));
        self.things.iter().filter_map(wrong).collect()
    }
}

fn stored(severity: Severity) -> StoredStatus {
    match severity {
        Severity::Warning => StoredStatus::Warning,
        Severity::Critical => StoredStatus::Critical,
    }
}
