//! `run` and `alerts deliver`, for those who run checks by cron.

use checkrun_tests::snapshot;

use super::*;

#[test]
fn three_runs_and_deliver_tell_once_and_so_does_the_recovery() {
    let job = level("shop").replace("confirm = 1\nrecover_after = 1\n", "");
    let (stage, _) = stage(&format!("{FOLDER}{ALICE}{job}"));
    let mut said = String::new();
    let mut deliver = |what: &str| {
        let ended = stage.run(&["alerts", "deliver"]).expect(0);
        said += &format!("# {what}\n{}", ended.transcript());
    };
    set(&stage, 7);
    for _ in 0..2 {
        let _ = stage.run(&["run"]).expect(2);
    }
    deliver("after two bad runs");
    let _ = stage.run(&["run"]).expect(2);
    deliver("after three");
    deliver("again");
    assert_told(&subjects(&stage), &["CRIT shop: "]);
    set(&stage, 0);
    for _ in 0..2 {
        let _ = stage.run(&["run"]).expect(0);
    }
    // By default, messages about a target are minutes apart.
    deliver("after two good runs");
    stage.sqlite(
        "checkrun.db",
        "update outbox set created_us = created_us - 300000000",
    );
    deliver("five minutes later");
    deliver("again");
    assert_told(&subjects(&stage), &["CRIT shop: ", "OK shop: "]);
    snapshot("telling by cron", &said);
}

#[test]
fn while_a_schedule_runs_deliver_leaves_the_telling_to_it() {
    let (stage, notices) = stage(&format!("{FOLDER}{ALICE}{QUICK}{}", level("shop")));
    let running = start(&stage, &notices, &[]);
    let ended = stage.run(&["alerts", "deliver"]).expect(74);
    assert!(
        ended.stderr.contains("it tells people by itself"),
        "{}",
        ended.stderr
    );
    let _ = stop(running);
}
