//! `checkrun preflight`: every database is judged, whatever is wrong with the others.

use std::time::Duration;

use checkrun_testkit::listener::{BlackHole, MuteServer};
use checkrun_testkit::{Engine, Options, Server, Servers, account, eventually};
use checkrun_tests::{Ended, Stage, server_target, snapshot};

use crate::schemas;

const SHORT: &str = "connect_timeout = \"1s\"\nconnect_attempts = 1\n";

/// The statuses of a JSON answer, as `name status`.
fn statuses(ended: &Ended) -> Vec<String> {
    schemas::statuses(&schemas::document("preflight", ended))
}

/// Good databases of every engine, and every kind of bad one.
fn mixed(hole: &BlackHole, mute: &MuteServer) -> Stage {
    let servers = Servers::from_environment();
    let dead = |name: &str, address: String| {
        format!(
            "[[target]]\nname = \"{name}\"\nurl = \"postgres://monitor@{address}/shop\"\npassword = {{ env = \"MONITOR_PASSWORD\" }}\n{SHORT}"
        )
    };
    let stage = Stage::new(&[
        server_target("orders", &servers.postgres, account::MONITOR),
        server_target("billing", &servers.mariadb, account::MONITOR),
        "[[target]]\nname = \"cache\"\nurl = \"sqlite:./cache.db\"\n".into(),
        dead("refused", "127.0.0.1:1".into()),
        dead("hanging", hole.address().unwrap().to_string()),
        dead("mute", mute.address().unwrap().to_string()),
        dead("nowhere", "no-such-host.invalid".into()),
        "[[target]]\nname = \"secretless\"\nurl = \"postgres://monitor@127.0.0.1/shop\"\npassword = { env = \"NOT_SET\" }\n".into(),
        "[[target]]\nname = \"file\"\nurl = \"sqlite:./missing.db\"\n".into(),
    ]
    .join("\n"));
    stage.sqlite("cache.db", "create table entry (id integer)");
    stage
}

