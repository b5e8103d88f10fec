//! [`Address`] and [`Mailbox`]: who sends and who gets mail, as configurations write it.
//!
//! A subset of what RFC 5321 allows: what every server takes without an extension. Addresses go into
//! commands of a protocol, so what is not plainly an address is refused.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest part before the `@`, bytes (RFC 5321, 4.5.3.1.1).
const LOCAL_BYTES_MAX: usize = 64;

/// Longest domain, bytes (RFC 1035).
const DOMAIN_BYTES_MAX: usize = 253;

/// Longest part of a domain between two dots, bytes (RFC 1035).
const LABEL_BYTES_MAX: usize = 63;

/// Longest name before an address, characters.
const NAME_CHARS_MAX: usize = 100;

/// `oncall@example.org`. ASCII, without quotes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    text: String,
    at: usize,
}

/// `On call <oncall@example.org>`, or an address alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Mailbox {
    /// What people see instead of the address.
    pub name: Option<String>,
    /// Where it goes.
    pub address: Address,
}

/// Why a text is not an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// There is no `@`, or nothing on one side of it.
    #[error("this is not a mail address")]
    NoAddress,
    /// A comma or semicolon, or a second `@`.
    #[error("this is more than one mail address")]
    Several,
    /// Letters beyond ASCII in the address itself.
    #[error("this mail address has letters that many servers do not take")]
    NotAscii,
    /// What stands before the `@`.
    #[error("what stands before the `@` is not part of a mail address")]
    Local,
    /// What stands behind the `@`.
    #[error("what stands behind the `@` is not a domain")]
    Domain,
    /// The name before `<`.
    #[error("the name before the mail address has a control character or `<`, or is too long")]
    Name,
}

impl AddressError {
    /// What to write instead.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::NoAddress => "write `name@example.org` or `Name <name@example.org>`",
            Self::Several => {
                "make each of them an entry of its own: `to = [\"a@example.org\", \"b@example.org\"]`"
            }
            Self::NotAscii => {
                "write an international domain as `xn--…`; letters with accents may stand in the name: `Jörg <joerg@example.org>`"
            }
            Self::Local => {
                "before the `@` stand letters, digits and most punctuation, at most 64, without spaces or quotes"
            }
            Self::Domain => "a domain has letters, digits, `-` and `.`, as in `example.org`",
            Self::Name => "leave the name out: `name@example.org`",
        }
    }
}

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// Why it is none.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        if text.contains([',', ';']) || text.matches('@').count() > 1 {
            return Err(AddressError::Several);
        }
        let at = text.find('@').ok_or(AddressError::NoAddress)?;
        let (local, domain) = (&text[..at], &text[at + 1..]);
        if local.is_empty() || domain.is_empty() || text.contains(char::is_control) {
            return Err(AddressError::NoAddress);
        }
        if !text.is_ascii() {
            return Err(AddressError::NotAscii);
        }
        if !is_local_part(local) {
            return Err(AddressError::Local);
        }
        if !is_domain(domain) {
            return Err(AddressError::Domain);
        }
        Ok(Self {
            text: text.to_owned(),
            at,
        })
    }

    /// All of it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What stands before the `@`.
    #[must_use]
    pub fn local_part(&self) -> &str {
        &self.text[..self.at]
    }

    /// What stands behind the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.text[self.at + 1..]
    }
}

/// A dot-atom of RFC 5322.
fn is_local_part(text: &str) -> bool {
    let is_atom = |c: u8| c.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&c);
    text.len() <= LOCAL_BYTES_MAX
        && text
            .split('.')
            .all(|atom| !atom.is_empty() && atom.bytes().all(is_atom))
}

fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=LABEL_BYTES_MAX).contains(&label.len())
            && label
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || c == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= DOMAIN_BYTES_MAX && text.split('.').all(is_label)
}

