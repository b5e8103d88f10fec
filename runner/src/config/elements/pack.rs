//! `[[pack]]`: a pack of one's own, as a file.

use std::path::PathBuf;

use super::Context;
use crate::config::collector::Remark;
use crate::config::shape::fields::Fields;

/// Length of a SHA-256, bytes.
const SHA256_BYTES: usize = 32;

/// A pack to load from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackEntry {
    /// The `.wasm` file.
    pub path: PathBuf,
    /// What the file must hash to, if it is pinned.
    pub sha256: Option<[u8; SHA256_BYTES]>,
}

/// Reads every pack; a file is named once.
pub(in crate::config) fn decode_all(
    tables: &[Fields<'_>],
    context: &mut Context<'_, '_>,
) -> Vec<PackEntry> {
    let mut packs: Vec<PackEntry> = Vec::new();
    for fields in tables {
        let sha256 = sha256(*fields, context);
        let Some(path) = fields.text("path") else {
            continue;
        };
        let file = context.source.resolve(path.get_ref());
        if packs.iter().any(|pack| pack.path == file) {
            let remark = Remark::new("this pack is named twice").with_hint("leave one of them out");
            context.problems.error(&path.span(), remark);
        }
        packs.push(PackEntry { path: file, sha256 });
    }
    packs
}

fn sha256(fields: Fields<'_>, context: &mut Context<'_, '_>) -> Option<[u8; SHA256_BYTES]> {
    let text = fields.text("sha256")?;
    let digits: Option<Vec<u8>> = text
        .get_ref()
        .chars()
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let bytes: Option<Vec<u8>> = digits
        .filter(|digits| digits.len() == 2 * SHA256_BYTES)
        .map(|digits| {
            digits
                .chunks(2)
                .map(|pair| pair[0] << 4 | pair[1])
                .collect()
        });
    let hash = bytes.and_then(|bytes| <[u8; SHA256_BYTES]>::try_from(bytes).ok());
    if hash.is_none() && !text.get_ref().is_empty() {
        let remark = Remark::new("`sha256` is not 64 hexadecimal digits")
            .with_hint("`sha256sum FILE.wasm` prints them");
        context.problems.error(&text.span(), remark);
    }
    hash
}
