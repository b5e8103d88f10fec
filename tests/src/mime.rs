//! [`Part`]: the parts of a mail, decoded as a mail program does it, however they are nested.

/// One part without parts of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    head: String,
    /// What is in it, decoded.
    pub content: Vec<u8>,
}

impl Part {
    /// All of a mail, or of a part of it.
    #[must_use]
    pub fn all(text: &str) -> Vec<Self> {
        let text = text.replace("\r\n", "\n");
        let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
        let head = head.replace("\n ", " ").replace("\n\t", " ");
        match quoted(&header(&head, "Content-Type"), "boundary=") {
            Some(boundary) => {
                let line = format!("--{boundary}");
                let parts = body.split(&line);
                // What is before the first and after the last is not for people.
                let parts = parts.skip(1).take_while(|part| !part.starts_with("--"));
                parts
                    .flat_map(|part| Self::all(part.trim_start_matches('\n')))
                    .collect()
            }
            None => {
                let content = match header(&head, "Content-Transfer-Encoding").as_str() {
                    "base64" => base64(body),
                    "quoted-printable" => quoted_printable(body),
                    _ => body.as_bytes().to_vec(),
                };
                vec![Self { head, content }]
            }
        }
    }

    /// One of its headers; nothing where there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> String {
        header(&self.head, name)
    }

    /// Its content as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.content).replace("\r\n", "\n")
    }
}

/// Of a head whose lines are unfolded.
fn header(head: &str, name: &str) -> String {
    let found = head
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    found.unwrap_or_default().to_owned()
}

fn quoted(value: &str, key: &str) -> Option<String> {
    let (_, rest) = value.split_once(key)?;
    let rest = rest.trim_start_matches('"');
    let end = rest.find(['"', ';']).unwrap_or(rest.len());
    Some(rest[..end].to_owned())
}

fn base64(text: &str) -> Vec<u8> {
    let value = |c: u8| match c {
        b'A'..=b'Z' => Some(c - b'A'),
        b'a'..=b'z' => Some(c - b'a' + 26),
        b'0'..=b'9' => Some(c - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let digits: Vec<u32> = text.bytes().filter_map(value).map(u32::from).collect();
    let bytes = digits.chunks(4).flat_map(|four| {
        let bits = four
            .iter()
            .enumerate()
            .fold(0, |bits, (place, digit)| bits | digit << (26 - 6 * place));
        // Four digits are three bytes, and the last ones may be fewer.
        bits.to_be_bytes()
            .into_iter()
            .take(four.len().saturating_sub(1))
            .collect::<Vec<u8>>()
    });
    bytes.collect()
}

fn quoted_printable(text: &str) -> Vec<u8> {
    let text = text.replace("=\n", "");
    let mut bytes = text.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        decoded.push(match byte {
            b'=' => {
                let (high, low) = (digit(bytes.next()), digit(bytes.next()));
                u8::try_from(high.unwrap_or(0) * 16 + low.unwrap_or(0)).unwrap_or(b'?')
            }
            byte => byte,
        });
    }
    decoded
}
