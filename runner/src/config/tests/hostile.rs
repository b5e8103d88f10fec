//! Hostile and random input: no panic, no secret, in reasonable time.

use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;

use super::packs::core;
use super::{TARGET, read};
use crate::config::{Environment, Need, Problems, load, parse};

const CANARY: &str = "hunter2canary";

/// Far more than reading 1 MiB takes without optimisation on a busy machine.
const TIME_MAX: Duration = Duration::from_secs(60);

fn published(problems: &Problems) -> String {
    let json = serde_json::to_string(problems).expect("plain data");
    format!("{problems}{problems:?}{json}")
}

#[test]
fn no_mistake_publishes_a_secret() {
    let target = "[[target]]\nname = \"a\"\n";
    for line in [
        "url = \"postgres://m:CANARY@db/x\"",
        "url = \"postgre://m:CANARY@db/x\"",
        "url = \"postgres://m:CANARY\"",
        "url = 'postgres://m:\"CANARY@db/x'",
        "url = \"postgres://m:\\\"CANARY@db/x\"",
        "url = \"postgres://m:a/CANARY@db/x\"",
        "url = \"postgres://m@db/x?password=CANARY\"",
        "url = \"host=db user=m password=CANARY\"",
        "url = \"postgres://m:CANARY@db/x",
        "url = postgres://m:CANARY@db/x",
        "url = 5 # m:CANARY@db",
        "password = \"CANARY\"",
        "password = CANARY",
        "password = 'CANARY",
        "password = \"\"\"\nCANARY\n",
        "password = [\"CANARY\"]",
        "password = { \"CANARY\" }",
        "password = { value = \"CANARY\" }",
        "password = { CANARY = 1 }",
        "password = { env = [\"CANARY\"] }",
        "password = { env = \"CANARY!\" }",
        "password = { credential = \"CANARY/\" }",
        "password.text = \"CANARY\"",
        "password. = \"CANARY\"",
        "pasword = \"CANARY\"",
        "passwort = \"CANARY\"",
        "pwd = \"CANARY\"",
        "user_password = \"CANARY\"",
        "token = \"CANARY\"",
        "[target.password]\nvalue = \"CANARY\"",
        "[target.password]\nvalue = CANARY",
        "[email]\nsmtp = \"smtps://a:CANARY@mail:465\"",
        "[email]\npassword = \"CANARY\"",
    ] {
        let text = format!("{target}{}\n", line.replace("CANARY", CANARY));
        let problems = read(&text).expect_err(line);
        assert!(!published(&problems).contains(CANARY), "{line}\n{problems}");
    }
}

#[test]
fn absurd_files_are_refused_quickly() {
    for text in [
        "x\n".repeat(300_000),
        "a = 1\n".repeat(100_000),
        "[[target]]\n".repeat(60_000),
        format!("[[target]]\nname = \"{}\"\n", "x".repeat(900_000)),
        format!("{} = 1", "k".repeat(900_000)),
        format!("password = {}", "'\"".repeat(300_000)),
        "password = [".repeat(60_000),
        "://:@".repeat(100_000),
        "://".repeat(300_000),
        "://[".repeat(250_000),
        "://a:1 ".repeat(100_000),
        "password=".repeat(100_000),
        "a ".repeat(500_000),
        "{".repeat(900_000),
        "a.".repeat(450_000),
        "\u{0}".repeat(500_000),
        "\"\"\"".repeat(200_000),
    ] {
        let started = std::time::Instant::now();
        let problems = read(&text).expect_err("absurd");
        // Squared in its length, any of these would take minutes.
        let beginning: String = text.chars().take(20).collect();
        assert!(started.elapsed() < TIME_MAX, "{beginning:?}");
        assert!(problems.0.len() <= 101);
        assert!(problems.to_string().len() < 200_000);
    }
}

#[test]
fn a_device_or_a_folder_is_no_configuration() {
    for path in ["/dev/zero", "/dev/null", "/"] {
        assert!(load(Path::new(path)).is_err(), "{path}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_without_panic(text in "(?s).{0,200}") {
        let _ = parse(Path::new("x.toml"), &text);
    }

    #[test]
    fn any_mixture_of_our_words_is_read_or_refused_without_panic(
        words in proptest::collection::vec(
            proptest::sample::select(vec![
                "[[target]]", "[[check]]", "[run]", "[history]", "[email]", "[[route]]", "\n", "\n",
                "name", "url", "password", "tls", "use", "targets", "thresholds.x", "parameters",
                "=", "=", "{", "}", "[", "]", ",", "\"a\"", "\"core/health\"", "'sqlite:a'", "1",
                "\"*\"", "\"> 5\"", "true", ".", "#", "\"postgres://m@h/d\"", "env", "é",
            ]),
            0..40,
        )
    ) {
        if let Ok(loaded) = read(&words.join(" "))
            && let Ok(plan) = loaded.config.plan(&[core()], Need::Jobs)
        {
            let _ = plan.resolve(&Environment::default());
        }
    }

    #[test]
    fn a_sound_file_cut_anywhere_does_not_panic(cut in 0usize..TARGET.len()) {
        let _ = read(&TARGET[..cut]);
    }

    #[test]
    fn names_come_back_as_written(names in proptest::collection::btree_set("[A-Za-z0-9._-]{1,20}", 1..8)) {
        let text: String = names
            .iter()
            .map(|name| format!("[[target]]\nname = \"{name}\"\nurl = \"sqlite:{name}.db\"\n"))
            .collect();
        let loaded = read(&text).expect("sound");
        let read_back: Vec<&str> = loaded.config.targets().map(|target| target.name()).collect();
        prop_assert_eq!(read_back, names.iter().map(String::as_str).collect::<Vec<_>>());
    }
}
