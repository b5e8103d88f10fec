//! `thresholds.<metric> = { warning, critical, clear }` of a check, as written. The unit to read
//! them in, only the check's pack says.

use toml::Spanned;

use super::Context;
use crate::config::collector::Remark;
use crate::config::shape::fields::{Fields, fields_of};

/// The thresholds of one metric, as written.
#[derive(Clone, Debug)]
pub(in crate::config) struct WrittenThresholds {
    /// The metric's name.
    pub metric: Spanned<String>,
    /// By level.
    pub warning: Option<Spanned<String>>,
    /// By level.
    pub critical: Option<Spanned<String>>,
    /// By level.
    pub clear: Option<Spanned<String>>,
}

/// Reads the thresholds. Forecasts are looked at but have no effect yet.
pub(in crate::config) fn decode(
    fields: Option<Fields<'_>>,
    context: &mut Context<'_, '_>,
) -> Vec<WrittenThresholds> {
    let mut all = Vec::new();
    for (metric, value) in fields.into_iter().flat_map(Fields::entries) {
        let Some(levels) = fields_of(value) else {
            continue;
        };
        let mut level = |key| {
            let text = levels.text(key)?;
            if is_forecast(text.get_ref()) {
                let remark = Remark::new("`reaches … within …` has no effect in this version")
                    .with_hint("nothing is forecast yet; the check's own default stays in force");
                context.problems.warning(&text.span(), remark);
            }
            Some(Spanned::new(text.span(), (*text.get_ref()).to_owned()))
        };
        all.push(WrittenThresholds {
            metric: Spanned::new(metric.span(), (*metric.get_ref()).to_owned()),
            warning: level("warning"),
            critical: level("critical"),
            clear: level("clear"),
        });
    }
    all
}

/// Whether a threshold is of the form `reaches x within d`.
pub(in crate::config) fn is_forecast(text: &str) -> bool {
    text.trim_start().starts_with("reaches")
}
