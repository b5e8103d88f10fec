//! Jobs run at the same time, but never more of them than the target and the configuration allow.

use std::time::Duration;

use checkrun_testkit::{Servers, account};
use checkrun_tests::{Stage, server_target};

/// Waits, counts the runs that wait as well, of this database and of all, and waits again.
const NAP: &str = "with nap as materialized (select pg_sleep(0.3)), others as materialized \
    (select datname from nap, pg_stat_activity where state = 'active' and query like '%pg_sleep%'), \
    counted as materialized (select count(*) filter (where datname = current_database()) as own, \
    count(*) as everyone from others) select own, everyone, pg_sleep(0.3)::text as rest from counted";

const JOB_TIME: Duration = Duration::from_millis(600);
/// For both targets, and further ones for the second alone.
const JOBS: (u32, u32) = (4, 5);

fn target(name: &str, max_parallel: u32) -> String {
    let servers = Servers::from_environment();
    // This account sees what all sessions do.
    let target = server_target(name, &servers.postgres, account::MONITOR);
    format!("{target}max_parallel = {max_parallel}\n")
}

#[test]
fn heavy_limits_per_target_and_overall_are_used_and_kept() {
    let mut configuration = String::from("[run]\nparallel = 4\n");
    configuration.push_str(&target("two", 2));
    configuration.push_str(&target("three", 3).replace("/shop", "/other"));
    for job in 0..JOBS.0 + JOBS.1 {
        let targets = if job < JOBS.0 { "*" } else { "three" };
        configuration.push_str(&format!(
            "[[check]]\nuse = \"core/query\"\nname = \"nap-{job}\"\ntargets = [\"{targets}\"]\nparameters = {{ sql = \"{NAP}\" }}\n"
        ));
    }
    let ended = Stage::new(&configuration)
        .run(&["run", "--format", "json"])
        .expect(0);
    let document = ended.json();
    let most = |target: &str, metric: &str| {
        let of_run = |run: &serde_json::Value| {
            let metrics = run["metrics"].as_array().unwrap();
            metrics
                .iter()
                .find(|it| it["name"] == metric)
                .and_then(|it| it["value"].as_f64())
        };
        let runs = document["runs"].as_array().unwrap().iter();
        let values = runs
            .filter(|run| run["target"] == target)
            .filter_map(of_run);
        values.fold(0.0, f64::max)
    };
    assert_eq!(most("two", "own"), 2.0, "max_parallel of the target");
    assert_eq!(most("three", "own"), 3.0, "max_parallel of the target");
    let everyone = most("two", "everyone").max(most("three", "everyone"));
    assert_eq!(everyone, 4.0, "parallel of [run]");
    let one_after_another = JOB_TIME * (2 * JOBS.0 + JOBS.1);
    assert!(ended.took < one_after_another * 7 / 10, "{:?}", ended.took);
}

#[test]
fn a_slow_target_does_not_hold_up_the_others() {
    // Far more jobs than may run at all wait for the one slot of the slow target.
    let mut configuration = String::from("[run]\nparallel = 2\n");
    configuration.push_str(&target("a-slow", 1));
    configuration.push_str("[[target]]\nname = \"z-quick\"\nurl = \"sqlite:./shop.db\"\n");
    for job in 0..3 {
        configuration.push_str(&format!(
            "[[check]]\nuse = \"core/query\"\nname = \"nap-{job}\"\ntargets = [\"a-slow\"]\nparameters = {{ sql = \"select 1 as n, pg_sleep(0.4)::text\" }}\n"
        ));
    }
    configuration.push_str("[[check]]\nuse = \"core/health\"\ntargets = [\"z-quick\"]\n");
    let stage = Stage::new(&configuration);
    stage.sqlite("shop.db", "create table orders (id integer);");
    let ended = stage.run(&["run"]).expect(0);
    let first = ended.stdout.lines().next().unwrap_or_default();
    assert!(first.contains("z-quick"), "{}", ended.stdout);
}
