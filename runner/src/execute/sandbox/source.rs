//! Where packs come from, and their bytes: read once, so that what is hashed is what is run.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::error::PackRefusal;
use super::limits;

/// Where a pack comes from.
#[derive(Clone, Debug)]
pub enum PackSource {
    /// Part of this program; trusted, and compiled in this process.
    Bundled {
        /// For messages.
        name: &'static str,
        /// A component or a core module.
        bytes: &'static [u8],
    },
    /// A file that someone gave us.
    File {
        /// Where it is.
        path: PathBuf,
        /// The configured sha256 of its bytes, hexadecimal.
        pin: Option<String>,
    },
}

/// A pack as it was found.
pub(super) struct PackBytes {
    pub(super) bytes: Vec<u8>,
    /// Lower-case hexadecimal.
    pub(super) sha256: String,
}

impl PackSource {
    /// For messages.
    #[must_use]
    pub fn origin(&self) -> String {
        match self {
            Self::Bundled { name, .. } => format!("{name} (bundled)"),
            Self::File { path, .. } => path.display().to_string(),
        }
    }

    pub(super) fn read(&self) -> Result<PackBytes, PackRefusal> {
        let (bytes, pin) = match self {
            Self::Bundled { bytes, .. } => (bytes.to_vec(), None),
            Self::File { path, pin } => (read_bounded(open(path)?)?, pin.as_ref()),
        };
        let sha256 = hex(&Sha256::digest(&bytes));
        if let Some(pin) = pin
            && !pin.eq_ignore_ascii_case(&sha256)
        {
            return Err(PackRefusal::PinMismatch {
                pinned: pin.to_ascii_lowercase(),
                actual: sha256,
            });
        }
        Ok(PackBytes { bytes, sha256 })
    }
}

/// Opening a pipe would wait for somebody to write into it.
fn open(path: &Path) -> Result<File, PackRefusal> {
    let kind = fs::metadata(path).map_err(PackRefusal::Unreadable)?;
    if kind.file_type().is_fifo() {
        let why = io::Error::new(io::ErrorKind::InvalidInput, "it is a pipe");
        return Err(PackRefusal::Unreadable(why));
    }
    File::open(path).map_err(PackRefusal::Unreadable)
}

/// Stops at the limit even if the file grows, or is a device without an end.
fn read_bounded(file: File) -> Result<Vec<u8>, PackRefusal> {
    let mut bytes = Vec::new();
    let kind = file.metadata().map_err(PackRefusal::Unreadable)?;
    if kind.is_dir() {
        return Err(PackRefusal::Unreadable(io::ErrorKind::IsADirectory.into()));
    }
    if kind.len() > limits::PACK_FILE_BYTES {
        return Err(PackRefusal::TooLarge);
    }
    file.take(limits::PACK_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(PackRefusal::Unreadable)?;
    if bytes.len() as u64 > limits::PACK_FILE_BYTES {
        return Err(PackRefusal::TooLarge);
    }
    Ok(bytes)
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
