//! Configurations that change while something is wrong, and much that is wrong at once.

use checkrun_tests::Running;

use super::*;

/// Lets another configuration be read.
#[track_caller]
fn read_again(stage: &Stage, notices: &Notices, running: &Running, configuration: &str) {
    stage.write("checkrun.toml", configuration);
    running.signal("HUP");
    let _ = notices.wait_for("READY=1", crate::schedule::READY_WITHIN);
}

#[test]
fn a_new_route_is_told_what_is_open_and_a_route_that_is_gone_nothing_more() {
    let alices = format!("{FOLDER}{ALICE}{QUICK}{}", level("shop"));
    let (stage, notices) = stage(&alices);
    let running = start(&stage, &notices, &[]);
    set(&stage, 7);
    let _ = wait_for_letters(&stage, 1);
    read_again(
        &stage,
        &notices,
        &running,
        &alices.replace("alice@", "bob@"),
    );
    let _ = wait_for_letters(&stage, 2);
    set(&stage, 0);
    let letters = wait_for_letters(&stage, 3);
    pass(&stage, STILL);
    let _ = stop(running);
    assert_told(
        &subjects(&stage),
        &["CRIT shop: ", "CRIT shop: ", "OK shop: "],
    );
    let told: Vec<_> = letters.iter().map(|one| one.header("To")).collect();
    assert_eq!(
        told,
        ["alice@shop.example", "bob@shop.example", "bob@shop.example"]
    );
}

#[test]
fn a_job_that_is_not_configured_any_more_ends_what_was_told_of_it() {
    let with = format!("{FOLDER}{ALICE}{QUICK}{}", level("shop"));
    let (stage, notices) = stage(&with);
    let running = start(&stage, &notices, &[]);
    set(&stage, 7);
    let _ = wait_for_letters(&stage, 1);
    let without = with
        .replace("\"level\"", "\"other\"")
        .replace("> 0", "> 100")
        .replace("> 5", "> 500");
    read_again(&stage, &notices, &running, &without);
    let letters = wait_for_letters(&stage, 2);
    wait_for(&stage, "v_run where job = 'other'", STILL);
    let _ = stop(running);
    assert_told(&subjects(&stage), &["CRIT shop: ", "GONE shop: "]);
    assert_eq!(letters[1].header("X-Checkrun-State"), "gone");
}

#[test]
fn what_breaks_on_many_targets_at_once_is_one_mail_and_one_when_it_is_over() {
    let targets: String = (0..15).map(|n| level(&format!("shop-{n}"))).collect();
    let quick = format!("{QUICK}limit = {{ messages = 10, within = \"20s\" }}\n");
    let (stage, notices) = stage(&format!("{FOLDER}{ALICE}{quick}{targets}"));
    let running = start(&stage, &notices, &[]);
    wait_for(&stage, "(select distinct target from v_run)", 15);
    set(&stage, 7);
    let _ = wait_for_letters(&stage, 1);
    pass(&stage, 15 * STILL);
    set(&stage, 0);
    let _ = wait_for_letters(&stage, 2);
    pass(&stage, 15 * STILL);
    let _ = stop(running);
    let told = subjects(&stage);
    assert_told(&told[..1], &["STORM: 15 problems on 15 targets"]);
    assert_told(&told[1..], &["OK: 15 problems over on 15 targets"]);
}
