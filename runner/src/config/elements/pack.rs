//! `[[pack]]`: a pack of one's own, as a file.

use std::collections::HashSet;
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

/// Reads every pack, a file that is named twice once. `None` for one that could not be read, its pin
/// included: a file that was meant to be pinned is not to be loaded without.
pub(in crate::config) fn decode_all(
    tables: &[Fields<'_>],
    context: &mut Context<'_, '_>,
) -> Vec<Option<PackEntry>> {
    let mut packs: Vec<Option<PackEntry>> = Vec::new();
    let mut seen = HashSet::new();
    for fields in tables {
        let sha256 = sha256(*fields, context);
        let is_pinned = fields.attempts("sha256");
        let Some(path) = fields
            .text("path")
            .filter(|path| !path.get_ref().is_empty())
        else {
            packs.push(None);
            continue;
        };
        let file = context.source.resolve(path.get_ref());
        if !seen.insert(file.clone()) {
            let remark = Remark::new("this pack is named twice").with_hint("leave one of them out");
            context.problems.error(&path.span(), remark);
            continue;
        }
        let entry = PackEntry { path: file, sha256 };
        packs.push((sha256.is_some() || !is_pinned).then_some(entry));
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
