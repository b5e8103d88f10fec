//! Handing a mail to a folder: each becomes a file, whole or not at all.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use tokio::time::Instant;

use super::Parcel;
use crate::alert::steps::{Steps, Watch};
use crate::model::delivery::{Attempt, Cause, End, Fate, Phase};

/// Only the one who writes the mail may read it.
const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

/// A folder that takes mail.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// This folder; made when the first mail comes.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Writes the mail. The same mail again replaces its file.
    pub(super) async fn send(&self, parcel: &Parcel<'_>, watch: Watch<'_>) -> Attempt {
        let began = Instant::now();
        let (folder, name, bytes) = (self.0.clone(), parcel.name.clone(), parcel.bytes.clone());
        let written = tokio::task::spawn_blocking(move || write(&folder, &name, &bytes)).await;
        let cause = match written {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(Cause::NotWritten(format!("{}: {error}", self.0.display()))),
            Err(error) => Some(Cause::NotWritten(error.to_string())),
        };
        Steps::new(watch).whole(Phase::File, began, cause.clone());
        match cause {
            None => Attempt::of_all(parcel.to, Fate::Accepted, End::HandedOver),
            Some(cause) => {
                Attempt::of_all(parcel.to, Fate::Deferred, End::Stopped(Phase::File, cause))
            }
        }
    }
}

/// Readers of the folder never see a part of a mail, also after a power cut.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    if !folder.is_dir() {
        DirBuilder::new()
            .recursive(true)
            .mode(FOLDER_MODE)
            .create(folder)?;
    }
    let mut file = NamedTempFile::with_prefix_in(".writing-", folder)?;
    file.write_all(bytes)?;
    file.as_file()
        .set_permissions(fs::Permissions::from_mode(FILE_MODE))?;
    file.as_file().sync_all()?;
    file.persist(folder.join(name))
        .map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::mail::Address;

    async fn send(folder: &Path, name: &str, bytes: &[u8]) -> Attempt {
        let to = [Address::parse("ops@example.org").expect("an address")];
        let parcel = Parcel {
            from: &to[0],
            to: &to,
            bytes: bytes.to_vec(),
            name: name.to_owned(),
        };
        Folder::new(folder.to_owned())
            .send(&parcel, &mut |_| {})
            .await
    }

    #[tokio::test]
    async fn each_mail_is_one_whole_file_that_only_we_may_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let outbox = folder.path().join("made/when needed");
        for (name, bytes) in [("1.eml", "one"), ("2.eml", "two"), ("1.eml", "one")] {
            let attempt = send(&outbox, name, bytes.as_bytes()).await;
            assert_eq!(attempt.end, End::HandedOver);
            assert_eq!(attempt.deliveries[0].fate, Fate::Accepted);
        }
        let mut names: Vec<_> = fs::read_dir(&outbox)
            .expect("the folder")
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        names.sort();
        assert_eq!(names, ["1.eml", "2.eml"], "nothing half-written is left");
        assert_eq!(fs::read(outbox.join("2.eml")).expect("the mail"), b"two");
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(&outbox), mode(&outbox.join("1.eml"))), (0o700, 0o600));
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_defers_the_mail() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        fs::write(&file, "x").expect("written");
        let attempt = send(&file.join("below"), "1.eml", b"one").await;
        assert!(
            matches!(attempt.end, End::Stopped(Phase::File, Cause::NotWritten(_))),
            "{attempt:?}"
        );
        assert_eq!(attempt.deliveries[0].fate, Fate::Deferred);
    }
}
