//! What each way makes of the same notification, and that it can be kept.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::tz::TimeZone;
use serde_json::Value;

use super::*;
use crate::alert::email::compose::compose;
use crate::alert::email::message::Image;
use crate::model::incident::Severity;
use crate::model::mail::MailWay;
use crate::model::notification::{About, Item, Notification, What};
use crate::model::route::{Program, Scope, Webhook};
use crate::model::run::Micros;
use crate::model::secret::Secret;

fn route(destination: Destination) -> Route {
    Route {
        name: "shop".to_owned(),
        scope: Scope::default(),
        is_fallback: false,
        destination,
    }
}

fn mailbox(text: &str) -> Mailbox {
    Mailbox::parse(text).expect("an address")
}

fn channels() -> Vec<Channel> {
    let settings = MailSettings {
        from: mailbox("checkrun <checkrun@shop.example>"),
        way: MailWay::Folder("/nonexistent".into()),
        prefix: None,
        templates: Vec::new(),
    };
    let style = Arc::default();
    let webhook = |format| {
        Destination::Webhook(Box::new(Webhook {
            is_tls: true,
            host: "hooks.example".to_owned(),
            port: 443,
            path: Secret::new("/canary".to_owned()),
            format,
            headers: Vec::new(),
            ca: None,
            timeout: Duration::from_secs(10),
        }))
    };
    let program = Program {
        path: "/usr/local/bin/page".into(),
        arguments: Vec::new(),
    };
    [
        Destination::Mail(vec![mailbox(
            "Jörg, \"the\" one <a@x.example>".replace('"', "").as_str(),
        )]),
        webhook(WebhookFormat::Json),
        webhook(WebhookFormat::Slack),
        Destination::Exec(program),
    ]
    .map(|destination| Channel::new(&route(destination), Some((&settings, &style)), "db-watch"))
    .map(|channel| channel.expect("settings"))
    .into()
}

fn item(incident: i64, what: What, text: &str) -> Item {
    Item {
        what,
        incident,
        target: "orders".to_owned(),
        job: "core/health".to_owned(),
        check: "core/health".to_owned(),
        object: "verdict".to_owned(),
        severity: Severity::Critical,
        peak: Severity::Critical,
        since: Micros(1_795_456_000_000_000),
        until: None,
        text: text.to_owned(),
        advice: None,
        measured: None,
        findings: Vec::new(),
        past: Vec::new(),
        acknowledged: None,
        suspended: 0,
    }
}

fn notification() -> Notification {
    Notification {
        id: "1795456328000000.17".to_owned(),
        thread: "1795456328000000.16".to_owned(),
        written: Micros(1_795_456_328_000_000),
        route: "shop".to_owned(),
        about: About::Target {
            name: "orders".to_owned(),
            labels: BTreeMap::new(),
        },
        news: vec![
            item(7, What::New, "<!channel> & \u{1b}[2J down"),
            item(8, What::GoesOn, "slow"),
            item(9, What::New, "full"),
        ],
        left_out: 0,
        others: Vec::new(),
        delayed_since: None,
        reminder_after: None,
        not_stored: None,
        origin: crate::model::notification::Origin {
            host: "db-watch".to_owned(),
            configuration: "/etc/checkrun/checkrun.toml".to_owned(),
            version: "0.1.0".to_owned(),
        },
    }
}

#[test]
fn each_way_writes_it_down_in_its_own_form() {
    for channel in channels() {
        match (
            channel.means(),
            channel.write(&notification(), &TimeZone::UTC),
        ) {
            (Means::Mail, Content::Mail(message)) => {
                assert!(message.subject.starts_with("CRIT orders: "), "{message:?}");
                assert_eq!(message.id.bracketed(), "<1795456328000000.17@db-watch>");
                assert!(message.thread.is_some());
            }
            (Means::Webhook, Content::Webhook { id, body }) => {
                assert_eq!(id, "1795456328000000.17");
                let body: Value = serde_json::from_str(&body).expect("JSON");
                match body["text"].as_str() {
                    Some(text) => {
                        assert!(text.contains("&lt;!channel&gt; &amp; "), "{text}");
                        assert!(!text.contains(['<', '>', '\u{1b}']), "{text}");
                    }
                    None => assert_eq!(body["news"][0]["incident"], 7),
                }
            }
            (
                Means::Program,
                Content::Program {
                    input, variables, ..
                },
            ) => {
                assert!(
                    input.ends_with("}\n") && !input.trim_end().contains('\n'),
                    "{input}"
                );
                let shown: Vec<String> = variables
                    .iter()
                    .map(|(name, value)| format!("{name}={value}"))
                    .collect();
                insta::assert_snapshot!(shown.join("\n"));
            }
            (means, content) => panic!("{means:?}: {content:?}"),
        }
    }
}

#[test]
fn what_is_kept_as_text_is_the_same_to_the_last_byte() {
    for channel in channels() {
        let origin = Origin {
            host: "db-watch".to_owned(),
            configuration: "checkrun.toml".to_owned(),
            way: channel.shown(),
            recipients: "you are in a route".to_owned(),
            version: "0.1.0".to_owned(),
        };
        let mut contents = vec![
            channel.write(&notification(), &TimeZone::UTC),
            channel.trial("shop", &origin, Micros(1)),
        ];
        if let Content::Mail(message) = &mut contents[0] {
            message.html = Some("<img src=\"cid:day.png\">".to_owned());
            message.images = vec![Image {
                name: "day.png".to_owned(),
                png: (0..=255).collect(),
            }];
        }
        for content in contents {
            let text = content.to_text();
            assert!(!text.contains("canary"), "{text}");
            let again = Content::from_text(&text).expect("our own");
            assert_eq!(again, content);
            assert_eq!(again.to_text(), text);
            if let (Content::Mail(one), Content::Mail(other)) = (&content, &again) {
                assert_eq!(compose(one).expect("sound"), compose(other).expect("sound"));
            }
        }
    }
    for text in [
        "",
        "{}",
        "{\"means\":\"pigeon\"}",
        "{\"means\":\"webhook\"}",
        "null",
    ] {
        assert!(Content::from_text(text).is_err(), "{text}");
    }
}

#[tokio::test]
async fn a_message_for_other_means_is_not_sent() {
    let channels = channels();
    let contents: Vec<Content> = channels
        .iter()
        .map(|channel| channel.write(&notification(), &TimeZone::UTC))
        .collect();
    for channel in &channels {
        for content in &contents {
            let is_same = match content {
                Content::Mail(_) => channel.means() == Means::Mail,
                Content::Webhook { .. } => channel.means() == Means::Webhook,
                Content::Program { .. } => channel.means() == Means::Program,
            };
            if is_same {
                continue;
            }
            let mut steps = 0;
            let open = ["whoever".to_owned()];
            let attempt = channel.send(content, &open, &mut |_| steps += 1).await;
            assert_eq!(attempt.end, End::Stopped(Phase::Content, Cause::OtherMeans));
            assert_eq!(attempt.deliveries[0].fate, Fate::Refused);
            assert_eq!(
                (attempt.deliveries[0].recipient.as_str(), steps),
                ("whoever", 0)
            );
        }
    }
}