impl Mailbox {
    /// Reads `address` or `Name <address>`; quotes around the name are taken off.
    ///
    /// # Errors
    /// Why it is none.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let Some((name, rest)) = text.rsplit_once('<') else {
            return Ok(Self {
                name: None,
                address: Address::parse(text.trim_matches(' '))?,
            });
        };
        let address = rest.trim_matches(' ').strip_suffix('>');
        let address = Address::parse(address.ok_or(AddressError::NoAddress)?)?;
        let name = name.trim_matches(' ');
        let bare = name
            .strip_prefix('"')
            .and_then(|name| name.strip_suffix('"'))
            .unwrap_or(name);
        let hostile =
            |c: char| super::super::text::is_unsafe(c) || matches!(c, '<' | '>' | '"' | '\\');
        if bare.contains(hostile) || bare.chars().count() > NAME_CHARS_MAX {
            return Err(AddressError::Name);
        }
        Ok(Self {
            name: Some(bare.to_owned()).filter(|name| !name.is_empty()),
            address,
        })
    }
}

impl From<Mailbox> for String {
    fn from(mailbox: Mailbox) -> Self {
        mailbox.to_string()
    }
}

impl TryFrom<String> for Mailbox {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        Self::parse(&text)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} <{}>", self.address),
            None => self.address.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_an_address_and_what_is_not() {
        use AddressError::{Domain, Local, Name, NoAddress, NotAscii, Several};
        for (text, expected) in [
            ("oncall@example.org", Ok(("oncall@example.org", None))),
            (" oncall@example.org ", Ok(("oncall@example.org", None))),
            ("root@localhost", Ok(("root@localhost", None))),
            ("a.b+c@x-y.example", Ok(("a.b+c@x-y.example", None))),
            (
                "On call <a@b.example>",
                Ok(("a@b.example", Some("On call"))),
            ),
            (
                "\"Ops, night\" <a@b.example>",
                Ok(("a@b.example", Some("Ops, night"))),
            ),
            (
                "Jörg <joerg@b.example>",
                Ok(("joerg@b.example", Some("Jörg"))),
            ),
            ("<a@b.example>", Ok(("a@b.example", None))),
            ("", Err(NoAddress)),
            ("nobody", Err(NoAddress)),
            ("@example.org", Err(NoAddress)),
            ("a@", Err(NoAddress)),
            ("a\r\n@b", Err(NoAddress)),
            ("a@b\r\nRCPT TO:<c@d>", Err(Name)),
            ("a@b, c@d", Err(Several)),
            ("a@b@c", Err(Several)),
            ("jörg@example.org", Err(NotAscii)),
            ("a@exämple.org", Err(NotAscii)),
            ("a b@c", Err(Local)),
            ("\"a b\"@c", Err(Local)),
            (".a@c", Err(Local)),
            ("a..b@c", Err(Local)),
            ("-oX@c..d", Err(Domain)),
            ("a@-c", Err(Domain)),
            ("a@[127.0.0.1]", Err(Domain)),
            ("a@b c", Err(Domain)),
            ("a@b> SIZE=1", Err(Domain)),
            ("x\u{7} <a@b>", Err(Name)),
            ("x\u{202e} <a@b>", Err(Name)),
            ("x <y> <a@b>", Err(Name)),
            ("x <a@b", Err(NoAddress)),
        ] {
            let read = Mailbox::parse(text);
            let read = read.as_ref().map_err(|error| *error);
            let shown = read.map(|mailbox| (mailbox.address.as_str(), mailbox.name.as_deref()));
            assert_eq!(shown, expected, "{text:?}");
        }
        assert_eq!(Address::parse(&format!("{}@b", "a".repeat(65))), Err(Local));
        assert_eq!(
            Address::parse(&format!("a@{}", "b.".repeat(200))),
            Err(Domain)
        );
    }

    proptest! {
        #[test]
        fn nothing_that_is_accepted_can_end_a_command_or_a_header(text in ".{0,60}") {
            if let Ok(mailbox) = Mailbox::parse(&text) {
                let plain = mailbox.address.as_str().bytes().all(|b| (0x21..0x7f).contains(&b) && !b"<>\"\\,;()".contains(&b));
                prop_assert!(plain);
                let shown = mailbox.to_string();
                prop_assert!(!shown.contains(char::is_control));
                prop_assert_eq!(Mailbox::parse(&shown), Ok(mailbox));
            }
        }
    }
}
