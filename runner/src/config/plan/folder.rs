//! The names of the files in a folder, for a parameter that takes one.
//!
//! Only names are read, never a file, and only while the plan is made: a check does not see the disk.
//! Hidden files and folders are left out, and symbolic links to folders are not followed, so that the
//! names are those of the folder that was written and of no other.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::config::collector::Remark;
use crate::config::source::Source;

/// Folders within the folder that are looked into, one inside the other; what lies deeper is left out.
const DEPTH_MAX: usize = 3;
/// Files in the folder; as many as a query may answer with rows.
const NAMES_MAX: usize = 10_000;
/// All names together, bytes: 1 MiB, an eighth of what a query may answer with.
const NAMES_BYTES_MAX: usize = 1024 * 1024;
/// Files and folders that are looked at, hidden ones included, before it is given up: 50 000.
const ENTRIES_MAX: usize = 50_000;

/// The files in the folder that is written as `path` in the configuration: relative to the folder,
/// separated with `/`, sorted.
///
/// # Errors
/// There is no such folder, it cannot be read, or it holds more than a check can be given.
pub(super) fn names(source: &Source, path: &str) -> Result<Vec<String>, Remark> {
    if path.starts_with("~/") {
        return Err(Remark::new("`~` is not understood in paths")
            .with_hint("write the path in full, or relative to this file"));
    }
    let root = source.resolve(path);
    let mut walk = Walk::default();
    let mut waiting = vec![(root.clone(), String::new(), 0)];
    while let Some((folder, prefix, depth)) = waiting.pop() {
        let unreadable = |error: &io::Error| unreadable(path, &prefix, error);
        for entry in fs::read_dir(&folder).map_err(|error| unreadable(&error))? {
            let entry = entry.map_err(|error| unreadable(&error))?;
            walk.count(path)?;
            let name = entry.file_name();
            if name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let Some(name) = name.to_str() else {
                return Err(not_text(path, &entry.path()));
            };
            let relative = format!("{prefix}{name}");
            match kind(&entry).map_err(|error| unreadable(&error))? {
                EntryKind::File => walk.add(path, relative)?,
                EntryKind::Folder if depth < DEPTH_MAX => {
                    waiting.push((entry.path(), format!("{relative}/"), depth + 1));
                }
                EntryKind::Folder | EntryKind::Other => {}
            }
        }
    }
    walk.names.sort_unstable();
    Ok(walk.names)
}

/// What has been found so far.
#[derive(Default)]
struct Walk {
    names: Vec<String>,
    bytes: usize,
    entries: usize,
}

impl Walk {
    fn count(&mut self, path: &str) -> Result<(), Remark> {
        self.entries += 1;
        if self.entries > ENTRIES_MAX {
            return Err(too_large(path, &format!("{ENTRIES_MAX} files and folders")));
        }
        Ok(())
    }

    fn add(&mut self, path: &str, name: String) -> Result<(), Remark> {
        self.bytes += name.len();
        if self.names.len() == NAMES_MAX {
            return Err(too_large(path, &format!("{NAMES_MAX} files")));
        }
        if self.bytes > NAMES_BYTES_MAX {
            return Err(too_large(path, "1 MiB of names"));
        }
        self.names.push(name);
        Ok(())
    }
}

enum EntryKind {
    File,
    Folder,
    /// A socket, a device, a link to a folder or to nothing.
    Other,
}

fn kind(entry: &fs::DirEntry) -> io::Result<EntryKind> {
    let own = entry.file_type()?;
    if own.is_dir() {
        return Ok(EntryKind::Folder);
    }
    let is_file = own.is_file()
        || (own.is_symlink() && fs::metadata(entry.path()).is_ok_and(|target| target.is_file()));
    Ok(if is_file {
        EntryKind::File
    } else {
        EntryKind::Other
    })
}

fn unreadable(path: &str, prefix: &str, error: &io::Error) -> Remark {
    let what = match prefix.trim_end_matches('/') {
        "" => format!("the folder `{path}`"),
        inner => format!("the folder `{inner}` in `{path}`"),
    };
    match error.kind() {
        io::ErrorKind::NotFound => Remark::new(format!("{what} does not exist"))
            .with_hint("create it, or correct the path; relative ones begin at this file's folder"),
        io::ErrorKind::NotADirectory => Remark::new(format!("`{path}` is not a folder"))
            .with_hint("name the folder that the file is in"),
        io::ErrorKind::PermissionDenied => {
            Remark::new(format!("{what} may not be read by this account"))
                .with_hint("let the account that runs checkrun list it")
        }
        _ => Remark::new(format!("{what} cannot be read: {error}"))
            .with_hint("see whether the disk or the network behind it is well"),
    }
}

