//! [`Pattern`]: how targets and checks are selected: a name, a glob, or `key=value` for labels.

use std::collections::BTreeMap;
use std::fmt;

use super::collector::Remark;
use crate::model::glob::fits_glob;

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

#[cfg(test)]
mod tests {
    use super::*;

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
}
