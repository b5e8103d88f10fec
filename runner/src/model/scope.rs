//! [`Scope`]: which jobs on which targets something is for: a route, a mute, a maintenance.

use std::collections::BTreeMap;

use super::glob::fits_glob;

/// Which jobs on which targets. What is empty fits everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Globs; the target's name fits one of them.
    pub targets: Vec<String>,
    /// Globs; the job's name fits one of them.
    pub checks: Vec<String>,
    /// The target has all of these labels; the values are globs.
    pub labels: BTreeMap<String, String>,
}

impl Scope {
    /// Whether it is for this job on a target with this name and these labels.
    #[must_use]
    pub fn fits(&self, target: &str, job: &str, labels: &BTreeMap<String, String>) -> bool {
        let one_fits = |globs: &[String], name: &str| {
            globs.is_empty() || globs.iter().any(|glob| fits_glob(glob, name))
        };
        let has_label = |(key, glob): (&String, &String)| {
            labels.get(key).is_some_and(|value| fits_glob(glob, value))
        };
        one_fits(&self.targets, target)
            && one_fits(&self.checks, job)
            && self.labels.iter().all(has_label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_named_must_fit() {
        let list = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let map = |pairs: &[(&str, &str)]| {
            let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
            pairs.iter().map(owned).collect::<BTreeMap<_, _>>()
        };
        let labels = map(&[("env", "prod-eu"), ("team", "shop")]);
        for (targets, checks, wanted, fits) in [
            (&[][..], &[][..], &[][..], true),
            (&["orders"], &[], &[], true),
            (&["ord*", "users"], &[], &[], true),
            (&["users"], &[], &[], false),
            (&[], &["core/*"], &[], true),
            (&[], &["backup", "health"], &[], false),
            (&[], &[], &[("env", "prod-*"), ("team", "shop")], true),
            (&[], &[], &[("env", "prod")], false),
            (&[], &[], &[("tier", "*")], false),
            (&["orders"], &["backup"], &[("env", "*")], false),
        ] {
            let scope = Scope {
                targets: list(targets),
                checks: list(checks),
                labels: map(wanted),
            };
            assert_eq!(
                scope.fits("orders", "core/health", &labels),
                fits,
                "{scope:?}"
            );
        }
    }
}
