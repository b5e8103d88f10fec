//! Blanks and comments: skipped, unless the server would make something of them.

use super::{Dialect, Scanner, is_blank};

impl Scanner<'_> {
    pub(super) fn skip_blanks_and_comments(&mut self) -> Result<(), String> {
        loop {
            match (self.ahead(0), self.ahead(1)) {
                (blank, _) if is_blank(blank) => self.position += 1,
                (b'-', b'-') if self.two_dashes_are_a_comment() => self.skip_line(),
                (b'#', _) if self.dialect == Dialect::Mysql => self.skip_line(),
                (b'/', b'*') => self.skip_block_comment()?,
                _ => return Ok(()),
            }
        }
    }

    /// MySQL wants a blank or a control character after them: `5--1` is arithmetic there.
    fn two_dashes_are_a_comment(&self) -> bool {
        let after = self.ahead(2);
        self.dialect != Dialect::Mysql || is_blank(after) || after.is_ascii_control()
    }

    /// A carriage return alone ends a comment in PostgreSQL only.
    pub(super) fn skip_line(&mut self) {
        let ends =
            |byte: u8| byte == b'\n' || (byte == b'\r' && self.dialect == Dialect::Postgresql);
        let length = self.rest().bytes().position(ends);
        self.position = length.map_or(self.sql.len(), |length| self.position + length);
    }

    fn skip_block_comment(&mut self) -> Result<(), String> {
        let start = self.position;
        if self.dialect == Dialect::Mysql && is_executed_comment(self.rest()) {
            return Err(
                "MySQL executes what a comment beginning with /*! or /*M! holds; write it without the comment".into(),
            );
        }
        let mut depth = 0_usize;
        while self.position < self.sql.len() {
            match (self.ahead(0), self.ahead(1)) {
                (b'/', b'*') if depth == 0 || self.dialect == Dialect::Postgresql => {
                    depth += 1;
                    self.position += 2;
                }
                (b'*', b'/') => {
                    depth -= 1;
                    self.position += 2;
                }
                _ => self.position += 1,
            }
            if depth == 0 {
                return self.inspect_hint(start);
            }
        }
        Err("a comment is never closed; end it with */".into())
    }

    /// MySQL takes `/*+ … */` as optimizer hints, and some of them undo the session's limits.
    fn inspect_hint(&self, start: usize) -> Result<(), String> {
        const LIFTS_LIMITS: [&str; 3] = ["MAX_EXECUTION_TIME", "SET_VAR", "RESOURCE_GROUP"];
        let comment = &self.sql[start..self.position];
        if self.dialect != Dialect::Mysql || !comment.starts_with("/*+") {
            return Ok(());
        }
        let upper = comment.to_ascii_uppercase();
        match LIFTS_LIMITS.iter().find(|hint| upper.contains(*hint)) {
            Some(hint) => Err(format!(
                "the optimizer hint {hint} would change the limits of this session; remove it"
            )),
            None => Ok(()),
        }
    }
}

fn is_executed_comment(text: &str) -> bool {
    text.starts_with("/*!") || text.starts_with("/*M!")
}
