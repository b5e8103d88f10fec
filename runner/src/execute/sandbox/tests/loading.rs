//! What is no pack, and what a user reads then; and the cache.

use std::fmt::Write as _;

use wasmparser::{Parser, Payload};

use super::guest::{core_module, core_module_of_contract};
use super::*;

async fn refusal(sandbox: &Sandbox, bytes: &[u8]) -> String {
    match load(sandbox, bytes).await {
        Ok(pack) => panic!("loaded as {}", pack.info().name),
        Err(error) => error.reason.to_string(),
    }
}

#[tokio::test]
async fn what_is_no_pack_is_told_what_it_is() {
    let sandbox = sandbox();
    let good = core_module("");
    let plain = wat::parse_str("(module)").expect("valid");
    let component = wat::parse_str("(component)").expect("valid");
    let foreign = wat::parse_str(
        r#"(component
            (import "wasi:http/types@0.2.0" (instance))
            (import "acme:secrets/vault" (instance))
            (import "wasi:io/poll@0.2.9" (instance)))"#,
    )
    .expect("valid");
    let compiled = engine_room::compiler(AddressSpace::Ample)
        .and_then(|engine| engine.precompile_component(&component))
        .expect("compiled");
    let mut damaged = good.clone();
    damaged[60] = 0xff;
    let rows: [(&str, &[u8]); 13] = [
        ("an empty file", b""),
        ("three bytes of WebAssembly", &good[..3]),
        ("half of a pack", &good[..good.len() / 2]),
        ("a pack with a wrong byte", &damaged),
        ("a text file", b"[target]\nname = 1\n"),
        ("WebAssembly as text", b"(module)"),
        ("a picture", b"\x89PNG\r\n\x1a\n\xff\xff"),
        ("machine code", &compiled),
        ("a module without a contract", &plain),
        ("a component without a contract", &component),
        ("a component that wants more", &foreign),
        ("a pack of contract 0.2", &core_module_of_contract("0.2.0")),
        ("a pack of contract 0.0", &core_module_of_contract("0.0.9")),
    ];
    let mut shown = String::new();
    for (what, bytes) in rows {
        writeln!(shown, "{what}: {}\n", refusal(&sandbox, bytes).await).expect("room");
    }
    insta::assert_snapshot!(shown);
}

#[tokio::test]
async fn a_pack_of_a_later_patch_of_the_contract_runs() {
    let pack = load(&sandbox(), &core_module_of_contract("0.1.7"))
        .await
        .expect("it uses nothing new");
    assert!(run(&pack).await.answer.is_ok());
}

#[tokio::test]
async fn files_that_cannot_be_packs() {
    let sandbox = sandbox();
    let folder = TempDir::new().expect("a folder");
    let huge = folder.path().join("huge.wasm");
    std::fs::File::create(&huge)
        .and_then(|file| file.set_len(limits::PACK_FILE_BYTES + 1))
        .expect("a sparse file");
    let mut shown = String::new();
    for path in [
        folder.path().join("missing.wasm"),
        folder.path().to_owned(),
        huge,
        "/dev/zero".into(),
    ] {
        let source = PackSource::File { path, pin: None };
        let error = sandbox.load(source).await.err().expect("no pack");
        writeln!(shown, "{error}").expect("room");
    }
    let shown = shown.replace(&folder.path().display().to_string(), "<folder>");
    insta::assert_snapshot!(shown);
}

#[tokio::test]
async fn a_pin_is_held_against_the_bytes_that_are_run() {
    let sandbox = sandbox();
    let (_folder, source) = file(&core_module(""));
    let pack = sandbox.load(source.clone()).await.expect("a pack");
    let PackSource::File { path, .. } = source else {
        unreachable!("it is a file")
    };
    let pinned = |pin: &str| PackSource::File {
        path: path.clone(),
        pin: Some(pin.to_owned()),
    };
    let same = sandbox.load(pinned(&pack.sha256().to_uppercase())).await;
    assert!(same.is_ok());
    let error = sandbox.load(pinned("00ff")).await.err().expect("another");
    assert!(matches!(error.reason, PackRefusal::PinMismatch { .. }));
}

