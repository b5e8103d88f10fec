//! Configurations with mistakes: every one of them is told at once, with its place and a hint.

use checkrun_tests::{Stage, snapshot};

/// What is wrong, and the file.
const CASES: [(&str, &str); 9] = [
    (
        "unknown keys",
        r#"[histroy]
path = "checkrun.db"

[[target]]
nmae = "shop"
name = "shop"
url = "sqlite:./shop.db"
lables = { env = "prod" }

[[check]]
use = "core/health"
targets = ["*"]
evry = "1m"
"#,
    ),
    (
        "wrong units",
        r#"[[target]]
name = "shop"
url = "sqlite:./shop.db"
connect_timeout = "5 lightyears"

[[check]]
use = "core/health"
targets = ["shop"]
timeout = "10"
"#,
    ),
    (
        "wrong units of what a check declares",
        r#"[[target]]
name = "shop"
url = "sqlite:./shop.db"

[[check]]
use = "core/health"
targets = ["shop"]
parameters = { slow = "500MiB" }
thresholds.response_time = { warning = "> 80%", critical = "more than 2s" }
"#,
    ),
    (
        "several syntax errors",
        "[[target]\nname = \"shop\nurl = sqlite:./shop.db\n\n[[check]]\nuse == \"core/health\"\ntargets = [\"*\"]\n",
    ),
    (
        "names that are not there",
        r#"[[target]]
name = "shop"
url = "sqlite:./shop.db"

[[check]]
use = "core/healht"
targets = ["shop"]

[[check]]
use = "core/health"
targets = ["ship", "env=prod"]
thresholds.reponse_time = { warning = "> 1s" }
parameters = { slwo = "1s" }
"#,
    ),
    (
        "mistakes of every kind at once",
        r#"[[target]]
name = "shop"
url = "sqlight:./shop.db"

[[target]]
name = "stock"
url = "sqlite:./stock.db"
lables = { env = "prod" }

[[pack]]
path = "packs/acme.wasm"

[[check]]
use = "core/healht"
targets = ["shop", "env=prod"]

[[check]]
use = "acme/stock"
targets = ["stok"]

[[check]]
use = "core/health"
targets = ["*"]
timeout = "10"
thresholds.response_time = { warning = "> 80%" }
"#,
    ),
    (
        "a password in the address",
        r#"[[target]]
name = "shop"
url = "postgres://monitor:monitor-password@127.0.0.1/shop"

[[target]]
name = "stock"
url = "postgres://monitor@127.0.0.1/stock"
password = "monitor-password"

[[check]]
use = "core/health"
targets = ["*"]
"#,
    ),
    (
        "a secret that is not there",
        r#"[[target]]
name = "shop"
url = "postgres://monitor@127.0.0.1/shop"
password = { env = "NO_SUCH_VARIABLE" }

[[target]]
name = "stock"
url = "postgres://monitor@127.0.0.1/stock"
password = { file = "no/such/file" }

[[check]]
use = "core/health"
targets = ["*"]
"#,
    ),
    ("nothing in it", ""),
];

#[test]
fn every_mistake_is_told_with_its_place_and_a_hint() {
    let mut said = String::new();
    for (what, configuration) in CASES {
        let stage = Stage::new(configuration);
        let ended = stage.run(&["run"]).expect(78);
        assert_eq!(ended.stdout, "", "{what}");
        let checked = stage.run(&["config", "check"]).expect(78);
        assert_eq!(
            checked.stderr, ended.stderr,
            "`config check` finds the same: {what}"
        );
        assert!(!stage.path("checkrun.db").exists(), "{what}");
        said.push_str(&format!("# {what}\n{}\n", ended.stderr));
    }
    snapshot("bad configuration", &said);
}

#[test]
fn files_that_are_no_configuration_say_what_to_do() {
    let stage = Stage::new("");
    stage.write("binary.toml", [0xff, 0xfe, 0x00, 0x80]);
    stage.write("folder/x", "");
    stage.write("huge.toml", vec![b'#'; 32 << 20]);
    let mut said = String::new();
    for file in ["missing.toml", "binary.toml", "folder", "huge.toml"] {
        let ended = stage.run(&["run", "--config", file]).expect(78);
        said.push_str(&format!("# {file}\n{}\n", ended.stderr));
    }
    snapshot("no configuration", &said);
}
