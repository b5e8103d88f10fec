//! [`Mount`]: a small disk in memory, which can be full or read-only.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Set by whoever may not mount, and knows what is then not tested.
const WAIVER: &str = "CHECKRUN_WITHOUT_MOUNTS";

/// A file system in memory, at a folder; unmounted when dropped.
#[derive(Debug)]
pub struct Mount {
    folder: PathBuf,
}

impl Mount {
    /// Of this size, such as `8m`, at a folder that is made if it is not there. None only where the
    /// environment waives such tests, by `CHECKRUN_WITHOUT_MOUNTS=1`: a test that did not run must not look
    /// as if it had.
    ///
    /// # Panics
    /// It cannot be mounted, which takes root.
    #[must_use]
    pub fn of_size(size: &str, folder: &Path) -> Option<Self> {
        let size = format!("size={size}");
        let is_mounted = fs::create_dir_all(folder).is_ok()
            && mount(&["-t", "tmpfs", "-o", &size, "tmpfs"], folder);
        let is_waived = std::env::var_os(WAIVER).is_some_and(|value| value == "1");
        assert!(
            is_mounted || is_waived,
            "cannot mount a file system at {}, which takes root; {WAIVER}=1 leaves such tests out",
            folder.display()
        );
        is_mounted.then(|| Self {
            folder: folder.to_owned(),
        })
    }

    /// From now on nothing can be written.
    ///
    /// # Panics
    /// It cannot be changed.
    pub fn make_read_only(&self) {
        assert!(mount(&["-o", "remount,ro"], &self.folder));
    }

    /// It can be written again.
    ///
    /// # Panics
    /// It cannot be changed.
    pub fn make_writable(&self) {
        assert!(mount(&["-o", "remount,rw"], &self.folder));
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // Lazily, because programs that a failed test has left may have files there.
        let _ = Command::new("umount").arg("-l").arg(&self.folder).status();
    }
}

fn mount(options: &[&str], folder: &Path) -> bool {
    let mut command = Command::new("mount");
    command.args(options).arg(folder);
    command.status().is_ok_and(|status| status.success())
}
