//! The mail as it goes over the line: a dot at the beginning of a line is doubled, so that none ends
//! the mail but the last.

/// What follows the mail's last line.
pub(super) const FINAL_DOT: &[u8] = b".\r\n";

/// The lines of the mail, each ending with CR LF, dots doubled, without the final one.
pub(super) fn with_dots_doubled(mail: &[u8]) -> Vec<u8> {
    let mut sent = Vec::with_capacity(mail.len() + 64);
    let mut lines = mail.split(|&b| b == b'\n').peekable();
    while let Some(line) = lines.next() {
        if line.is_empty() && lines.peek().is_none() {
            break;
        }
        // A lone CR is no end of a line here, and some servers would take it for one.
        let mut line = line.iter().copied().filter(|&b| b != b'\r').peekable();
        if line.peek() == Some(&b'.') {
            sent.push(b'.');
        }
        sent.extend(line);
        sent.extend_from_slice(b"\r\n");
    }
    sent
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_end_ends_the_mail() {
        for (mail, sent) in [
            (&b""[..], &b""[..]),
            (b"a\r\n", b"a\r\n"),
            (b"a", b"a\r\n"),
            (b".\r\n", b"..\r\n"),
            (b"a\r\n.\r\nQUIT\r\n", b"a\r\n..\r\nQUIT\r\n"),
            (
                b"a\n.\nMAIL FROM:<x@y>\n",
                b"a\r\n..\r\nMAIL FROM:<x@y>\r\n",
            ),
            (b"a\r\n\n.\r\n", b"a\r\n\r\n..\r\n"),
            (b"a\r.\r\nb", b"a.\r\nb\r\n"),
            (b"a\r\n\r.\r\nb", b"a\r\n..\r\nb\r\n"),
            (b"..\r\n.a\r\na.", b"...\r\n..a\r\na.\r\n"),
            (b"\r\n\r\n", b"\r\n\r\n"),
        ] {
            assert_eq!(
                with_dots_doubled(mail),
                sent,
                "{:?}",
                String::from_utf8_lossy(mail)
            );
        }
    }

    proptest! {
        #[test]
        fn no_mail_ends_early_and_every_line_comes_back(mail in prop::collection::vec(prop::sample::select(b"a.\r\n".to_vec()), 0..40)) {
            let sent = with_dots_doubled(&mail);
            prop_assert!(sent.is_empty() || sent.ends_with(b"\r\n"));
            let mut back = Vec::new();
            for line in sent.split_inclusive(|&b| b == b'\n') {
                prop_assert!(line.ends_with(b"\r\n") && line != FINAL_DOT);
                prop_assert!(!line[..line.len() - 2].contains(&b'\r'));
                back.extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
            }
            let plain = |bytes: &[u8]| bytes.iter().copied().filter(|&b| b != b'\r').collect::<Vec<_>>();
            let (mut wanted, back) = (plain(&mail), plain(&back));
            if !mail.is_empty() && !mail.ends_with(b"\n") {
                wanted.push(b'\n');
            }
            prop_assert_eq!(wanted, back);
        }
    }
}
