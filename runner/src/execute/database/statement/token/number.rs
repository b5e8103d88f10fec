//! Numbers, and where they end.

use super::{Dialect, Scanner, TokenKind, continues_name};

impl Scanner<'_> {
    /// A number with its fraction and exponent. What follows without a blank is refused, because
    /// servers disagree: `1e'…'` may end in an escape string, `1.5into` in a keyword.
    pub(super) fn number(&mut self) -> Result<TokenKind, String> {
        if self.ahead(0) == b'0' && matches!(self.ahead(1) | 0x20, b'x' | b'b' | b'o') {
            self.skip_name();
            return Ok(TokenKind::Number);
        }
        let start = self.position;
        self.skip_digits();
        let digits = self.position;
        if self.ahead(0) == b'.' {
            self.position += 1;
            self.skip_digits();
        }
        let signed = usize::from(matches!(self.ahead(1), b'+' | b'-'));
        if self.ahead(0) | 0x20 == b'e' && self.ahead(1 + signed).is_ascii_digit() {
            self.position += 1 + signed;
            self.skip_digits();
        }
        let digits_only = self.position == digits && digits > start;
        if self.dialect == Dialect::Mysql && digits_only && continues_name(self.ahead(0)) {
            // A name may begin with digits there.
            self.skip_name();
            return Ok(TokenKind::Word);
        }
        self.end_of_number()
    }

    pub(super) fn skip_digits(&mut self) {
        while self.ahead(0).is_ascii_digit()
            || (self.ahead(0) == b'_' && self.ahead(1).is_ascii_digit())
        {
            self.position += 1;
        }
    }

    pub(super) fn skip_name(&mut self) {
        while continues_name(self.ahead(0)) {
            self.position += 1;
        }
    }

    pub(super) fn end_of_number(&self) -> Result<TokenKind, String> {
        let next = self.ahead(0);
        let quote = self.dialect == Dialect::Postgresql && matches!(next, b'\'' | b'"');
        if quote || continues_name(next) {
            return Err("a name or a quote follows a number; put a blank between the two".into());
        }
        Ok(TokenKind::Number)
    }
}
