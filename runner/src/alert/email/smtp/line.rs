//! [`Line`]: the connection to a server; sends bytes and reads whole answers.
//!
//! Bounded in what it reads; the time is bounded by whoever waits.

use std::path::Path;

use super::limits::REPLY_BYTES_MAX;
use crate::alert::wire::Wire;
use crate::model::delivery::{Cause, Reply};

/// How much is read at once, bytes.
const READ_BYTES: usize = 4096;

/// A connection to a server.
#[derive(Debug)]
pub(super) struct Line {
    wire: Wire,
    /// What came after the last answer that was taken.
    unread: Vec<u8>,
}

/// What a server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// From 200 to 599.
    pub code: u16,
    /// The text of each line.
    pub lines: Vec<String>,
}

impl Answer {
    /// For people.
    pub fn reply(&self) -> Reply {
        Reply::new(self.code, &self.lines.join(" "))
    }
}

impl Line {
    /// Begins on this connection.
    pub fn new(wire: Wire) -> Self {
        Self {
            wire,
            unread: Vec::new(),
        }
    }

    /// Whether the server has said more than it was asked for.
    pub fn has_unread(&self) -> bool {
        !self.unread.is_empty()
    }

    /// Goes on in TLS; what was said before it is forgotten.
    pub async fn encrypt(self, host: &str, ca: Option<&Path>) -> Result<Self, Cause> {
        Ok(Self::new(self.wire.encrypt(host, ca).await?))
    }

    /// Sends all of it.
    pub async fn say(&mut self, bytes: &[u8]) -> Result<(), Cause> {
        self.wire.write(bytes).await
    }

    /// One answer, of one line or several.
    pub async fn answer(&mut self) -> Result<Answer, Cause> {
        let mut gathered = Gathered::default();
        loop {
            if let Some(answer) = gathered.take_from(&self.unread)? {
                self.unread.drain(..gathered.taken);
                return Ok(answer);
            }
            if self.unread.len() >= REPLY_BYTES_MAX {
                return Err(Cause::EndlessReply);
            }
            let mut buffer = [0; READ_BYTES];
            match self.wire.read(&mut buffer).await? {
                0 => return Err(Cause::Closed),
                count => self.unread.extend_from_slice(&buffer[..count]),
            }
        }
    }
}

/// The lines of an answer that are there so far.
#[derive(Default)]
struct Gathered {
    /// Bytes of whole lines.
    taken: usize,
    code: Option<u16>,
    lines: Vec<String>,
}

impl Gathered {
    fn take_from(&mut self, bytes: &[u8]) -> Result<Option<Answer>, Cause> {
        while let Some(length) = bytes[self.taken..].iter().position(|&b| b == b'\n') {
            let line = &bytes[self.taken..self.taken + length];
            self.taken += length + 1;
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let (code, goes_on, text) = parse(line).ok_or(Cause::Nonsense)?;
            if *self.code.get_or_insert(code) != code {
                return Err(Cause::Nonsense);
            }
            self.lines.push(String::from_utf8_lossy(text).into_owned());
            if !goes_on {
                let lines = std::mem::take(&mut self.lines);
                return Ok(Some(Answer { code, lines }));
            }
        }
        // What does not begin as an answer will not become one, however long it gets.
        let begun = &bytes[self.taken..];
        if begun.len() > 3 && parse(&begun[..4]).is_none() {
            return Err(Cause::Nonsense);
        }
        Ok(None)
    }
}

/// `250-text`: the code, whether another line follows, the text.
fn parse(line: &[u8]) -> Option<(u16, bool, &[u8])> {
    let (digits, rest) = line.split_at_checked(3)?;
    let code = std::str::from_utf8(digits).ok()?;
    if !code.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let code = code.parse().ok().filter(|code| (200..600).contains(code))?;
    match rest.split_first() {
        None | Some((b'\r', [])) => Some((code, false, &[])),
        Some((b' ', text)) => Some((code, false, text)),
        Some((b'-', text)) => Some((code, true, text)),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn whole(bytes: &[u8]) -> Result<Option<(u16, Vec<String>)>, Cause> {
        let answer = Gathered::default().take_from(bytes)?;
        Ok(answer.map(|answer| (answer.code, answer.lines)))
    }

    #[test]
    fn what_is_an_answer() {
        let lines = |lines: &[&str]| {
            lines
                .iter()
                .map(|line| (*line).to_owned())
                .collect::<Vec<_>>()
        };
        for (bytes, expected) in [
            (&b"250 ok\r\n"[..], Ok(Some((250, lines(&["ok"]))))),
            (b"250 ok\n", Ok(Some((250, lines(&["ok"]))))),
            (b"250\r\n", Ok(Some((250, lines(&[""]))))),
            (
                b"250-a\r\n250-b\r\n250 c\r\n",
                Ok(Some((250, lines(&["a", "b", "c"])))),
            ),
            (
                b"250 gr\xfc\xdfe\r\n",
                Ok(Some((250, lines(&["gr\u{fffd}\u{fffd}e"])))),
            ),
            (b"250 a\r\n354 b\r\n", Ok(Some((250, lines(&["a"]))))),
            (b"", Ok(None)),
            (b"25", Ok(None)),
            (b"250 o", Ok(None)),
            (b"250-a\r\n", Ok(None)),
            (b"250-a\r\n550 b\r\n", Err(Cause::Nonsense)),
            (b"250_a\r\n", Err(Cause::Nonsense)),
            (b"ok\r\n", Err(Cause::Nonsense)),
            (b"\r\n", Err(Cause::Nonsense)),
            (b"199 a\r\n", Err(Cause::Nonsense)),
            (b"600 a\r\n", Err(Cause::Nonsense)),
            (b"+50 a\r\n", Err(Cause::Nonsense)),
            (b"SSH-2.0-x", Err(Cause::Nonsense)),
            (b"\x15\x03\x01\x00\x02", Err(Cause::Nonsense)),
        ] {
            assert_eq!(
                whole(bytes),
                expected,
                "{:?}",
                String::from_utf8_lossy(bytes)
            );
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer_or_nonsense_or_not_yet_enough(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = whole(&bytes);
        }

        #[test]
        fn an_answer_is_the_same_in_pieces(cut in 0_usize..20) {
            let bytes = b"250-one\r\n250 two\r\n";
            let mut gathered = Gathered::default();
            prop_assert_eq!(gathered.take_from(&bytes[..cut.min(17)]), Ok(None));
            let answer = gathered.take_from(bytes).expect("sound").expect("whole");
            prop_assert_eq!(answer.lines, ["one", "two"]);
        }
    }
}
