//! Mistakes of several passes in one file are told together, and none of them makes up another.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use super::FILE;
use super::packs::core;
use crate::config::shape::keys::ROOT;
use crate::config::shape::{Table, Takes};
use crate::config::suggest;
use crate::config::{Draft, Environment, KnownPacks, Need, Problem, Problems, Severity};

/// A sound file, and mistakes in it: what is there, and what is written instead.
struct Case {
    what: &'static str,
    sound: &'static str,
    mistakes: &'static [(&'static str, &'static str)],
}

const TWO_TARGETS: &str = r#"
[[target]]
name = "orders"
url = "postgres://monitor@db1/orders"
labels = { env = "prod" }
[[target]]
name = "cache"
url = "sqlite:./cache.db"
[[check]]
use = "core/health"
targets = ["orders", "env=prod", "*"]
timeout = "10s"
parameters = { slow = "500ms" }
thresholds.response_time = { warning = "> 500ms" }
[[check]]
use = "core/query"
name = "open"
targets = ["cache"]
parameters = { sql = "select 1 as n" }
thresholds.n = { critical = "> 5" }
"#;

const CASES: [Case; 12] = [
    Case {
        what: "an unknown key, a bad timeout, an unknown check and a threshold of another unit",
        sound: TWO_TARGETS,
        mistakes: &[
            ("labels =", "lables ="),
            ("\"10s\"", "\"10\""),
            ("core/query", "core/qery"),
            ("> 500ms", "> 5GiB"),
        ],
    },
    Case {
        what: "a target whose address is broken is there all the same",
        sound: TWO_TARGETS,
        mistakes: &[
            ("postgres://", "postgre://"),
            ("slow = \"500ms\"", "slow = 5"),
        ],
    },
    Case {
        what: "a target without a readable name may be any that is selected",
        sound: TWO_TARGETS,
        mistakes: &[
            ("name = \"orders\"", "name = \"or ders\""),
            ("\"> 5\"", "\"more\""),
        ],
    },
    Case {
        what: "a misspelled name of a target, and a check that is not there",
        sound: TWO_TARGETS,
        mistakes: &[
            ("name = \"cache\"", "nmae = \"cache\""),
            ("core/health", "core/helth"),
        ],
    },
    Case {
        what: "labels that cannot be read, and a name that nobody has",
        sound: TWO_TARGETS,
        mistakes: &[
            ("{ env = \"prod\" }", "{ env = 1 }"),
            ("[\"cache\"]", "[\"cahce\"]"),
        ],
    },
    Case {
        what: "a check without a readable `use` still selects in vain",
        sound: TWO_TARGETS,
        mistakes: &[("\"core/health\"", "\"health\""), ("env=prod", "env=prd")],
    },
    Case {
        what: "parameters that cannot be read are not missing",
        sound: TWO_TARGETS,
        mistakes: &[
            (
                "parameters = { sql = \"select 1 as n\" }",
                "paramters = { sql = \"select 1\" }",
            ),
            ("response_time", "respnse_time"),
        ],
    },
    Case {
        what: "a table in place of a list of them, and a bad number",
        sound: "[run]\nparallel = 4\n[[target]]\nname = \"a\"\nurl = \"sqlite:./a.db\"\n[[check]]\nuse = \"core/health\"\ntargets = [\"a\"]\nparameters = { deep = true }\n",
        mistakes: &[
            ("[[target]]", "[target]"),
            ("= 4", "= 0"),
            ("deep = true", "deep = 1"),
        ],
    },
    Case {
        what: "a pack that cannot be read may have the check",
        sound: "[[target]]\nname = \"a\"\nurl = \"sqlite:./a.db\"\n[[check]]\nuse = \"core/health\"\ntargets = [\"a\"]\ntimeout = \"10s\"\n",
        mistakes: &[
            (
                "core/health\"",
                "acme/stock\"\n[[pack]]\npath = \"a.wasm\"\nsha256 = \"abc\"\n[[check]]\nuse = \"core/vacum\"",
            ),
            ("\"10s\"", "10"),
        ],
    },
    Case {
        what: "a name that cannot be read is not the same as another",
        sound: "[[target]]\nname = \"a\"\nurl = \"sqlite:./a.db\"\n[[check]]\nuse = \"core/health\"\ntargets = [\"a\"]\n[[check]]\nuse = \"core/health\"\nname = \"strict\"\ntargets = [\"a\"]\nparameters = { mode = \"full\" }\n",
        mistakes: &[("\"strict\"", "\"very strict\""), ("\"full\"", "\"fulll\"")],
    },
    Case {
        what: "one name for two targets, and one check twice for one of them",
        sound: "[[target]]\nname = \"a\"\nurl = \"sqlite:./a.db\"\n[[target]]\nname = \"b\"\nurl = \"sqlite:./b.db\"\n[[check]]\nuse = \"core/health\"\ntargets = [\"*\"]\n[[check]]\nuse = \"core/health\"\nname = \"c\"\ntargets = [\"a\"]\n",
        mistakes: &[("name = \"b\"", "name = \"a\""), ("name = \"c\"\n", "")],
    },
    Case {
        what: "secrets, a target that is not there and an unknown key",
        sound: "[[target]]\nname = \"a\"\nurl = \"postgres://m@db/x\"\npassword = { env = \"GIVEN\" }\n[[check]]\nuse = \"core/health\"\ntargets = [\"a\"]\n",
        mistakes: &[
            ("GIVEN", "MISSING"),
            ("[\"a\"]", "[\"a\", \"b\"]"),
            ("[[check]]", "[[check]]\nevry = \"1m\""),
        ],
    },
];

