//! Cuts a statement into tokens by the lexical rules of its dialect.
//!
//! Comments and blanks disappear, every kind of quote becomes one token. Where two versions of an
//! engine would cut the same text differently, the text is refused rather than guessed at.

use super::Dialect;

mod comment;
mod number;

/// What a [`Token`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A keyword or a name without quotes.
    Word,
    /// A name in `""`, `` `` `` or `[]`.
    QuotedName,
    /// A string, whatever its quotes.
    Text,
    /// Begins with a digit; a placeholder's number too.
    Number,
    /// Any other character.
    Symbol,
}

/// One token, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: TokenKind,
    /// As written, quotes included.
    pub(super) text: &'a str,
    /// Bytes from the beginning of the statement.
    pub(super) start: usize,
}

impl Token<'_> {
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(word)
    }

    pub(super) fn is_any_word(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is_word(word))
    }

    pub(super) fn is_symbol(&self, symbol: u8) -> bool {
        self.kind == TokenKind::Symbol && self.text.as_bytes() == [symbol]
    }

    /// A name, with or without quotes.
    pub(super) fn is_name(&self) -> bool {
        matches!(self.kind, TokenKind::Word | TokenKind::QuotedName)
    }

    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// All tokens of the text.
///
/// # Errors
/// A sentence: a NUL, something unterminated, a comment that the server would execute, or text that
/// versions of the engine read differently.
pub(super) fn tokenize(sql: &str, dialect: Dialect) -> Result<Vec<Token<'_>>, String> {
    if sql.contains('\0') {
        return Err("there is a NUL character in the statement; remove it".into());
    }
    let mut scanner = Scanner {
        sql,
        position: 0,
        dialect,
    };
    let mut tokens = Vec::new();
    loop {
        scanner.skip_blanks_and_comments()?;
        if scanner.position >= sql.len() {
            return Ok(tokens);
        }
        let start = scanner.position;
        let kind = scanner.token()?;
        tokens.push(Token {
            kind,
            text: &sql[start..scanner.position],
            start,
        });
    }
}

struct Scanner<'a> {
    sql: &'a str,
    /// In bytes; always the beginning of a character.
    position: usize,
    dialect: Dialect,
}

impl Scanner<'_> {
    /// The byte so many bytes ahead; NUL, which the text never has, behind its end.
    fn ahead(&self, offset: usize) -> u8 {
        let index = self.position + offset;
        self.sql.as_bytes().get(index).copied().unwrap_or(0)
    }

    fn rest(&self) -> &str {
        &self.sql[self.position..]
    }

    /// Moves over one token; there is at least one character.
    fn token(&mut self) -> Result<TokenKind, String> {
        let dialect = self.dialect;
        match (self.ahead(0), dialect) {
            (b'\'', _) => self.quoted(b'\'', dialect == Dialect::Mysql, TokenKind::Text),
            (b'"', Dialect::Mysql) => self.quoted(b'"', true, TokenKind::Text),
            (b'"', _) => self.quoted(b'"', false, TokenKind::QuotedName),
            (b'`', Dialect::Mysql | Dialect::Sqlite) => {
                self.quoted(b'`', false, TokenKind::QuotedName)
            }
            (b'[', Dialect::Sqlite) => self.bracketed(),
            (b'$', Dialect::Postgresql) => self.dollar(),
            (b':' | b'@' | b'$', Dialect::Sqlite) => self.sqlite_variable(),
            (b'0'..=b'9', _) => self.number(),
            (b'.', _) if self.ahead(1).is_ascii_digit() => self.number(),
            (byte, _) if self.begins_name(byte) => self.word(),
            _ => {
                self.position += 1;
                Ok(TokenKind::Symbol)
            }
        }
    }

    /// Between two of the same quotes, where the quote twice stands for itself.
    fn quoted(&mut self, quote: u8, escapes: bool, kind: TokenKind) -> Result<TokenKind, String> {
        self.position += 1;
        while self.position < self.sql.len() {
            let byte = self.ahead(0);
            if byte == b'\\' && escapes {
                self.position += 2;
            } else if byte != quote {
                self.position += 1;
            } else if self.ahead(1) == quote {
                self.position += 2;
            } else {
                self.position += 1;
                return Ok(kind);
            }
        }
        Err(format!(
            "a quote ({}) is opened and never closed",
            char::from(quote)
        ))
    }

    fn bracketed(&mut self) -> Result<TokenKind, String> {
        let length = self.rest().find(']');
        let length = length.ok_or("a bracket ([) is opened and never closed")?;
        self.position += length + 1;
        Ok(TokenKind::QuotedName)
    }

    /// `$$…$$`, `$tag$…$tag$`, `$1`, or a dollar sign alone.
    fn dollar(&mut self) -> Result<TokenKind, String> {
        if self.ahead(1).is_ascii_digit() {
            self.position += 1;
            self.skip_digits();
            return self.end_of_number();
        }
        let tag_length = self.rest()[1..]
            .bytes()
            .take_while(|&byte| byte != b'$' && continues_name(byte))
            .count();
        if self.ahead(tag_length + 1) != b'$' {
            self.position += 1;
            return Ok(TokenKind::Symbol);
        }
        let (tag, body) = self.rest().split_at(tag_length + 2);
        let end = body
            .find(tag)
            .ok_or_else(|| format!("the quote {tag} is opened and never closed"))?;
        self.position += tag.len() * 2 + end;
        Ok(TokenKind::Text)
    }

    /// SQLite reads `$name(…)` as one variable, up to the parenthesis, quotes and all.
    fn sqlite_variable(&mut self) -> Result<TokenKind, String> {
        self.position += 1;
        while continues_name(self.ahead(0)) || self.rest().starts_with("::") {
            self.position += if self.ahead(0) == b':' { 2 } else { 1 };
        }
        if self.ahead(0) == b'(' {
            return Err("a parenthesis follows a variable; put a blank between the two".into());
        }
        Ok(TokenKind::Symbol)
    }

    fn begins_name(&self, byte: u8) -> bool {
        byte == b'_'
            || byte.is_ascii_alphabetic()
            || !byte.is_ascii()
            || (byte == b'$' && self.dialect == Dialect::Mysql)
    }

    fn word(&mut self) -> Result<TokenKind, String> {
        let start = self.position;
        self.skip_name();
        let word = &self.sql[start..self.position];
        let escapes = word.eq_ignore_ascii_case("e") && self.ahead(0) == b'\'';
        if self.dialect == Dialect::Postgresql && escapes {
            return self.escape_string();
        }
        Ok(TokenKind::Word)
    }

    /// PostgreSQL's `E'…'`, which goes on behind a line break: `E'a'⏎'b'` is one string, and its
    /// second part has escapes too.
    fn escape_string(&mut self) -> Result<TokenKind, String> {
        loop {
            self.quoted(b'\'', true, TokenKind::Text)?;
            let end = self.position;
            while is_blank(self.ahead(0)) || (self.ahead(0) == b'-' && self.ahead(1) == b'-') {
                if self.ahead(0) == b'-' {
                    self.skip_line();
                } else {
                    self.position += 1;
                }
            }
            let between = &self.sql[end..self.position];
            if self.ahead(0) != b'\'' || !between.contains(['\n', '\r']) {
                self.position = end;
                return Ok(TokenKind::Text);
            }
        }
    }
}

/// What every engine, or at least one version of one, skips between tokens.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

/// Characters beyond ASCII are part of names in all three engines, as is `$` behind the first one.
fn continues_name(byte: u8) -> bool {
    byte == b'_' || byte == b'$' || byte.is_ascii_alphanumeric() || !byte.is_ascii()
}
