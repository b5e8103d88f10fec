//! A schedule whose history cannot be written goes on, and says so.

use std::fs;

use checkrun_testkit::Mount;

use super::*;

/// From a run that cannot be kept to the word that it is not.
const WITHOUT_WITHIN: Duration = Duration::from_secs(30);

#[test]
fn a_history_that_cannot_be_written_keeps_nobody_from_checking() {
    let configuration = format!(
        "[history]\npath = \"disk/checkrun.db\"\n{}",
        quick("a", 2, "1s")
    );
    let (stage, notices) = stage(&configuration);
    let folder = stage.path("disk");
    let Some(_disk) = Mount::of_size("1m", &folder) else {
        return;
    };
    let count = || -> i64 { stage.value("disk/checkrun.db", "select count(*) from run") };
    let wait_until_kept = |count_before: i64| {
        eventually("runs are kept", Duration::from_secs(30), || {
            (count() > count_before).then_some(())
        });
    };
    let running = start(&stage, &notices, &["--verbose"]);
    eventually("a history", READY_WITHIN, || {
        folder.join("checkrun.db-wal").exists().then_some(())
    });
    wait_until_kept(2);

    let ballast = folder.join("ballast");
    // It fails when there is no more space, which is what it is for.
    let _ = fs::write(&ballast, vec![0; 2 << 20]);
    running.wait_for_stderr("results are not stored", WITHOUT_WITHIN);
    let told = |stdout: &str| {
        let jobs = stdout.lines().filter(|line| line.contains("quick-"));
        i64::try_from(jobs.count()).unwrap()
    };
    // What was noticed first need not have been a run.
    eventually("runs that nobody keeps", WITHOUT_WITHIN, || {
        (told(&running.stdout_so_far()) > count() + 1).then_some(())
    });
    fs::remove_file(&ballast).unwrap();
    wait_until_kept(count());
    let ended = stop(running);
    let (told, kept) = (told(&ended.stdout), count());
    assert!(told > kept, "{told} told, {kept} kept");
    let of = |text: &str| ended.stderr.matches(text).count();
    assert!(of("results are not stored") >= 1, "{}", ended.stderr);
    assert_eq!(of("can be written again"), 1, "{}", ended.stderr);
}

#[test]
fn a_read_only_history_is_written_as_soon_as_it_can_be() {
    let configuration = format!(
        "[history]\npath = \"disk/checkrun.db\"\n{}",
        quick("a", 1, "1s")
    );
    let (stage, notices) = stage(&configuration);
    let folder = stage.path("disk");
    let Some(disk) = Mount::of_size("1m", &folder) else {
        return;
    };
    let _ = stage.run(&["run"]).expect(0);
    disk.make_read_only();
    let running = start(&stage, &notices, &["--verbose"]);
    running.wait_for_stderr("results are not stored", WITHOUT_WITHIN);
    eventually("runs that nobody keeps", WITHOUT_WITHIN, || {
        (running.stdout_so_far().matches("quick-0").count() >= 2).then_some(())
    });
    disk.make_writable();
    eventually("runs are kept", Duration::from_secs(30), || {
        let count: i64 = stage.value("disk/checkrun.db", "select count(*) from run");
        (count > 3).then_some(())
    });
    let ended = stop(running);
    let shown = ended.stdout.matches("quick-0").count() as i64;
    let kept: i64 = stage.value(
        "disk/checkrun.db",
        "select count(*) from v_slot where job = 'quick-0'",
    );
    assert!(shown > kept, "{kept} kept: {}", ended.stdout);
    let said = ended.stderr;
    assert!(said.contains("results are not stored"), "{said}");
    assert!(said.contains("would not be noticed"), "{said}");
    assert!(said.contains("can be written again"), "{said}");
}

#[test]
fn a_history_that_cannot_be_opened_is_tried_again() {
    let configuration = format!(
        "[history]\npath = \"later/checkrun.db\"\n{}",
        quick("a", 1, "1s")
    );
    let (stage, notices) = stage(&configuration);
    let running = start(&stage, &notices, &[]);
    fs::create_dir(stage.path("later")).unwrap();
    eventually("runs are kept", Duration::from_secs(30), || {
        let connection = Connection::open(stage.path("later/checkrun.db")).ok()?;
        let count: i64 = connection
            .query_row("select count(*) from run", [], |row| row.get(0))
            .ok()?;
        (count > 0).then_some(())
    });
    let ended = stop(running);
    assert!(
        ended.stderr.contains("the history can be written again"),
        "{}",
        ended.stderr
    );
}