/// As `config check` asks.
fn problems(text: &str) -> Problems {
    let draft = Draft::of_text(Path::new(FILE), text).expect("TOML");
    let packs = KnownPacks {
        infos: vec![core()],
        refused: Problems::default(),
    };
    let found = match draft.plan(&packs, Need::Jobs) {
        Ok(planned) => planned.warnings,
        Err(problems) => problems,
    };
    let environment = Environment::from_iter([("GIVEN", "canary")]);
    found.and(draft.check_secrets(&environment))
}

fn errors(text: &str) -> BTreeSet<String> {
    let is_error = |problem: &Problem| problem.severity == Severity::Error;
    let found = problems(text).0.into_iter().filter(is_error);
    found.map(|problem| problem.message).collect()
}

/// The text with those mistakes whose bit is set.
fn with_mistakes(case: &Case, bits: usize) -> String {
    let mut text = case.sound.to_owned();
    for (number, (sound, mistaken)) in case.mistakes.iter().enumerate() {
        assert!(text.contains(sound), "{}: {sound}", case.what);
        if bits & (1 << number) != 0 {
            text = text.replacen(sound, mistaken, 1);
        }
    }
    text
}

#[test]
fn mistakes_of_several_passes_are_told_together() {
    let mut shown = String::new();
    for case in &CASES {
        let all = (1 << case.mistakes.len()) - 1;
        writeln!(shown, "## {}\n", case.what).expect("room");
        for problem in problems(&with_mistakes(case, all)).0 {
            let line = problem.line.map_or("-".into(), |line| line.to_string());
            writeln!(shown, "{line}: {}", problem.message).expect("room");
        }
        shown.push('\n');
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn mending_a_mistake_reveals_no_other_and_no_problem_is_made_up() {
    for case in &CASES {
        assert_eq!(errors(case.sound), BTreeSet::new(), "{}", case.what);
        let count = case.mistakes.len();
        let single: Vec<_> = (0..count)
            .map(|number| errors(&with_mistakes(case, 1 << number)))
            .collect();
        for bits in 1..1_usize << count {
            let together = errors(&with_mistakes(case, bits));
            let alone: BTreeSet<String> = (0..count)
                .filter(|number| bits & (1 << number) != 0)
                .flat_map(|number| single[number].clone())
                .collect();
            assert_eq!(together, alone, "{}, mistakes {bits:b}", case.what);
        }
    }
}

#[test]
fn a_pack_that_could_not_be_loaded_may_have_the_check() {
    let text = "[[target]]\nname = \"a\"\nurl = \"sqlite:./a.db\"\n\
        [[check]]\nuse = \"acme/stock\"\ntargets = [\"a\", \"b\"]\n\
        [[check]]\nuse = \"core/helth\"\ntargets = [\"a\"]\n";
    let draft = Draft::of_text(Path::new(FILE), text).expect("TOML");
    let packs = KnownPacks {
        infos: vec![core()],
        refused: Problem::without_place("pack acme.wasm: is empty").into(),
    };
    let problems = draft.plan(&packs, Need::Jobs).expect_err("three problems");
    insta::assert_snapshot!(problems);
}

#[test]
fn a_file_without_targets_is_looked_at_all_the_same() {
    let problems =
        problems("[run]\nparallel = 0\n[[check]]\nuse = \"core/helth\"\ntargets = [\"*\"]\n");
    insta::assert_snapshot!(problems);
}

/// A key that stands for another, misspelled one, must not be one that the table knows.
fn assert_far_apart(table: &Table) {
    for key in table.keys {
        let others = table.keys.iter().filter(|other| other.name != key.name);
        let near = suggest::nearest(key.name, others.map(|other| other.name));
        assert_eq!(
            near.filter(|near| ASKED.contains(near)),
            None,
            "{}",
            table.name
        );
        match key.takes {
            Takes::Table(inner) | Takes::TableList(inner) | Takes::TableMap(inner) => {
                assert_far_apart(inner);
            }
            _ => {}
        }
    }
}

/// The keys of which it is asked whether somebody meant to write them.
const ASKED: [&str; 7] = [
    "target",
    "pack",
    "check",
    "name",
    "labels",
    "sha256",
    "parameters",
];

#[test]
fn no_declared_key_looks_like_a_misspelled_one() {
    assert_far_apart(&ROOT);
}
