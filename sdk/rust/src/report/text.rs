//! A [`Report`] as text, for the snapshots of tests.

use std::fmt;

use super::{Finding, Report};

impl fmt::Display for Report {
    /// The verdict and the summary, then a line for each metric, then the findings with everything
    /// they say. Meant to be kept as a snapshot and read in a review.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.status, self.summary)?;
        for metric in &self.metrics {
            write!(f, "  {} = {} {}", metric.name, metric.value, metric.unit)?;
            for (key, value) in &metric.labels {
                write!(f, " {key}={value:?}")?;
            }
            writeln!(f)?;
        }
        for finding in &self.findings {
            write!(f, "{finding}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Finding {
    /// Severity, key and title, then one line for everything else that is there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  [{}] {}: {}", self.severity, self.key, self.title)?;
        for line in self.detail.lines() {
            writeln!(f, "      {line}")?;
        }
        for (name, text) in [
            ("subject", &self.subject),
            ("advice", &self.advice),
            ("reference", &self.reference),
        ] {
            if let Some(text) = text {
                writeln!(f, "      {name}: {text}")?;
            }
        }
        for (name, value) in &self.evidence {
            writeln!(f, "      {name} = {value}")?;
        }
        Ok(())
    }
}
