//! Hand-written guests: WebAssembly text that says only what is special about a guest.
//!
//! A guest may define `(memory`, `$describe`, `$run`, `$realloc` and `$heap` itself; what it leaves
//! out is added, so that it is a complete pack called `guest` with the one check `check`, which
//! returns an empty report. Types are written into it as wit-bindgen would.

use wit_component::{StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

const CONTRACT: &str = include_str!("../../../../../sdk/wit/check.wit");
const WASI: &str = include_str!("../../../../../tests/guests/wasi.wit");

/// Parts that a guest gets when it does not define them: what marks them, and their text.
const DEFAULTS: [(&str, &str); 5] = [
    ("(memory (export", r#"(memory (export "memory") 2)"#),
    (
        "(global $heap",
        "(global $heap (mut i32) (i32.const 65536))",
    ),
    (
        "(func $realloc",
        r#"(func $realloc (param i32 i32 i32 i32) (result i32)
            (local $at i32)
            (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 7)) (i32.const -8)))
            (global.set $heap (i32.add (local.get $at) (local.get 3)))
            (block $enough
                (br_if $enough (i32.le_u (global.get $heap) (i32.shl (memory.size) (i32.const 16))))
                (br_if $enough (i32.ne (i32.const -1)
                    (memory.grow (i32.add (i32.shr_u (local.get 3) (i32.const 16)) (i32.const 1)))))
                unreachable)
            (local.get $at))"#,
    ),
    // A pack-info: name, version, description, checks; one check-info, 68 bytes, all lists empty.
    (
        "(func $describe",
        r#"(func $describe (result i32)
            (i32.store (i32.const 1024) (i32.const 1500)) (i32.store (i32.const 1028) (i32.const 5))
            (i32.store (i32.const 1032) (i32.const 1505)) (i32.store (i32.const 1036) (i32.const 5))
            (i32.store (i32.const 1048) (i32.const 1100)) (i32.store (i32.const 1052) (i32.const 1))
            (i32.store (i32.const 1100) (i32.const 1510)) (i32.store (i32.const 1104) (i32.const 5))
            (i32.const 1024))
           (data (i32.const 1500) "guest1.0.0check")"#,
    ),
    // `ok` with a report: status ok, the summary "fine", no metrics, no findings.
    (
        "(func $run",
        r#"(func $run (param i32 i32) (result i32) (call $fine))"#,
    ),
];

const ENDING: &str = r#"
    (func $fine (result i32)
        (i32.store (i32.const 2060) (i32.const 2100)) (i32.store (i32.const 2064) (i32.const 4))
        (i32.const 2048))
    (data (i32.const 2100) "fine")
    (export "checkrun:check/checks@0.1.0#describe" (func $describe))
    (export "checkrun:check/checks@0.1.0#run" (func $run))
    (export "cabi_realloc" (func $realloc))"#;

/// A guest's text as a core module with types, as `cargo build` would write it.
pub(super) fn core_module(text: &str) -> Vec<u8> {
    let mut module = String::from("(module\n");
    module.push_str(text);
    for (mark, default) in DEFAULTS {
        if !text.contains(mark) {
            module.push_str(default);
        }
    }
    module.push_str(ENDING);
    module.push(')');
    // Types that are not used are left out when the module is wrapped, so they could always be there;
    // but then a mistake here would break all guests at once.
    if text.contains("\"wasi:") {
        with_types(&module, &[CONTRACT, WASI])
    } else {
        with_types(&module, &[CONTRACT])
    }
}

/// As [`core_module`], built for another version of the contract.
pub(super) fn core_module_of_contract(version: &str) -> Vec<u8> {
    let text = ENDING.replace("@0.1.0", &format!("@{version}"));
    let mut module = String::from("(module\n");
    for (_, default) in DEFAULTS {
        module.push_str(default);
    }
    module.push_str(&text);
    module.push(')');
    let contract = CONTRACT.replace("check@0.1.0", &format!("check@{version}"));
    with_types(&module, &[&contract])
}

/// Writes the types of the last package's world into a module.
fn with_types(module: &str, packages: &[&str]) -> Vec<u8> {
    let mut bytes = wat::parse_str(module).unwrap_or_else(|error| panic!("{error}\n{module}"));
    let mut resolve = Resolve::default();
    let mut last = None;
    for package in packages {
        last = Some(resolve.push_str("guest.wit", package).expect("valid types"));
    }
    let world = resolve
        .select_world(&[last.expect("a package")], None)
        .expect("one world");
    embed_component_metadata(&mut bytes, &resolve, world, StringEncoding::UTF8)
        .expect("types fit into a module");
    bytes
}
