//! SQLite targets, whose way is shorter.

use checkrun_tests::{Stage, snapshot};

use super::diagnose;

fn stage(file: &str) -> Stage {
    let stage = Stage::new(&format!(
        "[[target]]\nname = \"shop\"\nurl = \"sqlite:./{file}\"\n"
    ));
    stage.write("folder/x", "");
    stage.write("notes.txt", "no database ".repeat(1000));
    stage.sqlite("shop.db", "create table orders (id integer)");
    stage
}

#[test]
fn each_file_that_is_none_has_its_class() {
    for (what, file, expected) in [
        ("a database", "shop.db", "nothing"),
        ("missing", "missing.db", "failed file unknown-database"),
        ("a folder", "folder", "failed file protocol"),
        ("a text", "notes.txt", "failed file protocol"),
        (
            "a file taken for a folder",
            "notes.txt/shop.db",
            "failed file unknown-database",
        ),
    ] {
        let diagnosed = diagnose(&stage(file), &[]);
        assert_eq!(diagnosed.first(), expected, "{what}");
        let stages = diagnosed.document["targets"][0]["stages"]
            .as_array()
            .unwrap();
        let names: Vec<_> = stages
            .iter()
            .map(|stage| stage["stage"].as_str().unwrap())
            .collect();
        let expected = [
            "configuration",
            "file",
            "privileges",
            "query",
            "performance",
        ];
        assert_eq!(names, expected, "{what}");
    }
}

#[test]
fn a_file_that_may_not_be_read_is_told_as_such() {
    let stage = stage("shop.db");
    // Root may read everything, so the one who asks is nobody, in a folder that everybody may enter.
    let script = "chmod 755 . && chmod 644 checkrun.toml && chmod 600 shop.db && \
                  export XDG_CACHE_HOME= HOME=/nonexistent && \
                  if [ \"$(id -u)\" = 0 ]; then exec setpriv --reuid=65534 --regid=65534 --clear-groups \
                  -- checkrun diagnose --format json; else chmod 000 shop.db && \
                  exec checkrun diagnose --format json; fi";
    let ended = stage.shell(script).expect(2);
    let problem = &ended.json()["problems"][0];
    assert_eq!(problem["stage"], "file");
    assert_eq!(problem["class"], "authentication");
}

#[test]
fn people_read_a_short_way() {
    let good = stage("shop.db").run(&["diagnose"]).expect(0).transcript();
    let gone = stage("missing.db")
        .run(&["diagnose"])
        .expect(2)
        .transcript();
    snapshot("diagnose sqlite", &format!("{good}\n{gone}"));
}