fn too_large(path: &str, limit: &str) -> Remark {
    Remark::new(format!("the folder `{path}` has more than {limit}"))
        .with_hint("name the folder that holds only the files meant")
}

fn not_text(path: &str, entry: &Path) -> Remark {
    let shown: PathBuf = entry.file_name().map(PathBuf::from).unwrap_or_default();
    Remark::new(format!(
        "the folder `{path}` has a file whose name is not UTF-8: {shown:?}"
    ))
    .with_hint("rename it, or name a folder without it")
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    use tempfile::TempDir;

    use super::*;

    fn folder(files: &[&str]) -> TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for file in files {
            let path = folder.path().join("migrations").join(file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, "").expect("a file");
        }
        folder
    }

    fn read(folder: &TempDir, path: &str) -> Result<Vec<String>, Remark> {
        names(&Source::new(&folder.path().join("checkrun.toml"), ""), path)
    }

    #[test]
    fn files_are_named_relative_to_the_folder_and_sorted() {
        let folder = folder(&[
            "b.sql",
            "a.sql",
            ".hidden",
            ".git/config",
            "one/two/three/kept.sql",
            "one/two/three/four/too_deep.sql",
        ]);
        let inside = folder.path().join("migrations");
        symlink(inside.join("one"), inside.join("link_to_a_folder")).expect("a link");
        symlink(inside.join("a.sql"), inside.join("link_to_a_file.sql")).expect("a link");
        symlink(inside.join("none"), inside.join("link_to_nothing")).expect("a link");
        let expected = [
            "a.sql",
            "b.sql",
            "link_to_a_file.sql",
            "one/two/three/kept.sql",
        ];
        assert_eq!(read(&folder, "migrations").expect("readable"), expected);
        assert_eq!(read(&folder, "./migrations/").expect("readable"), expected);
        let full = inside.to_str().expect("text");
        assert_eq!(read(&folder, full).expect("readable"), expected);
    }

    #[test]
    fn an_empty_folder_has_no_names() {
        let folder = folder(&["inner/file"]);
        fs::remove_file(folder.path().join("migrations/inner/file")).expect("removed");
        assert_eq!(read(&folder, "migrations"), Ok(Vec::new()));
    }

    #[test]
    fn what_cannot_be_read_says_what_to_do() {
        let folder = folder(&["a.sql"]);
        let not_utf8 = OsStr::from_bytes(b"x/\xff.sql");
        fs::create_dir(folder.path().join("x")).expect("a folder");
        fs::write(folder.path().join(not_utf8), "").expect("a file");
        let refusals = ["none", "migrations/a.sql", "~/migrations", "x"]
            .map(|path| read(&folder, path).expect_err(path))
            .map(|remark| format!("{}\n  {}", remark.message, remark.hint.unwrap_or_default()));
        insta::assert_snapshot!(refusals.join("\n"));
    }

    #[test]
    fn a_folder_of_too_much_is_refused() {
        let folder = folder(&["a.sql"]);
        let inside = folder.path().join("migrations");
        for number in 0..NAMES_MAX {
            fs::write(inside.join(format!("{number}.sql")), "").expect("a file");
        }
        let remark = read(&folder, "migrations").expect_err("one too many");
        assert_eq!(
            remark.message,
            "the folder `migrations` has more than 10000 files"
        );
        fs::remove_file(inside.join("a.sql")).expect("removed");
        assert_eq!(
            read(&folder, "migrations").expect("just so").len(),
            NAMES_MAX
        );
        let long = "x".repeat(200);
        for number in 0..NAMES_BYTES_MAX / 200 {
            let from = inside.join(format!("{number}.sql"));
            fs::rename(from, inside.join(format!("{number}{long}"))).expect("renamed");
        }
        let remark = read(&folder, "migrations").expect_err("too long");
        assert_eq!(
            remark.message,
            "the folder `migrations` has more than 1 MiB of names"
        );
    }
}
