//! Web servers as they are and as they should not be: what is made of each, in what time, and that no
//! secret comes back.

mod misbehaviour;
mod tls;

use std::time::Duration;

use checkrun_testkit::web_script::{ScriptedWeb, WebAct};

use super::*;
use crate::model::delivery::{End, Step};
use crate::model::route::WebhookFormat;
use crate::model::secret::Secret;

/// For everything that a test is not about: long enough for a machine with other work.
const PATIENT: Duration = Duration::from_secs(10);

fn webhook(port: u16, timeout: Duration) -> Webhook {
    let secret = |text: &str| Secret::new(text.to_owned());
    Webhook {
        is_tls: false,
        host: "127.0.0.1".to_owned(),
        port,
        path: secret("/services/T0/canary-path?key=canary-query"),
        format: WebhookFormat::Json,
        headers: vec![
            ("Authorization".to_owned(), secret("Bearer canary-token")),
            ("X-Team".to_owned(), secret("shop")),
        ],
        ca: None,
        timeout,
    }
}

const BODY: &str = "{\"headline\":\"lag\"}";

/// What became of it, and the steps on the way.
async fn send(webhook: Webhook, body: &str) -> (Attempt, Vec<Step>) {
    let mut steps = Vec::new();
    let attempt = Sender::new(webhook)
        .send("1795456328000000.17", body, &mut |step| {
            steps.push(step.clone())
        })
        .await;
    let shown = format!("{attempt:?} {steps:?}");
    assert!(!shown.contains("canary"), "{shown}");
    (attempt, steps)
}

/// `handed over`, `uncertain: closed`, `response: refused`
fn ending(attempt: &Attempt) -> String {
    match &attempt.end {
        End::HandedOver => "handed over".to_owned(),
        End::Uncertain(cause) => format!("uncertain: {}", cause.as_str()),
        End::Stopped(phase, cause) => format!("{}: {}", phase.as_str(), cause.as_str()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_gets_one_request_with_everything_in_it() {
    let server = ScriptedWeb::open(WebAct::Answer(b"HTTP/1.1 200 OK\r\n\r\nok")).expect("a port");
    let port = server.address().port();
    let (attempt, steps) = send(webhook(port, PATIENT), BODY).await;
    assert_eq!(attempt.end, End::HandedOver);
    assert_eq!(
        (
            attempt.deliveries[0].recipient.as_str(),
            attempt.deliveries[0].fate
        ),
        (format!("http://127.0.0.1:{port}").as_str(), Fate::Accepted)
    );
    let phases: Vec<&str> = steps.iter().map(|step| step.phase.as_str()).collect();
    assert_eq!(phases, ["look-up", "connect", "request", "response"]);
    let heard = server.heard();
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].body, BODY);
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        heard[0]
            .head
            .replace(&port.to_string(), "PORT")
            .replace(version, "VERSION"),
        "POST /services/T0/canary-path?key=canary-query HTTP/1.1\r\n\
         Host: 127.0.0.1:PORT\r\n\
         User-Agent: checkrun/VERSION\r\n\
         Accept: */*\r\n\
         Connection: close\r\n\
         Content-Type: application/json\r\n\
         Content-Length: 18\r\n\
         Idempotency-Key: 1795456328000000.17\r\n\
         X-Checkrun-Id: 1795456328000000.17\r\n\
         Authorization: Bearer canary-token\r\n\
         X-Team: shop"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_repeats_of_our_secrets_is_not_repeated_by_us() {
    let echo = b"HTTP/1.1 404 No canary-path\r\n\r\n\
        cannot POST /services/T0/canary-path?key=canary-query with Bearer canary-token (canary-token)";
    let server = ScriptedWeb::open(WebAct::Answer(echo)).expect("a port");
    let (attempt, _) = send(webhook(server.address().port(), PATIENT), BODY).await;
    let reply = attempt.deliveries[0].reply.as_ref().expect("a reply");
    assert_eq!(reply.text, "cannot POST … with … (…)");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_there() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .expect("a port")
        .local_addr()
        .expect("its address");
    let (attempt, _) = send(webhook(closed.port(), PATIENT), BODY).await;
    assert_eq!(ending(&attempt), "connect: no-connection");
    assert_eq!(attempt.deliveries[0].fate, Fate::Deferred);
    let nowhere = Webhook {
        host: "nowhere.invalid".to_owned(),
        ..webhook(closed.port(), PATIENT)
    };
    let (attempt, _) = send(nowhere, BODY).await;
    assert!(
        matches!(attempt.end, End::Stopped(Phase::LookUp, _)),
        "{attempt:?}"
    );
    assert_eq!(attempt.deliveries[0].fate, Fate::Deferred);
}
