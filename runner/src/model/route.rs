//! [`Route`]: who is told about what, and by which means.
//!
//! Every route that fits tells its people; none takes an incident away from another.

mod destination;

use std::collections::BTreeMap;

use super::glob::fits_glob;
use super::incident::Severity;
pub use destination::{Destination, Program, Webhook, WebhookFormat};

/// Who is told about what, `[[route]]` with its secrets looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Unique in a configuration; the history knows the route by it.
    pub name: String,
    /// What it is for.
    pub scope: Scope,
    /// It gets only what the other routes could not deliver.
    pub is_fallback: bool,
    /// Where messages go.
    pub destination: Destination,
}

/// What a route is for: everything that fits all of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// At least so bad.
    pub severity: Severity,
    /// The target has all of these labels; the values are globs.
    pub labels: BTreeMap<String, String>,
    /// The job's name fits one of these globs; any job when there is none.
    pub checks: Vec<String>,
    /// The target's name fits one of these globs; any target when there is none.
    pub targets: Vec<String>,
}

impl Default for Scope {
    fn default() -> Self {
        Self {
            severity: Severity::Warning,
            labels: BTreeMap::new(),
            checks: Vec::new(),
            targets: Vec::new(),
        }
    }
}

impl Scope {
    /// Whether it is for an incident of this severity, of this job, on this target with these labels.
    #[must_use]
    pub fn fits(
        &self,
        severity: Severity,
        target: &str,
        job: &str,
        labels: &BTreeMap<String, String>,
    ) -> bool {
        let has_label = |(key, glob): (&String, &String)| {
            labels.get(key).is_some_and(|value| fits_glob(glob, value))
        };
        severity >= self.severity
            && self.labels.iter().all(has_label)
            && fits_any(&self.targets, target)
            && fits_any(&self.checks, job)
    }
}

fn fits_any(globs: &[String], name: &str) -> bool {
    globs.is_empty() || globs.iter().any(|glob| fits_glob(glob, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_bad_enough_and_has_the_labels_and_one_of_the_names() {
        let map = |pairs: &[(&str, &str)]| {
            let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
            pairs.iter().map(owned).collect::<BTreeMap<_, _>>()
        };
        let labels = map(&[("env", "prod-eu"), ("team", "shop")]);
        let (warning, critical) = (Severity::Warning, Severity::Critical);
        for (least, wanted, checks, severity, fits) in [
            (warning, map(&[]), vec![], warning, true),
            (warning, map(&[]), vec![], critical, true),
            (critical, map(&[]), vec![], warning, false),
            (warning, map(&[("env", "prod-*")]), vec![], warning, true),
            (warning, map(&[("env", "prod")]), vec![], warning, false),
            (
                warning,
                map(&[("env", "*"), ("team", "shop")]),
                vec![],
                warning,
                true,
            ),
            (
                warning,
                map(&[("env", "*"), ("tier", "*")]),
                vec![],
                warning,
                false,
            ),
            (warning, map(&[]), vec!["core/*"], warning, true),
            (
                warning,
                map(&[]),
                vec!["backup", "core/health"],
                warning,
                true,
            ),
            (warning, map(&[]), vec!["backup", "health"], warning, false),
        ] {
            let scope = Scope {
                severity: least,
                labels: wanted,
                checks: checks.into_iter().map(str::to_owned).collect(),
                targets: Vec::new(),
            };
            assert_eq!(
                scope.fits(severity, "orders", "core/health", &labels),
                fits,
                "{scope:?} {severity:?}"
            );
        }
    }

    #[test]
    fn one_of_the_targets_when_there_are_any() {
        for (targets, fits) in [
            (vec![], true),
            (vec!["orders"], true),
            (vec!["shop", "ord*"], true),
            (vec!["shop"], false),
        ] {
            let scope = Scope {
                targets: targets.into_iter().map(str::to_owned).collect(),
                ..Scope::default()
            };
            let labels = BTreeMap::new();
            assert_eq!(scope.fits(Severity::Warning, "orders", "x", &labels), fits);
        }
    }
}
