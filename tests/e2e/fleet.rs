//! Commands over many databases take hardly longer than the one database that takes longest.

use std::time::Duration;

use checkrun_testkit::listener::BlackHole;
use checkrun_testkit::{Servers, account};
use checkrun_tests::{Stage, server_target};

const SQLITE: usize = 6;
/// On each of the two servers.
const ON_SERVER: usize = 2;
const DEAD: usize = 4;

/// Of the one attempt to connect to a dead database.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Good databases on every engine, and dead ones between them.
fn fleet(hole: &BlackHole) -> Stage {
    let servers = Servers::from_environment();
    let address = hole.address().unwrap();
    let timeout = CONNECT_TIMEOUT.as_secs();
    let mut targets = Vec::new();
    for n in 0..DEAD {
        targets.push(format!(
            "[[target]]\nname = \"dead-{n}\"\nurl = \"mariadb://monitor@{address}/shop\"\npassword = {{ env = \"MONITOR_PASSWORD\" }}\nconnect_timeout = \"{timeout}s\"\nconnect_attempts = 1\n"
        ));
    }
    for n in 0..ON_SERVER {
        for endpoint in [&servers.postgres, &servers.mariadb] {
            let name = format!("{}-{n}", endpoint.engine.name());
            targets.push(server_target(&name, endpoint, account::MONITOR));
        }
    }
    for n in 0..SQLITE {
        targets.push(format!(
            "[[target]]\nname = \"sqlite-{n}\"\nurl = \"sqlite:./{n}.db\"\n"
        ));
    }
    let stage = Stage::new(&targets.join("\n"));
    for n in 0..SQLITE {
        stage.sqlite(&format!("{n}.db"), "create table entry (id integer)");
    }
    stage
}

#[test]
fn dead_databases_are_waited_for_at_the_same_time() {
    let hole = BlackHole::open().unwrap();
    let stage = fleet(&hole);
    let good = (SQLITE + 2 * ON_SERVER) as u64;
    for (command, code, count) in [
        ("preflight", 1, "/summary/passed"),
        ("status", 2, "/breakdown/healthy"),
        ("performance", 2, ""),
    ] {
        let ended = stage.run(&[command, "--format", "json"]).expect(code);
        // Only a command that waits for one after the other needs the time of two.
        assert!(
            CONNECT_TIMEOUT <= ended.took && ended.took < 2 * CONNECT_TIMEOUT,
            "{command}: {:?}",
            ended.took
        );
        let document = ended.json();
        let databases = document["databases"].as_array().unwrap();
        assert_eq!(databases.len() as u64, good + DEAD as u64, "{command}");
        for database in databases {
            let name = database["target"].as_str().unwrap();
            let is_dead = !database["error"].is_null();
            assert_eq!(is_dead, name.starts_with("dead-"), "{database:#}");
        }
        if !count.is_empty() {
            assert_eq!(document.pointer(count).unwrap(), good, "{command}");
        }
    }
}
