//! Several targets at once, names that do not exist, and configurations with mistakes: whatever can be
//! looked at is.

use checkrun_testkit::listener::{BlackHole, MuteServer};
use checkrun_testkit::{Servers, account};
use checkrun_tests::{Stage, server_target, snapshot};
use std::time::Duration;

use super::{SPARE, diagnose, target};

fn good(name: &str) -> String {
    server_target(
        name,
        &Servers::from_environment().postgres,
        account::MONITOR,
    )
}

#[test]
fn an_unknown_name_keeps_nobody_from_looking_at_the_others() {
    let stage = Stage::new(&good("orders"));
    let diagnosed = diagnose(&stage, &["orders", "order"]);
    assert_eq!(diagnosed.ended.code, Some(64));
    let outcomes: Vec<_> = diagnosed.document["targets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|target| format!("{} {}", target["target"], target["outcome"]))
        .collect();
    assert_eq!(outcomes, ["\"orders\" \"passed\"", "\"order\" \"failed\""]);
    assert_eq!(
        diagnosed.problems(),
        ["failed configuration unknown-target"]
    );
    let advice = &diagnosed.document["problems"][0]["advice"];
    assert_eq!(advice, "did you mean `orders`?");
}

#[test]
fn targets_are_chosen_by_glob_and_label_and_nothing_chosen_is_a_mistake() {
    let labelled = format!("{}labels = {{ env = \"prod\" }}\n", good("shop-1"));
    let stage = Stage::new(&format!("{labelled}{}", good("other")));
    for (arguments, count, code) in [
        (&[][..], 2, 0),
        (&["shop-*"], 1, 0),
        (&["env=prod"], 1, 0),
        (&["env=test"], 1, 64),
    ] {
        let diagnosed = diagnose(&stage, arguments);
        let targets = diagnosed.document["targets"].as_array().unwrap();
        assert_eq!(targets.len(), count, "{arguments:?}");
        assert_eq!(diagnosed.ended.code, Some(code), "{arguments:?}");
    }
}

#[test]
fn half_of_the_targets_dead_take_no_longer_than_one() {
    let hole = BlackHole::open().unwrap();
    let mute = MuteServer::open().unwrap();
    let mut text = String::new();
    for n in 0..4 {
        text.push_str(&good(&format!("good-{n}")));
        for (name, address) in [("hole", hole.address()), ("mute", mute.address())] {
            let url = format!("postgres://monitor@{}/shop", address.unwrap());
            text.push_str(&target(
                &format!("{name}-{n}"),
                &url,
                "connect_timeout = \"1s\"",
            ));
        }
    }
    let diagnosed = diagnose(&Stage::new(&text), &[]);
    let limit = Duration::from_secs(2) + SPARE;
    assert!(diagnosed.ended.took < limit, "{:?}", diagnosed.ended.took);
    let count = |outcome: &str| {
        let targets = diagnosed.document["targets"].as_array().unwrap();
        targets
            .iter()
            .filter(|target| target["outcome"] == outcome)
            .count()
    };
    assert_eq!((count("passed"), count("failed")), (4, 8));
    // The earlier stage comes first: it may be the cause of more.
    let problems = diagnosed.problems();
    assert_eq!(problems[0], "failed tcp connect-timeout");
    assert_eq!(problems[4], "failed tls connect-timeout");
}

#[test]
fn a_secret_that_is_not_there_stops_its_own_target_only() {
    let missing = target("no-secret", "postgres://monitor@localhost/shop", "")
        .replace("{ env = \"MONITOR_PASSWORD\" }", "{ file = \"missing\" }");
    let stage = Stage::new(&format!("{missing}{}", good("orders")));
    let diagnosed = diagnose(&stage, &[]);
    assert_eq!(diagnosed.problems(), ["failed secret secret-missing"]);
    assert_eq!(diagnosed.ended.code, Some(2));
    let source = diagnosed.fact("secret", "password");
    assert!(
        source.starts_with("file ") && source.ends_with("missing"),
        "{source}"
    );
    let outcomes: Vec<_> = diagnosed.document["targets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|target| target["outcome"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(outcomes, ["failed", "passed"]);
}

#[test]
fn mistakes_in_the_configuration_are_told_together_and_stay_with_their_target() {
    let broken = good("broken").replace("password", "pasword");
    let check = "[[check]]\nuse = \"core/helth\"\ntargets = [\"*\"]\n\
                 [[pack]]\npath = \"./nothing.wasm\"\n";
    let stage = Stage::new(&format!("{broken}{}{check}", good("orders")));
    let diagnosed = diagnose(&stage, &[]);
    assert_eq!(diagnosed.ended.code, Some(78));
    assert_eq!(
        diagnosed.problems()[0],
        "failed configuration configuration"
    );
    let targets = diagnosed.document["targets"].as_array().unwrap();
    assert_eq!(targets[0]["outcome"], "failed");
    assert_eq!(targets[1]["outcome"], "passed");
    let told = diagnosed.document["configuration"]["problems"]
        .as_array()
        .unwrap();
    let told: Vec<_> = told
        .iter()
        .map(|problem| problem["message"].as_str().unwrap())
        .collect();
    for mistake in ["pasword", "helth", "nothing.wasm"] {
        let mentions = told.iter().filter(|message| message.contains(mistake));
        assert_eq!(mentions.count(), 1, "{mistake}: {told:?}");
    }
}

#[test]
fn people_read_each_target_and_all_problems_in_their_order() {
    let missing = target("no-secret", "postgres://monitor@localhost/shop", "")
        .replace("MONITOR_PASSWORD", "NO_SUCH_VARIABLE");
    let stage = Stage::new(&format!(
        "{}{}{missing}",
        good("orders"),
        target("files", "postgres://monitor@no-such-host.invalid/shop", "")
    ));
    let said = stage.run(&["diagnose", "orders", "files", "no-secret", "odrers"]);
    snapshot("diagnose several", &said.expect(64).transcript());
}

#[test]
fn what_cannot_be_read_at_all_is_told_as_everywhere() {
    let mut text = String::new();
    for (what, configuration) in [
        ("no TOML", "[[target\n"),
        ("no target", "[run]\nparallel = 4\n"),
    ] {
        let stage = Stage::new(configuration);
        let ended = stage.run(&["diagnose"]).expect(78);
        text.push_str(&format!("# {what}\n{}\n", ended.transcript()));
        let document = stage
            .run(&["diagnose", "--format", "json"])
            .expect(78)
            .json();
        assert_eq!(document["outcome"], "failed", "{what}");
        assert_eq!(document["targets"].as_array().unwrap().len(), 0, "{what}");
    }
    snapshot("diagnose without a configuration", &text);
}
