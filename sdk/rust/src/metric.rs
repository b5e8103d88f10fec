//! [`MetricSpec`], declared once as a constant, and [`Metric`], a value of it.

/// A metric as a check declares it. Write it once, as a constant, list the constant in
/// `#[check(metrics = […])]` and make values with it: name and unit cannot disagree.
///
/// ```
/// use checkrun_sdk::MetricSpec;
///
/// const USED: MetricSpec = MetricSpec::ratio("used_ratio", "Share of the disk in use")
///     .warning("> 80%")
///     .critical("> 95%");
/// assert_eq!(USED.value(0.5).value, 0.5);
/// ```
///
/// A name that the host would refuse does not compile:
///
/// ```compile_fail
/// use checkrun_sdk::MetricSpec;
///
/// const USED: MetricSpec = MetricSpec::ratio("Used Ratio", "Share of the disk in use");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetricSpec {
    /// `[a-z][a-z0-9_]*`
    pub name: &'static str,
    /// `ratio`, `bytes`, `seconds`, `count`, `per-second`, or the pack's own word.
    pub unit: &'static str,
    /// For people.
    pub description: &'static str,
    /// Default threshold in the configuration's own language, such as `> 80%`.
    pub warning: Option<&'static str>,
    /// As `warning`.
    pub critical: Option<&'static str>,
}

impl MetricSpec {
    /// A metric in a unit of its own.
    #[must_use]
    pub const fn new(name: &'static str, unit: &'static str, description: &'static str) -> Self {
        assert!(
            is_metric_name(name),
            "a metric's name has lower-case letters, digits and `_`, a letter first"
        );
        assert!(
            !unit.is_empty(),
            "a metric has a unit; plain numbers are a `count`"
        );
        Self {
            name,
            unit,
            description,
            warning: None,
            critical: None,
        }
    }

    /// A share, 1.0 is all of it.
    #[must_use]
    pub const fn ratio(name: &'static str, description: &'static str) -> Self {
        Self::new(name, "ratio", description)
    }

    /// A size.
    #[must_use]
    pub const fn bytes(name: &'static str, description: &'static str) -> Self {
        Self::new(name, "bytes", description)
    }

    /// A time span.
    #[must_use]
    pub const fn seconds(name: &'static str, description: &'static str) -> Self {
        Self::new(name, "seconds", description)
    }

    /// A number of things.
    #[must_use]
    pub const fn count(name: &'static str, description: &'static str) -> Self {
        Self::new(name, "count", description)
    }

    /// A rate.
    #[must_use]
    pub const fn per_second(name: &'static str, description: &'static str) -> Self {
        Self::new(name, "per-second", description)
    }

    /// The default threshold for a warning, such as `> 80%`, `< 5`, `outside 1..5`.
    #[must_use]
    pub const fn warning(self, threshold: &'static str) -> Self {
        Self {
            warning: Some(threshold),
            ..self
        }
    }

    /// The default threshold for critical.
    #[must_use]
    pub const fn critical(self, threshold: &'static str) -> Self {
        Self {
            critical: Some(threshold),
            ..self
        }
    }

    /// A value of this metric, in its unit.
    #[must_use]
    pub fn value(&self, value: f64) -> Metric {
        Metric {
            name: self.name.to_owned(),
            value,
            unit: self.unit.to_owned(),
            labels: Vec::new(),
            declared: true,
        }
    }
}

/// Whether the host accepts this as the name of a metric: `[a-z][a-z0-9_]*`.
#[must_use]
pub const fn is_metric_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    if bytes.is_empty() || !bytes[0].is_ascii_lowercase() {
        return false;
    }
    let mut index = 1;
    while index < bytes.len() {
        if !matches!(bytes[index], b'a'..=b'z' | b'0'..=b'9' | b'_') {
            return false;
        }
        index += 1;
    }
    true
}

/// A named number with a unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// `[a-z][a-z0-9_]*`
    pub name: String,
    /// Must be finite, or the host refuses the report.
    pub value: f64,
    /// `ratio`, `bytes`, `seconds`, `count`, `per-second`, or the pack's own word.
    pub unit: String,
    /// Tell several metrics of one name apart.
    pub labels: Vec<(String, String)>,
    /// Made from a [`MetricSpec`], so the check has to list it.
    pub(crate) declared: bool,
}

impl Metric {
    /// A metric whose name is only known at run time, such as a column's. Prefer a [`MetricSpec`].
    #[must_use]
    pub fn undeclared(name: impl Into<String>, unit: impl Into<String>, value: f64) -> Self {
        Self {
            name: name.into(),
            value,
            unit: unit.into(),
            labels: Vec::new(),
            declared: false,
        }
    }

    /// Adds a label.
    #[must_use]
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.push((key.into(), value.into()));
        self
    }
}
