//! Routes of every kind, and maintenances in a zone whose clocks change.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;

use crate::alert::channel::Channel;
use crate::alert::telling::{Audience, Role};
use crate::model::alerting::{Alerting, Maintenance};
use crate::model::incident::Severity;
use crate::model::job::Job;
use crate::model::mail::{MailSettings, MailWay, Mailbox};
use crate::model::notification::Origin;
use crate::model::route::{Destination, Program, Route, Scope, Webhook, WebhookFormat};
use crate::model::schedule::CronLine;
use crate::model::secret::Secret;
use crate::pipeline::messenger::Orders;

pub const OPS: &str = "ops";
pub const ONCALL: &str = "oncall";
pub const SPARE: &str = "spare";
const REPAIR: &str = "repair";

/// The people of [`OPS`].
pub const ALICE: &str = "alice@x.example";
pub const BOB: &str = "bob@x.example";

/// With or without the people on call.
pub fn orders(jobs: Vec<Arc<Job>>, with_oncall: bool) -> Orders {
    let names = [OPS, ONCALL, SPARE, REPAIR];
    let names = names
        .into_iter()
        .filter(|name| with_oncall || *name != ONCALL);
    let audiences: Vec<Audience> = names.map(audience).collect();
    let channels: HashMap<String, Channel> = audiences
        .iter()
        .map(|audience| (audience.name.clone(), channel(audience)))
        .collect();
    Orders {
        audiences,
        channels,
        rules: rules(),
        jobs,
        origin: Origin {
            host: "watch".to_owned(),
            configuration: "/etc/checkrun.toml".to_owned(),
            version: "0".to_owned(),
        },
        zone: berlin(),
    }
}

fn audience(name: &str) -> Audience {
    let (role, severity) = match name {
        ONCALL => (Role::Told, Severity::Critical),
        SPARE => (Role::Fallback, Severity::Warning),
        REPAIR => (Role::Remedy, Severity::Critical),
        _ => (Role::Told, Severity::Warning),
    };
    Audience {
        name: name.to_owned(),
        role,
        scope: Scope {
            severity,
            ..Scope::default()
        },
    }
}

fn channel(audience: &Audience) -> Channel {
    let destination = match audience.name.as_str() {
        OPS => Destination::Mail(vec![mailbox(ALICE), mailbox(BOB)]),
        REPAIR => Destination::OnIncident(Program {
            path: "/bin/repair".into(),
            arguments: Vec::new(),
        }),
        name => Destination::Webhook(Box::new(Webhook {
            is_tls: true,
            host: format!("{name}.example"),
            port: 443,
            path: Secret::new("/".to_owned()),
            format: WebhookFormat::Json,
            headers: Vec::new(),
            ca: None,
            timeout: Duration::from_secs(10),
        })),
    };
    let route = Route {
        name: audience.name.clone(),
        scope: audience.scope.clone(),
        is_fallback: audience.role == Role::Fallback,
        destination,
    };
    let settings = MailSettings {
        from: mailbox("checkrun@x.example"),
        // Nothing is handed to it.
        way: MailWay::Folder("/nonexistent".into()),
        prefix: None,
        templates: Vec::new(),
    };
    Channel::new(&route, Some((&settings, &Arc::default())), "watch").expect("a channel")
}

fn rules() -> Alerting {
    let maintenance = |cron: &str, target: &str, hours: u64| Maintenance {
        scope: Scope {
            targets: vec![target.to_owned()],
            ..Scope::default()
        },
        begins: CronLine::parse(cron, berlin()).expect("a line"),
        lasts: Duration::from_secs(hours * 3600),
    };
    Alerting {
        maintenance: vec![
            maintenance("30 2 * * *", "db-00", 2),
            maintenance("0 1 * * SUN", "db-1?", 3),
        ],
        ..Alerting::default()
    }
}

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").expect("a zone")
}

fn mailbox(text: &str) -> Mailbox {
    Mailbox::parse(text).expect("an address")
}
