//! What a web server answers: code, `Retry-After`, and the beginning of what it says. Bounded in what is
//! read; the time is bounded by whoever waits.

use std::time::Duration;

use httparse::{EMPTY_HEADER, Header, Status, parse_chunk_size};

use crate::alert::wire::Wire;
use crate::model::delivery::{Cause, Reply, WAIT_MAX};

/// Longest answer that is read, head and body, bytes; then the connection is ended.
pub const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Most headers of an answer.
const HEADERS_MAX: usize = 100;

/// How a body in chunks ends.
const LAST_CHUNK: &[u8] = b"0\r\n\r\n";

/// How much is read at once, bytes.
const READ_BYTES: usize = 4096;

/// An answer, its code first.
#[derive(Debug)]
pub(super) struct Response {
    /// Its code, and what it says.
    pub reply: Reply,
    /// How long it asks to be left alone.
    pub wait: Option<Duration>,
    body: Body,
}

#[derive(Debug, Default)]
struct Body {
    bytes: Vec<u8>,
    room: usize,
    /// None: until the server ends the connection.
    length: Option<usize>,
    is_chunked: bool,
    is_for_browsers: bool,
}

impl Response {
    /// Reads the head of the answer, past those that only announce another one.
    pub async fn read(wire: &mut Wire) -> Result<Self, Cause> {
        let mut bytes = Vec::new();
        let mut taken = 0;
        loop {
            while let Some((response, length)) = parse(&bytes[taken..])? {
                taken += length;
                match response.reply.code {
                    101 => return Err(Cause::NoHttp),
                    100..200 => {}
                    200..600 => return Ok(response.with_body(&bytes[taken..], taken)),
                    _ => return Err(Cause::NoHttp),
                }
            }
            if bytes.len() >= ANSWER_BYTES_MAX {
                return Err(Cause::EndlessReply);
            }
            // A part of a line tells nothing more, but for the first one.
            let is_first = bytes.is_empty();
            loop {
                let mut buffer = [0; READ_BYTES];
                let count = match wire.read(&mut buffer).await? {
                    0 => return Err(Cause::Closed),
                    count => count,
                };
                bytes.extend_from_slice(&buffer[..count]);
                let is_enough = is_first || bytes.len() >= ANSWER_BYTES_MAX;
                if is_enough || buffer[..count].contains(&b'\n') {
                    break;
                }
            }
        }
    }

    /// Reads the body, as far as there is room and it goes on.
    pub async fn read_on(&mut self, wire: &mut Wire) {
        let body = &mut self.body;
        let mut buffer = [0; READ_BYTES];
        let enough = body.length.unwrap_or(body.room).min(body.room);
        while body.bytes.len() < enough && !(body.is_chunked && body.bytes.ends_with(LAST_CHUNK)) {
            // What cannot be read is not said.
            let Ok(count @ 1..) = wire.read(&mut buffer).await else {
                return;
            };
            body.bytes.extend_from_slice(&buffer[..count]);
        }
    }

    /// For people: the body if it is a text, else the words beside the code.
    pub fn said(&self) -> String {
        let bytes = match self.body.is_chunked {
            true => without_chunks(&self.body.bytes),
            false => self.body.bytes.clone(),
        };
        // A page for browsers begins with nothing that helps.
        let text = String::from_utf8(bytes).ok().filter(|text| {
            let text = text.trim_start();
            !self.body.is_for_browsers && !text.is_empty() && !text.starts_with('<')
        });
        text.unwrap_or_else(|| self.reply.text.clone())
    }

    /// What stands in the way, by the code alone.
    pub fn cause(&self) -> Option<Cause> {
        let reply = || self.reply.clone();
        match self.reply.code {
            200..300 => None,
            300..400 => Some(Cause::Elsewhere(reply())),
            408 | 425 | 429 | 500.. => Some(Cause::Busy(reply())),
            _ => Some(Cause::Refused(reply())),
        }
    }

    fn with_body(mut self, begun: &[u8], head: usize) -> Self {
        self.body.room = ANSWER_BYTES_MAX.saturating_sub(head);
        self.body.bytes = begun.to_vec();
        self
    }
}

