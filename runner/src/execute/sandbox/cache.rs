//! Compiled packs on disk, so that a pack is compiled once and not once per process.
//!
//! Layout: `<directory>/<sha256 of the pack>-<engine>.pack`, each file `magic, sha256, machine code`;
//! the hash covers the file's name and the code. Machine code cannot be checked when it is loaded,
//! so who can write here can run code as us. Against others, the directory is ours and closed to
//! them, or it is not used. Against accidents (a cut file, a flipped bit, an entry copied to another
//! name), the hash; such an entry is compiled again in silence. Files are never written in place.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use sha2::{Digest, Sha256};

use super::compile::Compiled;
use super::limits;

/// Begins every entry; changes when the layout does.
const MAGIC: &[u8; 16] = b"checkrun pack 1\n";
/// Length of the hash that follows it, bytes.
const HASH_BYTES: usize = 32;

/// A directory that only we can write to.
pub(super) struct Cache {
    directory: PathBuf,
}

impl Cache {
    /// Creates the directory if need be.
    ///
    /// # Errors
    /// A sentence: why it is not used. Packs are then compiled every time.
    pub(super) fn open(directory: PathBuf) -> Result<Self, String> {
        let shown = directory.display().to_string();
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&directory)
            .map_err(|error| {
                format!("the cache {shown} is not used, it cannot be created: {error}")
            })?;
        let found = fs::symlink_metadata(&directory).map_err(|error| {
            format!("the cache {shown} is not used, it cannot be read: {error}")
        })?;
        if !found.is_dir() {
            return Err(format!(
                "the cache {shown} is not used, it is not a directory but a link or a file; name the directory itself"
            ));
        }
        if found.uid() != rustix::process::geteuid().as_raw() {
            return Err(format!(
                "the cache {shown} is not used, it belongs to another account; remove it or name another"
            ));
        }
        if found.mode() & 0o077 != 0 {
            return Err(format!(
                "the cache {shown} is not used, others may enter it; `chmod 700 {shown}`"
            ));
        }
        Ok(Self { directory })
    }

    /// The entry, if there is one and it is whole.
    pub(super) fn load(&self, key: &str) -> Option<Compiled> {
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
            .open(self.path(key))
            .ok()?;
        if !file.metadata().ok()?.is_file() {
            return None;
        }
        let mut bytes = Vec::new();
        file.take(limits::COMPILED_BYTES)
            .read_to_end(&mut bytes)
            .ok()?;
        let rest = bytes.strip_prefix(MAGIC)?;
        let (hash, code) = rest.split_at_checked(HASH_BYTES)?;
        (hash == hash_of(key, code).as_slice()).then(|| Compiled::from_cache(code.to_vec()))
    }

    /// Keeps the entry; a reader sees the old one or the new one, never a part.
    ///
    /// # Errors
    /// The disk is full or read-only; nothing is lost but time.
    pub(super) fn store(&self, key: &str, compiled: &Compiled) -> std::io::Result<()> {
        // Created with a name nobody has, mode 0600; removed again unless it is persisted.
        let mut file = tempfile::Builder::new()
            .prefix(".new-")
            .tempfile_in(&self.directory)?;
        file.write_all(MAGIC)?;
        file.write_all(&hash_of(key, compiled.bytes()))?;
        file.write_all(compiled.bytes())?;
        file.as_file().sync_all()?;
        file.persist(self.path(key)).map_err(|error| error.error)?;
        File::open(&self.directory)?.sync_all()
    }

    fn path(&self, key: &str) -> PathBuf {
        self.directory.join(Path::new(key).with_extension("pack"))
    }
}

/// What an entry is called: another pack, another engine or another checkrun has another name.
pub(super) fn key(pack_sha256: &str, compatibility: u64) -> String {
    let version = env!("CARGO_PKG_VERSION").replace('.', "_");
    format!("{pack_sha256}-{compatibility:016x}-{version}")
}

fn hash_of(key: &str, code: &[u8]) -> [u8; HASH_BYTES] {
    Sha256::new()
        .chain_update(MAGIC)
        .chain_update((key.len() as u64).to_le_bytes())
        .chain_update(key)
        .chain_update(code)
        .finalize()
        .into()
}
