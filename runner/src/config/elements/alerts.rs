//! `[alerts]` and `[[maintenance]]`: when people are told.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Context, schedule};
use crate::config::shape::fields::Fields;
use crate::model::alerting::{Alerting, Maintenance};
use crate::model::route::Scope;
use crate::model::unit::parse_duration;

/// Reads both; what is not written is as by default.
pub(in crate::config) fn decode(
    alerts: Option<Fields<'_>>,
    maintenance: &[Fields<'_>],
    context: &mut Context<'_, '_>,
) -> Alerting {
    let default = Alerting::default();
    let duration = |key: &str, otherwise: Duration| {
        alerts
            .and_then(|alerts| alerts.duration(key))
            .unwrap_or(otherwise)
    };
    let remind = alerts.and_then(|alerts| alerts.table("remind"));
    let limit = alerts.and_then(|alerts| alerts.table("limit"));
    Alerting {
        group_wait: duration("group_wait", default.group_wait),
        group_interval: duration("group_interval", default.group_interval),
        remind_critical: age(remind, "critical", default.remind_critical),
        remind_warning: age(remind, "warning", default.remind_warning),
        messages_max: limit
            .and_then(|limit| limit.count("messages"))
            .unwrap_or(default.messages_max),
        messages_within: limit
            .and_then(|limit| limit.duration("within"))
            .unwrap_or(default.messages_within),
        maintenance: maintenance
            .iter()
            .filter_map(|fields| decode_maintenance(*fields, context))
            .collect(),
    }
}

/// `forever` is never.
fn age(table: Option<Fields<'_>>, key: &str, otherwise: Option<Duration>) -> Option<Duration> {
    let Some(text) = table.and_then(|table| table.text(key)) else {
        return otherwise;
    };
    match *text.get_ref() {
        "forever" => None,
        text => parse_duration(text).ok().or(otherwise),
    }
}

fn decode_maintenance(fields: Fields<'_>, context: &mut Context<'_, '_>) -> Option<Maintenance> {
    let begins = schedule::decode_cron(fields, context);
    Some(Maintenance {
        scope: scope(fields),
        begins: begins?,
        lasts: fields.duration("for")?,
    })
}

/// `targets`, `checks` and `labels`.
fn scope(fields: Fields<'_>) -> Scope {
    let list = |key: &str| {
        let texts = fields.texts(key);
        texts
            .iter()
            .map(|text| (*text.get_ref()).to_owned())
            .collect()
    };
    let mut labels = BTreeMap::new();
    for (key, value) in fields
        .table("labels")
        .iter()
        .flat_map(|table| table.entries())
    {
        if let Some(value) = value.get_ref().as_str() {
            labels.insert((*key.get_ref()).to_owned(), value.to_owned());
        }
    }
    Scope {
        targets: list("targets"),
        checks: list("checks"),
        labels,
        ..Scope::default()
    }
}
