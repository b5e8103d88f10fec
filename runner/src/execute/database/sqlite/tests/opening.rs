//! What can be opened, and the class of everything that cannot.

use super::*;

#[tokio::test]
async fn rows_that_are_only_in_the_wal_are_seen() {
    let fixture = Fixture::new();
    let writer = fixture.write(
        "wal.db",
        "pragma journal_mode = wal; pragma wal_autocheckpoint = 0; \
         create table t (a); insert into t values (1)",
    );
    let mut connection = fixture.open("wal.db").await.unwrap();
    assert_eq!(
        one(&mut connection, "select count(*) from t").await,
        Value::Int64(1)
    );
    writer.execute_batch("insert into t values (2)").unwrap();
    assert_eq!(
        one(&mut connection, "select count(*) from t").await,
        Value::Int64(2)
    );
    // A reader does not hold the writer up.
    writer
        .execute_batch("begin immediate; insert into t values (3)")
        .unwrap();
    assert_eq!(
        one(&mut connection, "select count(*) from t").await,
        Value::Int64(2)
    );
}

#[tokio::test]
async fn what_is_not_a_database_has_its_class() {
    let fixture = Fixture::new();
    fixture.add_what_is_no_target();
    let before = fixture.file_names();
    for (name, class, words) in [
        (
            "missing.db",
            ConnectionClass::UnknownDatabase,
            "checkrun never creates a target",
        ),
        (
            "dangling.db",
            ConnectionClass::UnknownDatabase,
            "checkrun never creates a target",
        ),
        (
            "shop.db/x",
            ConnectionClass::UnknownDatabase,
            "checkrun never creates a target",
        ),
        ("folder.db", ConnectionClass::Protocol, "is not a file"),
        (
            "garbage.db",
            ConnectionClass::Protocol,
            "not a SQLite database",
        ),
        (
            "short.db",
            ConnectionClass::Protocol,
            "not a SQLite database",
        ),
        ("cut.db", ConnectionClass::Protocol, "damaged"),
        (
            "history.db",
            ConnectionClass::Other,
            "history of checkrun itself",
        ),
        (
            "alias.db",
            ConnectionClass::Other,
            "history of checkrun itself",
        ),
    ] {
        let error = fixture.open(name).await.unwrap_err();
        assert_eq!(
            (error.class, error.attempts),
            (class, 1),
            "{name}: {error:?}"
        );
        assert!(error.message.contains(words), "{name}: {error:?}");
    }
    let pipe = target(Path::new("/dev/null"));
    let error = Connection::open(&pipe, "x").await.unwrap_err();
    assert_eq!(error.class, ConnectionClass::Protocol);
    assert_eq!(fixture.file_names(), before);
    let mut link = fixture.open("link.db").await.unwrap();
    assert_eq!(
        one(&mut link, "select count(*) from orders").await,
        Value::Int64(2)
    );
    // SQLite takes an empty file for an empty database, and so do we.
    let mut empty = fixture.open("empty.db").await.unwrap();
    assert_eq!(one(&mut empty, "pragma page_count").await, Value::Int64(0));
}

impl Fixture {
    fn add_what_is_no_target(&self) {
        self.write(
            "history.db",
            "pragma application_id = 0x43484B52; create table t (a)",
        );
        fs::write(self.path("garbage.db"), vec![7; 5000]).unwrap();
        fs::write(self.path("short.db"), b"SQLite format 3").unwrap();
        fs::write(self.path("empty.db"), b"").unwrap();
        fs::create_dir(self.path("folder.db")).unwrap();
        let cut = fs::read(self.path("shop.db")).unwrap();
        fs::write(self.path("cut.db"), &cut[..1000]).unwrap();
        std::os::unix::fs::symlink("missing.db", self.path("dangling.db")).unwrap();
        std::os::unix::fs::symlink("history.db", self.path("alias.db")).unwrap();
        std::os::unix::fs::symlink("shop.db", self.path("link.db")).unwrap();
    }

    fn file_names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}
