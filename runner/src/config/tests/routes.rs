//! `[[route]]`: what is understood, which secrets are found, and what is refused.

use std::fmt::Write;
use std::time::Duration;

use super::{config, read, refused};
use crate::config::Environment;
use crate::model::incident::Severity;
use crate::model::route::{Destination, Route, Webhook, WebhookFormat};

const EMAIL: &str = "[email]\nsmtp = 'file:./outbox'\nfrom = 'checkrun@example.org'\n";

const CHAT: &str = "https://hooks.example/services/canary?key=canary";

fn environment() -> Environment {
    Environment::from_iter([
        ("CHAT_URL", CHAT),
        ("CHAT_TOKEN", "Bearer canary"),
        ("PLAIN_URL", "http://hooks.example/canary"),
        ("NO_URL", "canary"),
        ("TWO_LINES", "canary\r\nX-Evil: canary"),
    ])
}

/// What a file with these routes and a way to send mail says.
fn routes(text: &str) -> Vec<Route> {
    let config = config(&format!("{EMAIL}{text}"));
    match config.resolve_routes(&environment()) {
        Ok((routes, _)) => routes,
        Err(problems) => panic!("{text}: {problems}"),
    }
}

fn webhook(keys: &str) -> Webhook {
    let route = routes(&format!("[[route]]\nwebhook = {{ {keys} }}\n")).remove(0);
    match route.destination {
        Destination::Webhook(webhook) => *webhook,
        other => panic!("{keys}: {other:?}"),
    }
}

#[test]
fn routes_are_read_in_the_order_of_the_file() {
    let routes = routes(
        r#"
[[route]]
to = ["ops@example.org", "Jörg <joerg@example.org>"]
[[route]]
name = "shop"
match = { severity = "critical", labels = { team = "shop", env = "prod-*" }, checks = ["core/*", "backup"], targets = ["orders", "eu-*"] }
exec = ["/usr/local/bin/page", "--team", "a b"]
[[route]]
fallback = true
webhook = { url = "https://hooks.example/x" }
[[route]]
on_incident = ["/usr/local/bin/restart-pooler"]
[[route]]
webhook = { url = { env = "CHAT_URL" } }
"#,
    );
    let names: Vec<&str> = routes.iter().map(|route| route.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "ops@example.org, joerg@example.org",
            "shop",
            "webhook hooks.example",
            "restart-pooler",
            "webhook env CHAT_URL",
        ]
    );
    let fallbacks: Vec<bool> = routes.iter().map(|route| route.is_fallback).collect();
    assert_eq!(fallbacks, [false, false, true, false, false]);
    assert_eq!(routes[0].scope.severity, Severity::Warning);
    let scope = &routes[1].scope;
    assert_eq!(scope.severity, Severity::Critical);
    assert_eq!(scope.checks, ["core/*", "backup"]);
    assert_eq!(scope.targets, ["orders", "eu-*"]);
    assert_eq!(scope.labels["env"], "prod-*");
    let recipients: Vec<Vec<String>> = routes
        .iter()
        .map(|route| route.destination.recipients())
        .collect();
    assert_eq!(
        recipients,
        [
            vec!["ops@example.org", "joerg@example.org"],
            vec!["/usr/local/bin/page"],
            vec!["https://hooks.example"],
            vec!["/usr/local/bin/restart-pooler"],
            vec!["https://hooks.example"],
        ]
    );
    let Destination::Exec(program) = &routes[1].destination else {
        panic!("{:?}", routes[1]);
    };
    assert_eq!(program.arguments, ["--team", "a b"]);
}

#[test]
fn a_webhook_is_complete_once_its_secrets_are_found() {
    let plain = webhook("url = 'http://127.0.0.1:8080'");
    assert_eq!(plain.shown(), "http://127.0.0.1:8080");
    assert_eq!(
        (plain.format, plain.timeout, plain.headers.len()),
        (WebhookFormat::Json, Duration::from_secs(10), 0)
    );
    let full = webhook(
        "url = { env = 'CHAT_URL' }, format = 'slack', timeout = '5s', ca = 'ca.pem', headers = { Authorization = { env = 'CHAT_TOKEN' }, X-Team = 'shop' }",
    );
    assert_eq!(full.shown(), "https://hooks.example");
    assert_eq!(full.path.reveal(), "/services/canary?key=canary");
    assert_eq!(full.format, WebhookFormat::Slack);
    assert_eq!(full.ca, Some("/etc/checkrun/ca.pem".into()));
    let headers: Vec<(&str, &str)> = full
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.reveal()))
        .collect();
    assert_eq!(
        headers,
        [("Authorization", "Bearer canary"), ("X-Team", "shop")]
    );
}

#[test]
fn a_connection_is_protected_unless_it_stays_here_or_the_file_says_otherwise() {
    for (keys, is_tls, warns) in [
        ("url = 'https://hooks.example'", true, false),
        (
            "url = 'https://hooks.example', tls = 'required'",
            true,
            false,
        ),
        ("url = 'https://localhost'", true, false),
        ("url = 'http://localhost:8080'", false, false),
        ("url = 'http://[::1]:8080', tls = 'off'", false, false),
        ("url = 'http://hooks.example', tls = 'off'", false, true),
        ("url = { env = 'PLAIN_URL' }, tls = 'off'", false, true),
    ] {
        assert_eq!(webhook(keys).is_tls, is_tls, "{keys}");
        let loaded = read(&format!("[[route]]\nwebhook = {{ {keys} }}\n")).expect("sound");
        let (_, later) = loaded.config.resolve_routes(&environment()).expect("found");
        let all = loaded.warnings.and(later);
        assert_eq!(!all.is_empty(), warns, "{keys}: {all}");
        assert!(!all.to_string().contains("canary"), "{all}");
    }
}

