//! Histories that cannot be written: the run still reports, and says loudly that nothing was kept.

use std::fs;

use checkrun_testkit::Mount;
use checkrun_tests::{Ended, Stage, snapshot};

fn stage(history: &str) -> Stage {
    let stage = Stage::new(&format!(
        r#"
[history]
path = "{history}"

[[target]]
name = "shop"
url = "sqlite:./shop.db"

[[check]]
name = "count"
use = "core/query"
targets = ["*"]
parameters = {{ sql = "select 7 as n" }}
"#
    ));
    stage.sqlite("shop.db", "create table orders (id integer);");
    stage
}

/// Every format still has the run; the exit code is that of a history that cannot be written.
#[track_caller]
fn reports_without_history(stage: &Stage) -> Ended {
    let document = stage.run(&["run", "--format", "json"]).expect(74).json();
    assert_eq!(document["runs"][0]["metrics"][0]["value"], 7.0);
    assert_ne!(document["runs"][0]["stored"], true);
    let nagios = stage.run(&["run", "--format", "nagios"]).expect(74);
    assert!(
        nagios.stdout.starts_with("OK - n = 7 | 'n'=7;;"),
        "{}",
        nagios.stdout
    );
    stage.run(&["run"]).expect(74)
}

#[test]
fn a_history_that_cannot_be_opened_is_told_and_the_run_reports() {
    let mut text = String::new();
    let mut add = |what: &str, stage: &Stage| {
        let ended = reports_without_history(stage);
        text.push_str(&format!("# {what}\n{}\n", ended.transcript()));
    };
    add("no folder", &stage("no/such/folder/checkrun.db"));
    let folder = stage("folder");
    folder.write("folder/x", "");
    add("a folder", &folder);
    let foreign = stage("checkrun.db");
    foreign.sqlite(
        "checkrun.db",
        "pragma application_id = 77; create table t (a);",
    );
    add("another program's database", &foreign);
    let newer = stage("checkrun.db");
    let _ = newer.run(&["run"]).expect(0);
    newer.sqlite("checkrun.db", "pragma user_version = 999;");
    let before = fs::read(newer.path("checkrun.db")).unwrap();
    add("a newer version's", &newer);
    assert_eq!(
        before,
        fs::read(newer.path("checkrun.db")).unwrap(),
        "it is not written to"
    );
    snapshot("histories that cannot be opened", &text);
}

#[test]
fn a_damaged_history_is_set_aside_and_a_new_one_begun() {
    let stage = stage("checkrun.db");
    for _ in 0..5 {
        let _ = stage.run(&["run"]).expect(0);
    }
    // Otherwise most of it is in the log beside the file.
    stage.sqlite("checkrun.db", "pragma wal_checkpoint(truncate);");
    let mut bytes = fs::read(stage.path("checkrun.db")).unwrap();
    bytes[100..6000].fill(0x5a);
    stage.write("checkrun.db", &bytes);
    let ended = stage.run(&["run"]).expect(0);
    assert!(
        ended
            .stderr
            .contains("checkrun.db was damaged; it is kept as"),
        "{}",
        ended.stderr
    );
    let kept = ended
        .stderr
        .split("kept as ")
        .nth(1)
        .and_then(|rest| rest.split(", and").next());
    let aside = fs::read(stage.path(kept.expect("a path"))).unwrap();
    assert_eq!(aside, bytes, "what was there is kept as it was");
    let runs: i64 = stage.value("checkrun.db", "select count(*) from run");
    assert_eq!(runs, 1);
    assert_eq!(stage.run(&["run"]).expect(0).stderr, "", "it is said once");
}

#[test]
fn a_full_or_read_only_disk_is_told_and_the_run_reports() {
    let stage = stage("disk/checkrun.db");
    let folder = stage.path("disk");
    let Some(disk) = Mount::of_size("1m", &folder) else {
        return;
    };
    let ballast = folder.join("ballast");
    // It fails when there is no more space, which is what it is for.
    let _ = fs::write(&ballast, vec![0; 2 << 20]);
    let mut text = format!(
        "# full from the beginning\n{}\n",
        reports_without_history(&stage).transcript()
    );

    fs::remove_file(&ballast).unwrap();
    let _ = stage.run(&["run"]).expect(0);
    let _ = fs::write(&ballast, vec![0; 2 << 20]);
    text.push_str(&format!(
        "# full meanwhile\n{}\n",
        reports_without_history(&stage).transcript()
    ));

    fs::remove_file(&ballast).unwrap();
    disk.make_read_only();
    text.push_str(&format!(
        "# read-only\n{}\n",
        reports_without_history(&stage).transcript()
    ));
    let _ = stage.run(&["history", "list"]);
    disk.make_writable();
    let _ = stage.run(&["run"]).expect(0);
    let runs: i64 = stage.value("disk/checkrun.db", "select count(*) from run");
    assert_eq!(runs, 2, "what was kept stays, and recording goes on");
    snapshot("full and read-only disks", &text);
}
