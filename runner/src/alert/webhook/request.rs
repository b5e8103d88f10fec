//! What is asked of a web server: one `POST`, or one `GET` for a heartbeat, after which the connection ends.

use crate::model::route::Webhook;

/// The whole request. The configuration has made sure that nothing in it ends a line.
pub(super) fn request(webhook: &Webhook, id: &str, body: &str) -> Vec<u8> {
    let id = header_safe(id);
    let mut head = format!(
        "POST {} HTTP/1.1\r\n\
         Host: {}\r\n\
         User-Agent: checkrun/{}\r\n\
         Accept: */*\r\n\
         Connection: close\r\n\
         Content-Type: application/json\r\n\
         Content-Length: {}\r\n\
         Idempotency-Key: {id}\r\n\
         X-Checkrun-Id: {id}\r\n",
        webhook.path.reveal(),
        webhook.authority(),
        env!("CARGO_PKG_VERSION"),
        body.len(),
    );
    for (name, value) in &webhook.headers {
        head.extend([name, ": ", value.reveal(), "\r\n"]);
    }
    head.push_str("\r\n");
    [head.as_bytes(), body.as_bytes()].concat()
}

/// The whole request for this path of the server, without a body.
pub(super) fn plain(webhook: &Webhook, path: &str) -> Vec<u8> {
    let head = format!(
        "GET {path} HTTP/1.1\r\n\
         Host: {}\r\n\
         User-Agent: checkrun/{}\r\n\
         Accept: */*\r\n\
         Connection: close\r\n\r\n",
        webhook.authority(),
        env!("CARGO_PKG_VERSION"),
    );
    head.into_bytes()
}

fn header_safe(text: &str) -> String {
    let safe = |c: char| if c.is_ascii_graphic() { c } else { '-' };
    text.chars().map(safe).collect()
}
