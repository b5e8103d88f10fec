//! The template is a complete pack, and so is the code in `sdk/README.md`: their tests pass, they have
//! no warnings, and `cargo build` makes WebAssembly of the template that carries the contract.
//!
//! Both are copied first, as `checkrun new` will do, so that building leaves nothing in the sources.
//! The copies get the workspace's lock file: the same versions, and no network.

#![expect(clippy::expect_used, reason = "this is how a test fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use checkrun_testkit::wasm::Toolchain;

const SDK: &str = env!("CARGO_MANIFEST_DIR");

/// A folder with the template's manifest, and nothing in `src` yet.
fn pack_folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(folder.join("src")).expect("a folder for the pack");
    let manifest = fs::read_to_string(template("Cargo.toml")).expect("a manifest");
    assert!(manifest.contains("path = \"../rust\""), "{manifest}");
    let manifest = manifest.replace("\"../rust\"", &format!("{SDK:?}"));
    fs::write(folder.join("Cargo.toml"), manifest).expect("the copy's manifest");
    let lock = Path::new(SDK).join("../../Cargo.lock");
    fs::copy(lock, folder.join("Cargo.lock")).expect("Cargo.lock");
    folder
}

fn template(file: &str) -> PathBuf {
    Path::new(SDK).join("../template").join(file)
}

/// Runs the pack's tests.
fn cargo_test(folder: &Path, arguments: &[&str]) {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .arg("test")
        .args(arguments)
        .env("CARGO_TARGET_DIR", target());
    run(&mut cargo, folder);
}

/// Runs cargo in the folder, without a network and with warnings as errors.
fn run(cargo: &mut Command, folder: &Path) {
    let output = cargo
        .args(["--offline", "--quiet"])
        .current_dir(folder)
        .env("RUSTFLAGS", "-Dwarnings")
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{cargo:?} failed:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Every pack shares one target folder, so that the SDK is built once.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("packs")
}

fn contains(bytes: &[u8], part: &str) -> bool {
    bytes
        .windows(part.len())
        .any(|window| window == part.as_bytes())
}

#[test]
fn heavy_the_template_passes_its_tests_and_builds_to_webassembly() {
    let folder = pack_folder("template");
    for file in ["src/lib.rs", "src/long_transactions.rs"] {
        fs::copy(template(file), folder.join(file)).expect(file);
    }
    cargo_test(&folder, &[]);
    let (mut cargo, built) = Toolchain::from_environment()
        .cargo_build("release", &target())
        .expect("a linker");
    run(&mut cargo, &folder);
    let bytes = fs::read(built.join("acme_checks.wasm")).expect("the pack");
    assert!(bytes.starts_with(b"\0asm"));
    assert!(contains(&bytes, "component-type:wit-bindgen"));
    assert!(contains(&bytes, "checkrun:check/checks@0.1.0#describe"));
    assert!(contains(&bytes, "checkrun:check/checks@0.1.0#run"));
}

fn blocks_of_rust(readme: &str) -> Vec<String> {
    fs::read_to_string(Path::new(SDK).join(readme))
        .expect("a README")
        .split("```rust\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_check_on_the_first_page_is_short_and_counts_late_orders() {
    const TEST: &str = r#"
        #[test]
        fn late_orders_are_counted() -> Result<()> {
            use checkrun_sdk::mock::{Mock, contains, rows};
            let report = Mock::postgresql("15.4")
                .parameter("hours", 24)
                .on_query(contains("from orders").with([24]), rows! { "count"; 7 })
                .run(backlog)?;
            assert_eq!(report.value_of("backlog"), Some(7.0));
            Ok(())
        }"#;
    let blocks = blocks_of_rust("../../README.md");
    let [pack] = blocks.as_slice() else {
        panic!("README.md has {} blocks of Rust, not one", blocks.len());
    };
    assert!(pack.lines().count() < 25);
    let folder = pack_folder("first-page");
    fs::write(folder.join("src/lib.rs"), format!("{pack}{TEST}")).expect("the pack's source");
    cargo_test(&folder, &["late_orders_are_counted"]);
}

#[test]
fn the_code_of_the_readme_passes_its_own_test() {
    let blocks = blocks_of_rust("../README.md");
    let [pack, test] = blocks.as_slice() else {
        panic!(
            "the README has {} blocks of Rust, not a pack and its test",
            blocks.len()
        );
    };
    let folder = pack_folder("readme");
    fs::write(folder.join("src/lib.rs"), format!("{pack}\n{test}")).expect("the pack's source");
    cargo_test(&folder, &["open_orders_are_counted"]);
}
