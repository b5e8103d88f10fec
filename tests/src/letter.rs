//! [`Letter`]: a mail as a mail program sees it.

use std::fmt;

use crate::mime::Part;

/// A mail as it came; shown by its subject and its id.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter(pub String);

impl Letter {
    /// A header, unfolded; nothing where there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> String {
        let head = self.parts().0.replace("\n ", " ").replace("\n\t", " ");
        let found = head
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        found.unwrap_or_default().to_owned()
    }

    /// Its subject.
    #[must_use]
    pub fn subject(&self) -> String {
        self.header("Subject")
    }

    /// What stands beneath its headers.
    #[must_use]
    pub fn body(&self) -> String {
        self.parts().1
    }

    /// Its parts, decoded: the text, the HTML, and pictures.
    #[must_use]
    pub fn all_parts(&self) -> Vec<Part> {
        Part::all(&self.0)
    }

    /// The part of this type, as text.
    ///
    /// # Panics
    /// There is none.
    #[must_use]
    pub fn part(&self, kind: &str) -> String {
        let parts = self.all_parts();
        let found = parts
            .iter()
            .find(|part| part.header("Content-Type").starts_with(kind));
        found
            .unwrap_or_else(|| panic!("no {kind} in {}", self.0))
            .text()
    }

    fn parts(&self) -> (String, String) {
        let text = self.0.replace("\r\n", "\n");
        let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
        (head.to_owned(), body.to_owned())
    }
}

impl fmt::Debug for Letter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (subject, id) = (self.subject(), self.header("Message-ID"));
        write!(formatter, "{subject} {id}")
    }
}