#[test]
fn what_stands_in_the_file_and_should_not_is_warned_about() {
    let loaded = read(
        "[[route]]\nwebhook = { url = 'https://hooks.example/canary', format = 'slack', headers = { Authorization = 'canary', X-Team = 'shop' } }\n\
         [[route]]\nexec = ['/usr/local/bin/page --team shop']\n",
    )
    .expect("only warnings");
    assert!(
        !loaded.warnings.to_string().contains("canary"),
        "{}",
        loaded.warnings
    );
    insta::assert_snapshot!(loaded.warnings);
}

#[test]
fn secrets_that_are_not_what_they_should_be() {
    let mut all = String::new();
    for keys in [
        "url = { env = 'CHAT_URI' }",
        "url = { file = '/nonexistent/url' }",
        "url = { credential = 'chat' }",
        "url = { env = 'NO_URL' }",
        "url = { env = 'PLAIN_URL' }",
        "url = { env = 'CHAT_URL' }, tls = 'off'",
        "url = { env = 'CHAT_URL' }, headers = { A = { env = 'CHAT_TOKE' }, B = { env = 'TWO_LINES' } }",
    ] {
        let config = config(&format!("[[route]]\nwebhook = {{ {keys} }}\n"));
        let problems = config.resolve_routes(&environment()).expect_err(keys);
        let checked = config.check_secrets(&environment()).expect_err(keys);
        assert_eq!(
            problems.to_string(),
            checked.to_string(),
            "as `config check` says"
        );
        // Writing to a String cannot fail.
        let _ = writeln!(all, "{problems}\n");
    }
    assert!(!all.contains("canary"), "{all}");
    insta::assert_snapshot!(all);
}

#[test]
fn what_is_refused_says_why_and_repeats_no_secret() {
    let mut all = String::new();
    for keys in [
        "match = { severity = 'critical' }",
        "too = ['a@b.example']",
        "to = []",
        "to = ['nobody']",
        "to = ['a@b.example, c@d.example']",
        "to = [\"a@b\\r\\nBcc: c@d\"]",
        "to = ['jörg@example.org']",
        "to = ['']",
        "to = ['a@b.example']\nexec = ['/bin/page']\nwebhook = { url = 'https://canary/canary' }",
        "exec = 'page'",
        "exec = ['page', '--team']",
        "exec = ['./page']",
        "exec = ['~/page']",
        "exec = ['/usr/local/bin/']",
        "exec = ['', 'x']",
        "on_incident = ['restart-pooler']",
        "webhook = 'https://hooks.example/canary'",
        "webhook = { }",
        "webhook = { url = '' }",
        "webhook = { url = 5 }",
        "webhook = { url = { evn = 'canary' } }",
        "webhook = { url = { } }",
        "webhook = { url = 'hooks.example/canary' }",
        "webhook = { ulr = 'https://hooks.example/canary' }",
        "webhok = { url = 'https://hooks.example/canary' }",
        "webhook.url = 'ftp://hooks.example/canary'",
        "webhook = { url = 'https://user:canary@hooks.example/canary' }",
        "webhook = { url = 'http://hooks.example/canary' }",
        "webhook = { url = 'http://localhost/canary', tls = 'required' }",
        "webhook = { url = 'https://hooks.example/canary', tls = 'off' }",
        "webhook = { url = 'http://localhost/canary', ca = 'ca.pem' }",
        "webhook = { url = 'https://hooks.example/canary', format = 'slak', timeout = '1h' }",
        "webhook = { url = 'https://hooks.example/canary', headers = { Host = 'canary', a = '', 'a b' = 'canary', x = 'canary', X = 'canary' } }",
        "webhook = { url = 'https://hooks.example/canary', headers = { a = \"canary\\r\\nb: c\", d = 5, e = { file = '' } } }",
        "webhook = { url = 'https://hooks.example/canary', headers = 'Authorization: canary' }",
        "fallback = true\nmatch = { severity = 'critical' }\nto = ['a@b.example']",
        "fallback = true\non_incident = ['/bin/restart']",
        "fallback = true\nto = ['a@b.example']",
        "fallback = 'yes'\nto = ['a@b.example']",
        "name = ''\nto = ['a@b.example']",
        "name = \"a\\u001b[2J\"\nto = ['a@b.example']",
        "to = ['a@b.example']\n[[route]]\nmatch = { severity = 'critical' }\nto = ['A <a@b.example>']",
        "name = 'x'\nto = ['a@b.example']\n[[route]]\nname = 'x'\nexec = ['/bin/page']",
    ] {
        let problems = refused(&format!("{EMAIL}[[route]]\n{keys}\n")).to_string();
        assert!(!problems.contains("canary"), "{problems}");
        // Writing to a String cannot fail.
        let _ = writeln!(all, "{problems}\n");
    }
    let without = refused("[[route]]\nto = ['a@b.example']\n");
    let _ = writeln!(all, "{without}");
    insta::assert_snapshot!(all);
}
