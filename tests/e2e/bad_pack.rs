//! Files that are no packs, or not the ones that were meant.

use std::fs::{self, File};

use checkrun_tests::stage::target_folder;
use checkrun_tests::{Stage, snapshot};

const CONFIGURATION: &str = r#"
[[target]]
name = "shop"
url = "sqlite:./shop.db"

[[pack]]
path = "packs/acme.wasm"

[[check]]
use = "core/health"
targets = ["*"]
"#;

/// The bytes of a good pack.
fn core() -> Vec<u8> {
    fs::read(target_folder().join("packs/core.wasm")).expect("the bundled pack")
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = bytes.to_vec();
    let mut at = 0;
    let mut found = false;
    while at + from.len() <= bytes.len() {
        if &bytes[at..at + from.len()] == from {
            bytes[at..at + from.len()].copy_from_slice(to);
            found = true;
        }
        at += 1;
    }
    assert!(found);
    bytes
}

#[test]
fn every_file_that_is_no_pack_is_told_what_it_is() {
    let core = core();
    let contract = b"checkrun:check/checks@0.1.0";
    let newer = replaced(&core, contract, b"checkrun:check/checks@0.9.0");
    let mut damaged = wat::parse_str("(module (func (result i32) i32.const 1))").unwrap();
    if let Some(last) = damaged.last_mut() {
        *last = 0xff;
    }
    let module = wat::parse_str("(module (import \"env\" \"open\" (func)))").unwrap();
    let files: [(&str, Option<Vec<u8>>); 12] = [
        ("missing", None),
        ("empty", Some(Vec::new())),
        ("a text file", Some(b"#!/bin/sh\necho pack\n".to_vec())),
        ("WebAssembly text", Some(b"(module)".to_vec())),
        ("random bytes", Some(vec![0x93; 5000])),
        ("truncated", Some(core[..core.len() / 2].to_vec())),
        ("eight bytes", Some(core[..8].to_vec())),
        ("damaged", Some(damaged)),
        ("a newer contract", Some(newer)),
        ("not a pack", Some(wat::parse_str("(module)").unwrap())),
        ("imports more", Some(module)),
        ("native code", Some(native_code())),
    ];
    let mut text = String::new();
    for (what, bytes) in files {
        let stage = Stage::new(CONFIGURATION);
        if let Some(bytes) = bytes {
            stage.write("packs/acme.wasm", bytes);
        }
        text.push_str(&format!("# {what}\n{}\n", refused(&stage)));
    }
    snapshot("bad packs", &text);
}

/// What the cache holds: packs that this machine has compiled.
fn native_code() -> Vec<u8> {
    let mut stage = Stage::new("");
    stage.set("CHECKRUN_CACHE", stage.path("cache"));
    let _ = stage.run(&["inspect", "core"]).expect(0);
    let entries = fs::read_dir(stage.path("cache")).unwrap();
    let mut paths = entries.map(|entry| entry.unwrap().path());
    let compiled = paths.find(|path| path.extension().is_some_and(|it| it == "pack"));
    let bytes = fs::read(compiled.expect("a compiled pack")).unwrap();
    // What stands before the code is the cache's own.
    let code = bytes.windows(4).position(|part| part == b"\x7fELF");
    bytes[code.expect("native code")..].to_vec()
}

#[test]
fn a_huge_file_a_folder_and_a_pipe_are_refused_without_being_read() {
    let stage = Stage::new(CONFIGURATION);
    stage.write("packs/acme.wasm", "");
    let huge = File::create(stage.path("packs/acme.wasm")).unwrap();
    huge.set_len(100 << 30).unwrap();
    let mut text = format!("# huge\n{}\n", refused(&stage));
    fs::remove_file(stage.path("packs/acme.wasm")).unwrap();
    fs::create_dir(stage.path("packs/acme.wasm")).unwrap();
    text.push_str(&format!("# a folder\n{}\n", refused(&stage)));
    fs::remove_dir(stage.path("packs/acme.wasm")).unwrap();
    let _ = stage.shell("/usr/bin/mkfifo packs/acme.wasm").expect(0);
    text.push_str(&format!("# a pipe\n{}\n", refused(&stage)));
    snapshot("bad packs that are not read", &text);
}

#[test]
fn a_pack_that_is_not_the_pinned_one_is_refused() {
    let pin = "0".repeat(64);
    let configuration =
        CONFIGURATION.replace("acme.wasm\"", &format!("acme.wasm\"\nsha256 = \"{pin}\""));
    let stage = Stage::new(&configuration);
    stage.write("packs/acme.wasm", core());
    snapshot("a wrong pin", &refused(&stage));
}

#[test]
fn two_packs_of_one_name_are_refused() {
    let stage = Stage::new(CONFIGURATION);
    stage.write("packs/acme.wasm", core());
    snapshot("two packs of one name", &refused(&stage));
}

/// What `run`, `config check` and `inspect` say; nothing runs and nothing is kept.
fn refused(stage: &Stage) -> String {
    let ended = stage.run(&["run"]).expect(78);
    assert_eq!(ended.stdout, "");
    assert!(!stage.path("checkrun.db").exists());
    let checked = stage.run(&["config", "check"]).expect(78);
    assert_eq!(checked.stderr, ended.stderr);
    ended.stderr
}
