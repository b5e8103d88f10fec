//! The cache: an entry is used when it is whole and ours, and is made again when it is not.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::guest::core_module;
use super::*;

/// A sandbox that cannot compile files: what loads comes from the cache.
fn without_compiler(cache: &Path) -> Sandbox {
    with_cache(
        cache,
        CompileIn::ChildProcess {
            program: "/bin/false".into(),
            arguments: Vec::new(),
        },
    )
}

fn with_cache(cache: &Path, compile_in: CompileIn) -> Sandbox {
    Sandbox::new(SandboxOptions {
        cache: Some(cache.to_owned()),
        compile_in,
    })
    .expect("an engine")
}

/// A cache with one pack in it, and the entry's path.
async fn filled(folder: &TempDir) -> (PathBuf, PathBuf) {
    let cache = folder.path().join("cache");
    load(
        &with_cache(&cache, CompileIn::ThisProcess),
        &core_module(""),
    )
    .await
    .expect("a pack");
    let entries: Vec<_> = fs::read_dir(&cache)
        .expect("the cache")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    let [entry] = entries.as_slice() else {
        panic!("one entry and nothing else, not {entries:?}");
    };
    (cache.clone(), entry.clone())
}

#[tokio::test]
async fn a_pack_is_compiled_once() {
    let folder = TempDir::new().expect("a folder");
    let (cache, entry) = filled(&folder).await;
    assert_eq!(
        fs::metadata(&cache).expect("it").permissions().mode() & 0o777,
        0o700
    );
    assert_eq!(
        fs::metadata(&entry).expect("it").permissions().mode() & 0o777,
        0o600
    );
    let pack = load(&without_compiler(&cache), &core_module(""))
        .await
        .expect("from the cache");
    assert!(run(&pack).await.answer.is_ok());
    let other = core_module("(func $more)");
    assert!(
        load(&without_compiler(&cache), &other).await.is_err(),
        "another pack is not there"
    );
}

#[tokio::test]
async fn a_damaged_entry_is_made_again_in_silence() {
    let folder = TempDir::new().expect("a folder");
    let (cache, entry) = filled(&folder).await;
    let whole = fs::read(&entry).expect("the entry");
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    let mut other_layout = whole.clone();
    other_layout[14] ^= 1;
    for (what, bytes) in [
        ("a flipped bit", flipped),
        ("half of it", whole[..whole.len() / 2].to_vec()),
        ("nothing of it", Vec::new()),
        ("another layout", other_layout),
    ] {
        fs::write(&entry, &bytes).expect("room");
        assert!(
            load(&without_compiler(&cache), &core_module(""))
                .await
                .is_err(),
            "{what}"
        );
        load(
            &with_cache(&cache, CompileIn::ThisProcess),
            &core_module(""),
        )
        .await
        .expect(what);
        assert!(
            load(&without_compiler(&cache), &core_module(""))
                .await
                .is_ok(),
            "{what}: made again"
        );
    }
}

#[tokio::test]
async fn an_entry_under_another_name_or_behind_a_link_is_not_used() {
    let folder = TempDir::new().expect("a folder");
    let (cache, entry) = filled(&folder).await;
    let other = core_module("(func $more)");
    let other_sha256 = {
        let (_folder, source) = file(&other);
        source.read().expect("bytes").sha256
    };
    let name = entry
        .file_name()
        .and_then(|name| name.to_str())
        .expect("a name");
    let other_entry = cache.join(format!("{other_sha256}{}", &name[64..]));
    fs::copy(&entry, &other_entry).expect("room");
    assert!(
        load(&without_compiler(&cache), &other).await.is_err(),
        "copied to another name"
    );

    let elsewhere = folder.path().join("elsewhere");
    fs::rename(&entry, &elsewhere).expect("moved");
    std::os::unix::fs::symlink(&elsewhere, &entry).expect("linked");
    assert!(
        load(&without_compiler(&cache), &core_module(""))
            .await
            .is_err(),
        "behind a link"
    );
}

#[tokio::test]
async fn a_cache_that_others_can_enter_is_not_used() {
    let folder = TempDir::new().expect("a folder");
    let (cache, _) = filled(&folder).await;
    fs::set_permissions(&cache, fs::Permissions::from_mode(0o755)).expect("ours");
    let open = without_compiler(&cache);
    let linked = folder.path().join("linked");
    std::os::unix::fs::symlink(&cache, &linked).expect("linked");
    let link = without_compiler(&linked);
    let blocked = without_compiler(Path::new("/proc/checkrun"));
    let warnings: Vec<_> = [open, link, blocked]
        .iter()
        .flat_map(|sandbox| sandbox.warnings().to_vec())
        .map(|text| text.replace(&folder.path().display().to_string(), "<folder>"))
        .collect();
    insta::assert_debug_snapshot!(warnings);
}
