//! [`Entry`]: anything beside runs that is written in one of the writer's transactions, in its turn.

use rusqlite::Connection;

use crate::error::Error;

/// Told on the writer's thread what came out; as quick as [`super::Acknowledge`].
pub type Done<T> = Box<dyn FnOnce(Result<T, Error>) + Send>;

/// Something to write. May be written more than once, when the transaction has to be repeated.
pub(super) trait Entry: Send {
    /// Within the transaction.
    fn write(&mut self, conn: &Connection) -> rusqlite::Result<()>;
    /// It is committed, or could not be.
    fn done(self: Box<Self>, result: Result<(), Error>);
    /// About now; only names files.
    fn time_us(&self) -> i64;
}

/// An entry made of a function and whoever waits for what it gives.
pub(super) struct Asked<T, F> {
    work: F,
    answer: Option<T>,
    done: Done<T>,
    time_us: i64,
}

impl<T, F> Asked<T, F>
where
    F: FnMut(&Connection) -> rusqlite::Result<T> + Send,
    T: Send,
{
    pub(super) fn new(time_us: i64, work: F, done: Done<T>) -> Self {
        Self {
            work,
            answer: None,
            done,
            time_us,
        }
    }
}

impl<T, F> Entry for Asked<T, F>
where
    F: FnMut(&Connection) -> rusqlite::Result<T> + Send,
    T: Send,
{
    fn write(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        self.answer = Some((self.work)(conn)?);
        Ok(())
    }

    fn done(self: Box<Self>, result: Result<(), Error>) {
        let Self { answer, done, .. } = *self;
        match (result, answer) {
            (Err(error), _) => done(Err(error)),
            (Ok(()), Some(answer)) => done(Ok(answer)),
            // Committed means written. Whoever waits sees that nobody answers.
            (Ok(()), None) => {}
        }
    }

    fn time_us(&self) -> i64 {
        self.time_us
    }
}