/// A head and its length; none while it is not whole.
fn parse(bytes: &[u8]) -> Result<Option<(Response, usize)>, Cause> {
    let mut headers = [EMPTY_HEADER; HEADERS_MAX];
    let mut head = httparse::Response::new(&mut headers);
    let length = match head.parse(bytes) {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(Cause::EndlessReply),
        Err(_) => return Err(Cause::NoHttp),
    };
    let code = head.code.ok_or(Cause::NoHttp)?;
    let value = |name: &str| value(head.headers, name);
    let length_of_body = match code {
        204 | 304 => Some(0),
        _ => value("content-length").and_then(|text| text.parse().ok()),
    };
    let is_chunked = value("transfer-encoding").is_some();
    let seconds = value("retry-after").and_then(|text| text.parse().ok());
    let response = Response {
        reply: Reply::new(code, head.reason.unwrap_or_default()),
        wait: seconds.map(|seconds| Duration::from_secs(seconds).min(WAIT_MAX)),
        body: Body {
            length: length_of_body.filter(|_| !is_chunked),
            is_chunked,
            is_for_browsers: value("content-type")
                .is_some_and(|kind| kind.starts_with("text/html")),
            ..Body::default()
        },
    };
    Ok(Some((response, length)))
}

fn value<'h>(headers: &'h [Header<'h>], name: &str) -> Option<&'h str> {
    let header = headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case(name))?;
    Some(std::str::from_utf8(header.value).ok()?.trim())
}

/// The content of the chunks that are there.
fn without_chunks(mut bytes: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    while let Ok(Status::Complete((head, size))) = parse_chunk_size(bytes) {
        let rest = &bytes[head..];
        let size = usize::try_from(size).unwrap_or(usize::MAX).min(rest.len());
        content.extend_from_slice(&rest[..size]);
        let after = &rest[size..];
        if size == 0 || after.len() < 2 {
            break;
        }
        bytes = &after[2..];
    }
    content
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8]) -> Result<Option<(u16, String, Option<u64>)>, Cause> {
        let Some((response, length)) = parse(bytes)? else {
            return Ok(None);
        };
        let response = response.with_body(&bytes[length..], length);
        let wait = response.wait.map(|wait| wait.as_secs());
        Ok(Some((response.reply.code, response.said(), wait)))
    }

    #[test]
    fn what_is_an_answer() {
        let answer = |code, said: &str, wait| Ok(Some((code, said.to_owned(), wait)));
        for (bytes, expected) in [
            (&b"HTTP/1.1 200 OK\r\n\r\n"[..], answer(200, "OK", None)),
            (b"HTTP/1.0 404 Not Found\r\n\r\n", answer(404, "Not Found", None)),
            (b"HTTP/1.1 404\r\n\r\n", answer(404, "", None)),
            (b"HTTP/1.1 403 Forbidden\r\n\r\ninvalid_token", answer(403, "invalid_token", None)),
            (
                b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html; x\r\n\r\nno",
                answer(403, "Forbidden", None),
            ),
            (b"HTTP/1.1 502 Bad\r\n\r\n<html>", answer(502, "Bad", None)),
            (b"HTTP/1.1 500 X\r\n\r\n\xff\xfe", answer(500, "X", None)),
            (
                b"HTTP/1.1 429 X\r\nRETRY-AFTER: 30\r\n\r\nslow",
                answer(429, "slow", Some(30)),
            ),
            (
                b"HTTP/1.1 429 X\r\nRetry-After: 999999999999\r\n\r\n",
                answer(429, "X", Some(600)),
            ),
            (
                b"HTTP/1.1 503 X\r\nRetry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n\r\n",
                answer(503, "X", None),
            ),
            (b"HTTP/1.1 503 X\r\nRetry-After: -1\r\n\r\n", answer(503, "X", None)),
            (
                b"HTTP/1.1 400 X\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nnot\r\n5\r\n this\r\n0\r\n\r\n",
                answer(400, "not this", None),
            ),
            (
                b"HTTP/1.1 400 X\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nnot",
                answer(400, "not", None),
            ),
            (
                b"HTTP/1.1 400 X\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nnot",
                answer(400, "X", None),
            ),
            (b"", Ok(None)),
            (b"HTTP/1.1 20", Ok(None)),
            (b"HTTP/1.1 200 OK\r\nA: b\r\n", Ok(None)),
            (b"SSH-2.0-OpenSSH_9.2\r\n", Err(Cause::NoHttp)),
            (b"220 mail.example ESMTP\r\n", Err(Cause::NoHttp)),
            (b"\x15\x03\x01\x00\x02", Err(Cause::NoHttp)),
            (b"HTTP/2.0 200 OK\r\n\r\n", Err(Cause::NoHttp)),
            (b"HTTP/1.1 200 OK\r\nA b\r\n\r\n", Err(Cause::NoHttp)),
        ] {
            assert_eq!(read(bytes), expected, "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer_or_none_or_not_yet_enough(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&bytes);
            let head = b"HTTP/1.1 400 X\r\nTransfer-Encoding: chunked\r\n\r\n";
            let _ = read(&[&head[..], &bytes].concat());
        }
    }
}
