//! [`Selection`]: which jobs of a plan were asked for, as `checkrun run` takes it.

use super::collector::Remark;
use super::pattern::Pattern;
use super::plan::targets::label_hint;
use super::plan::{Plan, PlannedJob};
use super::problem::{Problem, Problems};
use super::suggest;
use crate::model::glob::fits_glob;

/// What was asked for. Empty lists ask for everything; several values of `targets` or `checks` add
/// up, while all of `labels` must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// `--target`: names, globs or `key=value`.
    pub targets: Vec<String>,
    /// `--check`: configured names, `pack/check`, a check's id alone, or globs of those.
    pub checks: Vec<String>,
    /// `--label`: `key=value`; the value may be a glob.
    pub labels: Vec<String>,
}

impl Plan {
    /// The plan with only the jobs that were asked for.
    ///
    /// # Errors
    /// Every value that fits nothing, with near names; or that nothing fits them all together.
    pub fn select(&self, selection: &Selection) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let targets = self.target_patterns(&selection.targets, &mut problems);
        let labels = self.label_patterns(&selection.labels, &mut problems);
        for check in &selection.checks {
            if !self.jobs.iter().any(|job| fits_check(check, job)) {
                problems.push(self.no_such_check(check));
            }
        }
        if !problems.is_empty() {
            return Err(Problems(problems));
        }
        let fits = |job: &&PlannedJob| {
            let (name, own) = (job.target.name(), job.target.labels());
            (targets.is_empty() || targets.iter().any(|pattern| pattern.fits(name, own)))
                && labels.iter().all(|pattern| pattern.fits(name, own))
                && (selection.checks.is_empty()
                    || selection.checks.iter().any(|check| fits_check(check, job)))
        };
        let jobs: Vec<PlannedJob> = self.jobs.iter().filter(fits).cloned().collect();
        if jobs.is_empty() {
            return Err(nothing_together(selection).into());
        }
        Ok(Self {
            jobs,
            ..self.clone()
        })
    }

    fn target_patterns(&self, texts: &[String], problems: &mut Vec<Problem>) -> Vec<Pattern> {
        let mut patterns = Vec::new();
        for text in texts {
            match Pattern::parse(text) {
                Ok(pattern) if self.has_job(&pattern) => patterns.push(pattern),
                Ok(pattern) => problems.push(self.no_such_target(&pattern)),
                Err(remark) => problems.push(told(remark)),
            }
        }
        patterns
    }

    fn label_patterns(&self, texts: &[String], problems: &mut Vec<Problem>) -> Vec<Pattern> {
        let mut patterns = Vec::new();
        for text in texts {
            match Pattern::parse(text) {
                Ok(pattern @ Pattern::Label { .. }) if self.has_job(&pattern) => {
                    patterns.push(pattern);
                }
                Ok(pattern @ Pattern::Label { .. }) => problems.push(self.no_such_target(&pattern)),
                Ok(_) => problems.push(
                    Problem::without_place(format!("`--label {text}` is not `key=value`"))
                        .with_hint("write for example `--label env=prod`"),
                ),
                Err(remark) => problems.push(told(remark)),
            }
        }
        patterns
    }

    fn has_job(&self, pattern: &Pattern) -> bool {
        self.jobs
            .iter()
            .any(|job| pattern.fits(job.target.name(), job.target.labels()))
    }

    fn no_such_target(&self, pattern: &Pattern) -> Problem {
        let configured = self
            .targets
            .iter()
            .any(|target| pattern.fits(target.name(), target.labels()));
        if configured {
            return Problem::without_place(format!("no check runs on `{pattern}`"))
                .with_hint("add it to the `targets` of a [[check]]");
        }
        let hint = match pattern {
            Pattern::Label { .. } => label_hint(pattern, &self.targets),
            Pattern::Name(name) | Pattern::Glob(name) => {
                suggest::hint(name, self.targets.iter().map(|target| target.name()), "")
            }
        };
        let message = match pattern {
            Pattern::Name(name) => format!("there is no target `{name}`"),
            Pattern::Glob(_) | Pattern::Label { .. } => format!("`{pattern}` selects no target"),
        };
        Problem::without_place(message).with_hint(hint)
    }

    fn no_such_check(&self, text: &str) -> Problem {
        let mut names: Vec<&str> = self.jobs.iter().map(|job| job.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        Problem::without_place(format!("no configured check is called `{text}`")).with_hint(
            suggest::hint(text, names.iter().copied(), "none is configured"),
        )
    }
}

fn fits_check(glob: &str, job: &PlannedJob) -> bool {
    fits_glob(glob, &job.name)
        || fits_glob(glob, &job.check.id)
        || fits_glob(glob, &format!("{}/{}", job.pack, job.check.id))
}

fn told(remark: Remark) -> Problem {
    let problem = Problem::without_place(remark.message);
    Problem {
        hint: remark.hint,
        ..problem
    }
}

fn nothing_together(selection: &Selection) -> Problem {
    let flags = [
        ("--target", &selection.targets),
        ("--check", &selection.checks),
        ("--label", &selection.labels),
    ];
    let asked: Vec<String> = flags
        .iter()
        .flat_map(|(flag, values)| values.iter().map(move |value| format!("{flag} {value}")))
        .collect();
    Problem::without_place(format!("no job fits `{}`", asked.join(" ")))
        .with_hint("each of them alone fits a job; leave one of them out")
}
