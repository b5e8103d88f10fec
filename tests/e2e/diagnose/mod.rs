//! `checkrun diagnose`: every reason why a database cannot be reached, for real.
//!
//! Each case says which problem comes first, as `severity stage class`, and every answer is held to what
//! is true of all of them: [`Diagnosed::consistent`].

use std::time::Duration;

use checkrun_tests::{Ended, Stage};
use serde_json::Value;

mod certificates;
mod counters;
mod privileges;
mod refused;
mod selection;
mod sqlite;
mod states;
mod unreachable;

/// What is left of the time for starting, loading packs and a busy machine.
const SPARE: Duration = Duration::from_secs(4);

/// Worst last.
const OUTCOMES: [&str; 4] = ["skipped", "passed", "warning", "failed"];

/// A target of a server, with the account's password and further keys.
fn target(name: &str, url: &str, further: &str) -> String {
    format!(
        "[[target]]\nname = \"{name}\"\nurl = \"{url}\"\npassword = {{ env = \"MONITOR_PASSWORD\" }}\n{further}\n"
    )
}

/// The answer of one `checkrun diagnose --format json`.
struct Diagnosed {
    document: Value,
    ended: Ended,
}

/// Diagnoses all targets of the stage.
#[track_caller]
fn diagnose(stage: &Stage, targets: &[&str]) -> Diagnosed {
    let arguments = [&["diagnose", "--format", "json"], targets].concat();
    let ended = stage.run(&arguments);
    let diagnosed = Diagnosed {
        document: crate::schemas::document("diagnose", &ended),
        ended,
    };
    diagnosed.consistent();
    diagnosed
}

impl Diagnosed {
    /// What is true of every answer: outcomes are the worst of their parts, what was skipped says why,
    /// nothing comes after a failure but what was skipped, and the exit code says the outcome.
    #[track_caller]
    fn consistent(&self) {
        let document = &self.document;
        let worst = |parts: &[Value]| {
            let rank = |part: &Value| {
                let outcome = part["outcome"].as_str().expect("an outcome");
                OUTCOMES.iter().position(|word| *word == outcome)
            };
            OUTCOMES[parts.iter().filter_map(rank).max().unwrap_or(0)]
        };
        for target in document["targets"].as_array().expect("targets") {
            let stages = target["stages"].as_array().expect("stages");
            assert_eq!(target["outcome"], worst(stages), "{target:#}");
            for stage in stages {
                let skipped = stage["outcome"] == "skipped";
                assert_eq!(skipped, stage["skipped_because"].is_string(), "{stage:#}");
                assert!(!skipped || stage["duration_ms"].is_null(), "{stage:#}");
            }
        }
        for problem in document["problems"].as_array().expect("problems") {
            for word in ["message", "advice", "class"] {
                assert_ne!(problem[word].as_str(), Some(""), "{problem:#}");
            }
        }
        let code = match document["outcome"].as_str() {
            Some("failed") => 2,
            Some("warning") => 1,
            _ => 0,
        };
        let own = matches!(self.ended.code, Some(64 | 78));
        assert!(
            own || self.ended.code == Some(code),
            "{}",
            self.ended.transcript()
        );
    }

    /// The problem to look at first, as `severity stage class`; `nothing` without any.
    fn first(&self) -> String {
        self.problems()
            .first()
            .cloned()
            .unwrap_or_else(|| "nothing".into())
    }

    /// All problems, the first one in front. How many connections are in use depends on what else the
    /// server does, and is told by a check that has tests of its own.
    fn problems(&self) -> Vec<String> {
        let problems = self.document["problems"].as_array().expect("problems");
        let word = |problem: &Value, name: &str| problem[name].as_str().expect("a word").to_owned();
        problems
            .iter()
            .filter(|problem| problem["stage"] != "connections")
            .map(|problem| {
                ["severity", "stage", "class"]
                    .map(|name| word(problem, name))
                    .join(" ")
            })
            .collect()
    }

    /// One stage of the first target.
    #[track_caller]
    fn stage(&self, name: &str) -> &Value {
        let stages = self.document["targets"][0]["stages"]
            .as_array()
            .expect("stages");
        let found = stages.iter().find(|stage| stage["stage"] == name);
        found.expect("the stage, among those of the target")
    }

    /// The first fact of this name in a stage of the first target.
    #[track_caller]
    fn fact(&self, stage: &str, name: &str) -> String {
        let facts = self.stage(stage)["facts"].as_array().expect("facts");
        let found = facts.iter().find(|fact| fact["name"] == name);
        let found = found.expect("the fact, among those of the stage");
        found["value"].as_str().expect("a text").to_owned()
    }
}
