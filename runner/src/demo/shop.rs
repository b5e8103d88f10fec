//! The demo's database: a small shop whose orders pile up and are shipped in the end.
//!
//! The only place in the product that writes to a database that is looked at, because it made it.

use std::path::Path;

use rusqlite::Connection;

/// What happens in the shop between two rounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// So many new orders come in.
    Orders(u32),
    /// Everything open is shipped.
    ShipAll,
}

/// What happens before each round; the thresholds in `checkrun.toml` lie between.
pub const STORY: [Event; 8] = [
    Event::Orders(40),
    Event::Orders(60),
    Event::Orders(80),
    Event::Orders(120),
    Event::Orders(160),
    Event::Orders(240),
    Event::ShipAll,
    Event::Orders(30),
];

/// The shop's database, open for writing.
#[derive(Debug)]
pub struct Shop(Connection);

impl Shop {
    /// Creates the file, or empties an earlier demo's.
    ///
    /// # Errors
    /// SQLite's, such as a folder that cannot be written.
    pub fn create(path: &Path) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        connection.execute_batch(
            "DROP TABLE IF EXISTS orders;
             CREATE TABLE orders (
               id INTEGER PRIMARY KEY, article TEXT NOT NULL, shipped INTEGER NOT NULL DEFAULT 0
             );",
        )?;
        Ok(Self(connection))
    }

    /// Lets it happen.
    ///
    /// # Errors
    /// SQLite's, such as a full disk.
    pub fn apply(&self, event: Event) -> rusqlite::Result<()> {
        match event {
            Event::Orders(count) => self.0.execute(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
                 INSERT INTO orders (article) SELECT 'article ' || i || hex(zeroblob(200)) FROM n",
                [count],
            ),
            Event::ShipAll => self.0.execute("UPDATE orders SET shipped = 1", []),
        }?;
        Ok(())
    }
}
