//! The sandbox from the outside: what runs, what is refused, and what a hostile guest gets.

use std::collections::BTreeMap;
use std::time::Duration;

use tempfile::TempDir;

use super::scripted::ScriptedDatabase;
use super::*;
use crate::model::run::{Micros, RunResult};

mod caching;
mod database;
mod guest;
mod hostile;
mod loading;
mod runtimes;

/// A sandbox that compiles here and keeps nothing.
fn sandbox() -> Sandbox {
    Sandbox::new(SandboxOptions {
        cache: None,
        compile_in: CompileIn::ThisProcess,
    })
    .expect("an engine")
}

/// A folder with the bytes as a pack's file.
fn file(bytes: &[u8]) -> (TempDir, PackSource) {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("guest.wasm");
    std::fs::write(&path, bytes).expect("room for a pack");
    (folder, PackSource::File { path, pin: None })
}

async fn load(sandbox: &Sandbox, bytes: &[u8]) -> Result<Pack, PackError> {
    let (_folder, source) = file(bytes);
    sandbox.load(source).await
}

fn request(database: ScriptedDatabase) -> RunRequest {
    RunRequest {
        check: "check".into(),
        target: "orders".into(),
        labels: BTreeMap::from([("env".into(), "test".into())]),
        parameters: Vec::new(),
        started: Micros(1_700_000_000_000_000),
        timeout: Duration::from_secs(30),
        state: BTreeMap::new(),
        database: Box::new(database),
    }
}

async fn run(pack: &Pack) -> RunResult {
    pack.run(request(ScriptedDatabase::one())).await
}

#[tokio::test]
async fn a_core_module_is_wrapped_loaded_and_run() {
    let pack = load(&sandbox(), &guest::core_module(""))
        .await
        .expect("a pack");
    assert_eq!(pack.info().name, "guest");
    let result = run(&pack).await;
    assert_eq!(result.answer.expect("a report").summary, "fine");
}