#[test]
fn every_database_is_judged_whatever_is_wrong_with_the_others() {
    let (hole, mute) = (BlackHole::open().unwrap(), MuteServer::open().unwrap());
    let stage = mixed(&hole, &mute);
    let ended = stage.run(&["preflight", "--format", "json"]).expect(1);
    assert_eq!(
        statuses(&ended),
        [
            "orders passed",
            "billing passed",
            "cache passed",
            "refused failed",
            "hanging failed",
            "mute failed",
            "nowhere failed",
            "secretless failed",
            "file failed",
        ]
    );
    // Their own limit is a second; the rest is starting, and a machine that is busy with other tests.
    assert!(ended.took < Duration::from_secs(4), "{:?}", ended.took);
    let classes: Vec<_> = ended.json()["databases"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["error"]["class"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(
        classes,
        [
            "refused",
            "connect-timeout",
            "connect-timeout",
            "dns",
            "secret",
            "unknown-database"
        ]
    );
}

#[test]
fn unknown_names_are_told_and_do_not_hide_the_others() {
    let (hole, mute) = (BlackHole::open().unwrap(), MuteServer::open().unwrap());
    let stage = mixed(&hole, &mute);
    let ended = stage
        .run(&["preflight", "ordres", "cache", "env=prod", "x*"])
        .expect(1);
    snapshot("preflight with unknown names", &ended.transcript());
}

/// Two good databases; what one of them expects is in a folder that is not there.
fn without_folder() -> Stage {
    let stage = Stage::new(
        "[[target]]\nname = \"orders\"\nurl = \"sqlite:./orders.db\"\n\
         [[target]]\nname = \"billing\"\nurl = \"sqlite:./billing.db\"\n\
         [[check]]\nuse = \"core/health\"\ntargets = [\"billing\"]\n\
         parameters = { migrations_folder = \"no-such-folder\" }\n\
         [[check]]\nuse = \"core/migrations\"\ntargets = [\"billing\"]\n\
         parameters = { folder = \"no-such-folder\" }\n",
    );
    for file in ["orders.db", "billing.db"] {
        stage.sqlite(file, "create table entry (id integer)");
    }
    stage
}

#[test]
fn a_folder_that_is_not_there_is_told_with_its_target_and_stops_no_other() {
    let stage = without_folder();
    for (arguments, exit, expected) in [
        (&["preflight"][..], 0, ["orders passed", "billing warning"]),
        (
            &["preflight", "--migrations", "ignore"],
            0,
            ["orders passed", "billing passed"],
        ),
        (
            &[
                "preflight",
                "orders",
                "billing",
                "--strict",
                "--wait",
                "20s",
            ],
            1,
            ["orders passed", "billing warning"],
        ),
    ] {
        let arguments = [arguments, &["--format", "json"]].concat();
        let ended = stage.run(&arguments).expect(exit);
        assert_eq!(statuses(&ended), expected, "{arguments:?}");
        assert_eq!(ended.json()["rounds"], 1, "nothing waits for a folder");
    }
    let require = ["preflight", "billing", "--migrations", "require"];
    let answers = [
        stage.run(&require).expect(1),
        stage.run(&["status"]).expect(3),
    ];
    let answers = answers.map(|ended| ended.transcript());
    snapshot("a folder that is not there", &answers.join("\n"));
    let diagnosis = stage
        .run(&["diagnose", "--format", "json"])
        .expect(1)
        .json();
    let problems = diagnosis["problems"].as_array().expect("a list");
    let told: Vec<_> = problems
        .iter()
        .map(|one| ["target", "stage", "class"].map(|key| one[key].as_str().unwrap_or_default()))
        .collect();
    let billing = ["billing", "configuration", "folder-not-read"];
    assert_eq!(told, [billing, billing]);
    // What is run by machines is held to the file as it is.
    let refused = stage.run(&["run"]).expect(78);
    assert!(refused.stderr.contains("`no-such-folder` does not exist"));
}

#[test]
fn a_mysql_url_that_leads_to_postgresql_is_told_as_such_in_time() {
    let servers = Servers::from_environment();
    let port = servers.postgres.port;
    let target = |name: &str, further: &str| {
        format!(
            "[[target]]\nname = \"{name}\"\nurl = \"mysql://monitor@127.0.0.1:{port}/shop\"\n{SHORT}{further}"
        )
    };
    // Without encryption the driver connects by itself, and nobody else can ask on its connection.
    let plain = target("plain", "tls = { mode = \"disable\" }\n");
    let stage = Stage::new(&format!("{}{plain}", target("crossed", "")));
    let ended = stage.run(&["preflight", "--format", "json"]).expect(1);
    let databases = &ended.json()["databases"];
    assert_eq!(databases[0]["error"]["class"], "protocol");
    let message = databases[0]["error"]["message"]
        .as_str()
        .unwrap_or_default();
    assert!(
        message.contains("a PostgreSQL server, not MySQL"),
        "{message}"
    );
    assert_eq!(databases[1]["error"]["class"], "connect-timeout");
}

#[test]
fn what_people_read() {
    let (hole, mute) = (BlackHole::open().unwrap(), MuteServer::open().unwrap());
    let stage = mixed(&hole, &mute);
    let ended = stage.run(&["preflight"]).expect(1);
    snapshot("preflight of good and bad databases", &ended.transcript());
}

#[test]
fn only_a_strict_preflight_fails_for_a_warning() {
    let stage = Stage::new("[[target]]\nname = \"cache\"\nurl = \"sqlite:./cache.db\"\n");
    stage.sqlite("cache.db", "create table entry (id integer)");
    for (arguments, code, status) in [
        (&["--slow", "10s"][..], 0, "cache passed"),
        (&["--slow", "10s", "--strict"], 0, "cache passed"),
        (&["--slow", "1us"], 0, "cache warning"),
        (&["--slow", "1us", "--strict"], 1, "cache warning"),
    ] {
        let line = [&["preflight", "--format", "json"], arguments].concat();
        let ended = stage.run(&line).expect(code);
        assert_eq!(statuses(&ended), [status], "{arguments:?}");
    }
}

#[test]
fn a_wrong_command_line_or_configuration_says_so_with_its_own_code() {
    let good = Stage::new("[[target]]\nname = \"cache\"\nurl = \"sqlite:./cache.db\"\n");
    for arguments in [
        &["preflight", "--wait", "soon"][..],
        &["preflight", "--slow", "5"],
        &["preflight", "--migrations", "maybe"],
    ] {
        let ended = good.run(arguments).expect(64);
        assert_eq!(ended.stdout, "");
    }
    let bad = Stage::new("[[target]]\nname = \"cache\"\nurl = \"oracle:./cache.db\"\n");
    let ended = bad.run(&["preflight"]).expect(78);
    assert!(
        ended.stderr.contains("checkrun.toml:3:7"),
        "{}",
        ended.stderr
    );
}

#[test]
fn waiting_ends_as_soon_as_the_database_is_there() {
    let server = Server::start(Engine::Postgres, &Options::default()).unwrap();
    let endpoint = server.endpoint();
    let stage = Stage::new(&format!(
        "{}{SHORT}",
        server_target("orders", &endpoint, account::MONITOR)
    ));
    let pause = server.pause().unwrap();
    let running = stage.start(&["preflight", "--wait", "60s", "--format", "json"]);
    // Long enough for a first round that fails.
    std::thread::sleep(Duration::from_millis(2_500));
    drop(pause);
    let ended = running.wait(Duration::from_secs(20)).expect(0);
    assert_eq!(statuses(&ended), ["orders passed"]);
    assert!(
        ended.json()["rounds"].as_u64().unwrap() > 1,
        "{}",
        ended.stdout
    );
    assert!(
        ended.stderr.contains("waiting for orders"),
        "{}",
        ended.stderr
    );
}

#[test]
fn waiting_ends_when_the_time_is_up_and_nothing_waits_for_a_name() {
    let hole = BlackHole::open().unwrap();
    let stage = Stage::new(&format!(
        "[[target]]\nname = \"hanging\"\nurl = \"mysql://monitor@{}/shop\"\npassword = {{ env = \"MONITOR_PASSWORD\" }}\nconnect_timeout = \"10s\"\n",
        hole.address().unwrap()
    ));
    let ended = stage.run(&["preflight", "--wait", "3s"]).expect(1);
    let limit = Duration::from_secs(3) + Duration::from_secs(2);
    assert!(ended.took < limit, "{:?}", ended.took);
    let started = std::time::Instant::now();
    let stage = Stage::new("[[target]]\nname = \"cache\"\nurl = \"sqlite:./cache.db\"\n");
    let ended = stage
        .run(&["preflight", "cahce", "--wait", "60s"])
        .expect(1);
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "{}",
        ended.stdout
    );
}

#[test]
fn of_several_questions_to_one_database_the_worst_answer_counts() {
    let question = |name: &str, sql: &str| {
        format!(
            "[[check]]\nuse = \"core/health\"\nname = \"{name}\"\ntargets = [\"shop\"]\nparameters = {{ query = \"{sql}\" }}\n"
        )
    };
    for (second, exit, expected) in [
        ("select 2", 0, "shop passed"),
        ("select ready from shop where ready", 1, "shop failed"),
    ] {
        let stage = Stage::new(&format!(
            "[[target]]\nname = \"shop\"\nurl = \"sqlite:./shop.db\"\n{}{}",
            question("there", "select 1"),
            question("filled", second)
        ));
        stage.sqlite(
            "shop.db",
            "create table shop (ready boolean); insert into shop values (false);",
        );
        let ended = stage.run(&["preflight", "--format", "json"]).expect(exit);
        assert_eq!(statuses(&ended), [expected], "{second}");
        let issues = ended.json()["databases"][0]["issues"].clone();
        assert_eq!(
            issues.as_array().map(Vec::len),
            Some(usize::from(exit == 1))
        );
    }
}

#[test]
fn an_account_that_is_refused_is_asked_less_and_less_often() {
    let servers = Servers::from_environment();
    let url = servers.postgres.url_without_password(account::MONITOR);
    let stage = Stage::new(&format!(
        "[[target]]\nname = \"orders\"\nurl = \"{url}\"\npassword = {{ env = \"PLAIN_PASSWORD\" }}\n{SHORT}"
    ));
    let ended = stage
        .run(&["preflight", "--wait", "5s", "--format", "json"])
        .expect(1);
    let document = ended.json();
    assert_eq!(document["databases"][0]["error"]["class"], "authentication");
    // At the beginning, after 2 s, and when the time is up; every second, it would be six.
    assert_eq!(document["rounds"], 3);
}

#[test]
fn nothing_is_written_to_the_history() {
    let stage = Stage::new("[[target]]\nname = \"cache\"\nurl = \"sqlite:./cache.db\"\n");
    stage.sqlite("cache.db", "create table entry (id integer)");
    let ended = stage.run(&["preflight"]).expect(0);
    assert_eq!(ended.stderr, "");
    let is_there = eventually("the folder can be read", Duration::from_secs(1), || {
        Some(stage.path("checkrun.db").exists())
    });
    assert!(!is_there);
}
