//! What a program asks the writer instead of the file: while that cannot be written, the truth is in memory.

use super::entry::{Asked, Done};
use super::{Pending, Writer};
use crate::reader::OutboxState;
use crate::reader::outbox;

impl Writer {
    /// As [`crate::Reader::outbox`], from where the truth is.
    pub fn outbox(&self, since_us: i64, now_us: i64, done: Done<OutboxState>) {
        let asked = Asked::new(now_us, move |conn| outbox::load(conn, since_us), done);
        self.send(Pending::Entry(Box::new(asked)));
    }
}