#[tokio::test]
async fn no_cut_and_no_flipped_bit_is_more_than_an_error() {
    let sandbox = sandbox();
    let good = core_module("");
    for length in (0..good.len()).step_by(97) {
        assert!(
            load(&sandbox, &good[..length]).await.is_err(),
            "{length} bytes"
        );
    }
    // At some positions of the types the wrapping overflows its stack, which ends a process: outside of
    // tests a child's. This stride meets none of them.
    for position in (0..good.len()).step_by(67) {
        let mut flipped = good.clone();
        flipped[position] ^= 1 << (position % 8);
        // It may still be a pack, as with a letter of a name; then it runs within its limits.
        if let Ok(pack) = load(&sandbox, &flipped).await {
            let _ = run(&pack).await;
        }
    }
}

/// Only a process of its own stands what wraps modules, so this stops short of it.
#[test]
fn no_byte_of_a_pack_makes_the_inspection_panic() {
    let good = core_module("");
    for position in 0..good.len() {
        for value in [0, 1, 0x7f, 0x80, 0xff, good[position].wrapping_add(1)] {
            let mut altered = good.clone();
            altered[position] = value;
            let _ = contract::inspect(&altered);
        }
    }
}

#[tokio::test]
async fn a_compiling_process_that_fails_is_a_sentence() {
    let (_folder, source) = file(&core_module(""));
    let mut shown = String::new();
    for script in [
        "echo 'out of memory' >&2; exit 3",
        "exec kill -9 $$",
        "cat >/dev/null; echo this is no machine code",
    ] {
        let sandbox = Sandbox::new(SandboxOptions {
            cache: None,
            compile_in: CompileIn::ChildProcess {
                program: "/bin/sh".into(),
                arguments: vec!["-c".into(), script.into()],
            },
        })
        .expect("an engine");
        let error = sandbox.load(source.clone()).await.err().expect("no code");
        writeln!(shown, "{}", error.reason).expect("room");
    }
    insta::assert_snapshot!(shown);
}

#[tokio::test]
async fn a_pack_runs_without_a_pool_where_address_space_is_scarce() {
    let options = SandboxOptions {
        cache: None,
        compile_in: CompileIn::ThisProcess,
    };
    let sandbox = Sandbox::assemble(options, None, AddressSpace::Scarce);
    let pack = load(&sandbox, &core_module("")).await.expect("a pack");
    assert!(run(&pack).await.answer.is_ok());
}

#[test]
fn the_compiling_process_writes_nothing_for_a_request_that_is_none() {
    // The limits that the process sets for itself are tested by the program, not here: they would
    // hold for all tests.
    assert!(compile::requested(b"").is_err());
    assert!(compile::requested(b"xwhatever").is_err());
    assert!(compile::requested(b"a").is_ok());
}

/// A good pack that also makes `count` instances of an empty core module.
fn with_instances(count: usize) -> Vec<u8> {
    const CORE_MODULE: u8 = 1;
    const CORE_INSTANCES: u8 = 2;
    const EMPTY_MODULE: &[u8] = b"\0asm\x01\0\0\0";
    let mut component = contract::to_component(&core_module(""))
        .expect("a component")
        .into_owned();
    let is_module = |payload: &Payload<'_>| matches!(payload, Payload::ModuleSection { .. });
    let modules = Parser::new(0)
        .parse_all(&component)
        .filter(|payload| is_module(payload.as_ref().expect("valid")))
        .count();
    // Each instantiates the module that is added, with nothing.
    let instance = [vec![0], leb128(modules), vec![0]].concat();
    let instances = [leb128(count), instance.repeat(count)].concat();
    for (section, content) in [
        (CORE_MODULE, EMPTY_MODULE),
        (CORE_INSTANCES, instances.as_slice()),
    ] {
        component.push(section);
        component.extend(leb128(content.len()));
        component.extend(content);
    }
    component
}

fn leb128(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(number & 0x7f).expect("seven bits");
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

#[tokio::test]
async fn a_pack_of_too_many_instances_is_refused() {
    let sandbox = sandbox();
    let few = load(&sandbox, &with_instances(3)).await.expect("a pack");
    assert!(run(&few).await.answer.is_ok());
    let mut shown = String::new();
    for count in [limits::INSTANCES, 10_000] {
        let why = refusal(&sandbox, &with_instances(count)).await;
        writeln!(shown, "{count}: {why}").expect("room");
    }
    insta::assert_snapshot!(shown);
}
