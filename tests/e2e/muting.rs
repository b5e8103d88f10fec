//! The command lines by which people mute, take on, and take it back.

use checkrun_tests::{Stage, snapshot};

const CONFIGURATION: &str = "
[[target]]
name = \"cache\"
url = \"sqlite:./cache.db\"
labels = { env = \"prod\" }

[[check]]
name = \"entries\"
use = \"core/query\"
targets = [\"*\"]
parameters = { sql = \"select 7 as entries\" }
thresholds.entries = { warning = \"> 2\", critical = \"> 5\" }
confirm = 1
";

#[test]
fn what_people_say_about_messages_and_what_is_not_understood() {
    let stage = Stage::new(CONFIGURATION);
    stage.sqlite("cache.db", "create table entry (id integer)");
    let _ = stage.run(&["run"]).expect(2);
    let why = "--comment=a new index";
    let cases: [(&[&str], i32); 15] = [
        (
            &[
                "silence", "ca*", "--label", "env=pr*", "--for", "2h", "--by", "ada", why,
            ],
            0,
        ),
        (
            &[
                "silence",
                "cache",
                "--check",
                "entries",
                "--from",
                "2999-01-01T02:00",
                "--for",
                "30d",
                "--by",
                "ada",
                why,
            ],
            0,
        ),
        (&["silence", "cache", "--by", "ada", why], 64),
        (
            &["silence", "cache", "--for", "31d", "--by", "ada", why],
            64,
        ),
        (&["silence", "cache", "--for", "0s", "--by", "ada", why], 64),
        (&["silence", "cache", "--for", "2h", "--by", "ada"], 64),
        (&["silence", "cache", "--for", "2h", why], 64),
        (
            &[
                "silence", "cache", "--label", "prod", "--for", "2h", "--by", "ada", why,
            ],
            64,
        ),
        (&["unsilence", "1"], 0),
        (&["unsilence", "1"], 64),
        (&["unsilence", "99"], 64),
        (&["silences"], 0),
        (&["ack", "1", "--for", "31d", "--by", "ada"], 64),
        (
            &["ack", "1", "--sticky", "--by", "ada", "--comment", "on it"],
            0,
        ),
        (&["list"], 0),
    ];
    let mut said = String::new();
    for (arguments, code) in cases {
        let line = [&["alerts"], arguments].concat();
        said += &stage.run(&line).expect(code).transcript();
    }
    snapshot("muting", &said);
}
