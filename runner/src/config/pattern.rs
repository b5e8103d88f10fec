//! [`Pattern`]: how targets and checks are selected: a name, a glob, or `key=value` for labels.

use std::collections::BTreeMap;
use std::fmt;

use super::collector::Remark;

/// Selects by name or by label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// Exactly this name.
    Name(String),
    /// Names that fit, with `*` for any characters and `?` for one.
    Glob(String),
    /// Targets with a label whose value fits; the value may be a glob.
    Label {
        /// The label's key.
        key: String,
        /// What its value must fit.
        value: String,
    },
}

impl Pattern {
    /// Reads a pattern.
    pub(super) fn parse(text: &str) -> Result<Self, Remark> {
        if let Some((key, value)) = text.split_once('=') {
            if key.trim() != key || value.trim() != value || key.is_empty() {
                return Err(Remark::new(
                    "a label selector is `key=value`, without spaces",
                ));
            }
            return Ok(Self::Label {
                key: key.to_owned(),
                value: value.to_owned(),
            });
        }
        if text.contains(['*', '?']) {
            return Ok(Self::Glob(text.to_owned()));
        }
        Ok(Self::Name(text.to_owned()))
    }

    /// Whether it fits a target with this name and these labels.
    pub(super) fn fits(&self, name: &str, labels: &BTreeMap<String, String>) -> bool {
        match self {
            Self::Name(exact) => exact == name,
            Self::Glob(glob) => fits_glob(glob, name),
            Self::Label { key, value } => {
                labels.get(key).is_some_and(|label| fits_glob(value, label))
            }
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(text) | Self::Glob(text) => f.write_str(text),
            Self::Label { key, value } => write!(f, "{key}={value}"),
        }
    }
}

/// Whether all of `text` fits `glob`. Going back to the last `*` only keeps hostile globs cheap.
pub(super) fn fits_glob(glob: &str, text: &str) -> bool {
    let glob: Vec<char> = glob.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut g, mut t) = (0, 0);
    let mut last_star: Option<(usize, usize)> = None;
    while t < text.len() {
        match glob.get(g) {
            Some('*') => {
                last_star = Some((g, t));
                g += 1;
            }
            Some(&c) if c == '?' || c == text[t] => {
                g += 1;
                t += 1;
            }
            _ => match &mut last_star {
                Some((star, from)) => {
                    *from += 1;
                    g = *star + 1;
                    t = *from;
                }
                None => return false,
            },
        }
    }
    glob[g..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_fits_a_glob() {
        for (glob, text, fits) in [
            ("*", "", true),
            ("*", "orders", true),
            ("ord*", "orders", true),
            ("*ers", "orders", true),
            ("o*d*s", "orders", true),
            ("order?", "orders", true),
            ("order?", "order", false),
            ("orders", "orders", true),
            ("orders", "orders2", false),
            ("*/health", "core/health", true),
            ("Orders", "orders", false),
        ] {
            assert_eq!(fits_glob(glob, text), fits, "{glob} {text}");
        }
    }

    #[test]
    fn labels_are_selected_by_key_and_value() {
        let labels = BTreeMap::from([("env".to_owned(), "prod-eu".to_owned())]);
        for (text, fits) in [
            ("env=prod-eu", true),
            ("env=prod*", true),
            ("env=", false),
            ("env=test", false),
            ("team=shop", false),
        ] {
            let pattern = Pattern::parse(text).expect("a selector");
            assert_eq!(pattern.fits("orders", &labels), fits, "{text}");
        }
        for bad in ["=x", "env = prod", " env=prod"] {
            assert!(Pattern::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_hostile_glob_costs_little() {
        assert!(!fits_glob(&"*a".repeat(2_000), &"a".repeat(1_999)));
    }

    proptest! {
        #[test]
        fn a_text_fits_itself_and_anything_fits_a_star(text in "[^*?]{0,20}") {
            prop_assert!(fits_glob(&text, &text));
            prop_assert!(fits_glob("*", &text));
            let (start, end) = ("*".to_owned() + &text, text.clone() + "*");
            prop_assert!(fits_glob(&start, &text) && fits_glob(&end, &text));
        }
    }
}
