//! [`Route`]: who is told about what.
//!
//! Every route that fits tells its people; none takes an incident away from another.

use std::collections::BTreeMap;

use super::Mailbox;
use crate::model::glob::fits_glob;
use crate::model::incident::Severity;

/// Who is told about what, `[[route]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// At least so bad.
    pub severity: Severity,
    /// The target has all of these labels; the values are globs.
    pub labels: BTreeMap<String, String>,
    /// The job's name fits one of these globs; any job when there is none.
    pub checks: Vec<String>,
    /// Who is told, at least one.
    pub to: Vec<Mailbox>,
}

impl Route {
    /// Whether it is for an incident of this severity, of this job, on a target with these labels.
    #[must_use]
    pub fn fits(&self, severity: Severity, job: &str, labels: &BTreeMap<String, String>) -> bool {
        let has_label = |(key, glob): (&String, &String)| {
            labels.get(key).is_some_and(|value| fits_glob(glob, value))
        };
        severity >= self.severity
            && self.labels.iter().all(has_label)
            && (self.checks.is_empty() || self.checks.iter().any(|glob| fits_glob(glob, job)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_fits_what_is_bad_enough_and_has_the_labels_and_one_of_the_names() {
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
            let route = Route {
                severity: least,
                labels: wanted,
                checks: checks.into_iter().map(str::to_owned).collect(),
                to: Vec::new(),
            };
            assert_eq!(
                route.fits(severity, "core/health", &labels),
                fits,
                "{route:?} {severity:?}"
            );
        }
    }
}
