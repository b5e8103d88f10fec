//! A heartbeat: somebody outside is told that all is well, or that it is not, by being asked for a page.

use tokio::time::Instant;

use super::{Attempting, request};
use crate::alert::steps::Steps;
use crate::model::delivery::Cause;
use crate::model::route::Webhook;

/// What is added to the path when something is wrong.
const FAIL: &str = "/fail";

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// All is well.
    Alive,
    /// Something is wrong.
    Failing,
}

/// Says it once; the server's own limit is for the whole attempt.
///
/// # Errors
/// Nobody heard it, as far as one can tell.
pub async fn ping(server: &Webhook, signal: Signal) -> Result<(), Cause> {
    let mut unwatched = |_: &_| {};
    let mut attempting = Attempting {
        webhook: server,
        steps: Steps::new(&mut unwatched),
        began: Instant::now(),
    };
    let request = request::plain(server, &path(server.path.reveal(), signal));
    let response = attempting.exchange(&request).await;
    match response.map_err(|stop| stop.cause)?.cause() {
        None => Ok(()),
        Some(cause) => Err(cause),
    }
}

/// `/uuid`, `/uuid/fail`; a query stays behind it.
fn path(path: &str, signal: Signal) -> String {
    let (path, query) = match path.split_once('?') {
        Some((path, query)) => (path, format!("?{query}")),
        None => (path, String::new()),
    };
    match signal {
        Signal::Alive => format!("{path}{query}"),
        Signal::Failing => format!("{}{FAIL}{query}", path.trim_end_matches('/')),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use checkrun_testkit::web_script::{ScriptedWeb, WebAct};

    use super::*;
    use crate::model::route::WebhookFormat;
    use crate::model::secret::Secret;

    fn server(port: u16, timeout: Duration) -> Webhook {
        Webhook {
            is_tls: false,
            host: "127.0.0.1".to_owned(),
            port,
            path: Secret::new("/canary?key=canary".to_owned()),
            format: WebhookFormat::Json,
            headers: Vec::new(),
            ca: None,
            timeout,
        }
    }

    #[test]
    fn failing_is_said_under_the_same_path() {
        for (given, alive, failing) in [
            ("/", "/", "/fail"),
            ("/uuid", "/uuid", "/uuid/fail"),
            ("/uuid/", "/uuid/", "/uuid/fail"),
            ("/a/b?rid=1", "/a/b?rid=1", "/a/b/fail?rid=1"),
        ] {
            assert_eq!(path(given, Signal::Alive), alive);
            assert_eq!(path(given, Signal::Failing), failing);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_the_server_gets_and_what_it_may_answer() {
        let patient = Duration::from_secs(10);
        for (answer, heard) in [
            (&b"HTTP/1.1 200 OK\r\n\r\nOK"[..], true),
            (
                b"HTTP/1.1 404 Not Found /canary\r\n\r\nno /canary here",
                false,
            ),
            (b"HTTP/1.1 503 Busy\r\n\r\n", false),
            (b"HTTP/1.1 301 Moved\r\nLocation: /canary\r\n\r\n", false),
            (b"SSH-2.0-x\r\n", false),
        ] {
            let web = ScriptedWeb::open(WebAct::Answer(answer)).expect("a port");
            let port = web.address().port();
            let result = ping(&server(port, patient), Signal::Failing).await;
            assert_eq!(result.is_ok(), heard, "{result:?}");
            assert!(!format!("{result:?}").contains("canary"), "{result:?}");
            let first = &web.heard()[0];
            let version = env!("CARGO_PKG_VERSION");
            assert_eq!(
                first.head,
                format!(
                    "GET /canary/fail?key=canary HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: checkrun/{version}\r\nAccept: */*\r\nConnection: close"
                )
            );
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_server_that_is_slow_takes_no_longer_than_it_may() {
        let short = Duration::from_millis(300);
        for act in [
            WebAct::Sleep(Duration::from_secs(3)),
            WebAct::Drip(b"HTTP/1.1 200 OK\r\n\r\n", Duration::from_millis(200)),
        ] {
            let web = ScriptedWeb::open(act).expect("a port");
            let began = Instant::now();
            let result = ping(&server(web.address().port(), short), Signal::Alive).await;
            assert_eq!(result, Err(Cause::Silent(short)));
            assert!(
                began.elapsed() < Duration::from_secs(2),
                "{:?}",
                began.elapsed()
            );
        }
    }
}
