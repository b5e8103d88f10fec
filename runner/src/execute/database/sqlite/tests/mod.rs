//! SQLite targets on real files: what a check can read, and that it can do nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::*;
use crate::model::engine::Engine;
use crate::model::sql::Value;

mod fences;
mod limits;
mod opening;
mod values;

/// A folder with the database `shop.db`, and `other.db` beside it.
struct Fixture {
    folder: TempDir,
}

impl Fixture {
    fn new() -> Self {
        let fixture = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fixture.write(
            "shop.db",
            "create table orders (id integer primary key, note text, paid boolean); \
             insert into orders values (1, 'a', true), (2, null, false); \
             create view both as select id from orders; \
             create virtual table words using fts5(word); \
             insert into words values ('hello world'); \
             create virtual table places using rtree(id, west, east); \
             insert into places values (1, 2, 3); \
             pragma user_version = 7",
        );
        fixture.write(
            "other.db",
            "create table secrets (word); insert into secrets values ('swordfish')",
        );
        fixture
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, sql: &str) -> rusqlite::Connection {
        let writer = rusqlite::Connection::open(self.path(name)).unwrap();
        writer.execute_batch(sql).unwrap();
        writer
    }

    /// Every file's name and content.
    fn content(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let files = fs::read_dir(self.folder.path()).unwrap();
        files
            .map(|file| file.unwrap().path())
            .map(|path| (path.clone(), fs::read(path).unwrap()))
            .collect()
    }

    async fn open(&self, name: &str) -> Result<Connection, ConnectionError> {
        Connection::open(&target(&self.path(name)), "checkrun/test").await
    }
}

fn target(path: &Path) -> Target {
    Target {
        name: "shop".into(),
        address: Address::File(path.to_owned()),
        labels: BTreeMap::new(),
        allow_privileged: false,
        connect_timeout: Duration::from_secs(5),
        connect_attempts: 1,
        max_parallel: 1,
    }
}

fn query(sql: &str, parameters: Vec<Value>) -> Query {
    Query {
        sql: sql.into(),
        parameters,
        max_rows: 10_000,
        max_bytes: 8 << 20,
        timeout: Duration::from_secs(10),
    }
}

async fn ask(connection: &mut Connection, sql: &str) -> Result<ResultSet, SqlError> {
    connection.query(&query(sql, Vec::new())).await
}

async fn one(connection: &mut Connection, sql: &str) -> Value {
    ask(connection, sql).await.unwrap().rows[0][0].clone()
}
