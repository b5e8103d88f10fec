//! Whether a file's bytes fit the contract, or a refusal that says what they are instead.
//!
//! Passes, each for what the one before let through: what kind of file is it; is it complete and
//! valid; may it have what it imports. A core module, as `cargo build` writes it, is then wrapped.

use std::borrow::Cow;
use std::collections::BTreeSet;

use wasmparser::{Encoding, Imports, Parser, Payload, Validator, WasmFeatures};
use wasmtime::Engine;

use super::error::PackRefusal;

/// The contract's version; packs of the same 0.x run, all others are refused.
pub const CONTRACT_VERSION: &str = "0.1.0";
/// The contract's package.
const CONTRACT: &str = "checkrun:check/";
/// What a pack has to export.
const CHECKS: &str = "checkrun:check/checks";
/// What a pack may import of the contract.
const CONTRACT_INTERFACES: [&str; 6] = ["database", "context", "state", "log", "sql", "report"];
/// What a pack with a language runtime may import of WASI 0.2; it is there, with nothing granted.
const WASI_PACKAGES: [&str; 6] = ["cli", "clocks", "filesystem", "io", "random", "sockets"];
/// How core modules begin; components have another version.
const MODULE_HEADER: [u8; 8] = *b"\0asm\x01\0\0\0";
/// Before the names of core modules that follow the component model's own naming scheme.
const NAMING_SCHEME: &str = "cm32p2|";
/// The custom section in which wit-bindgen leaves the types of a core module.
const TYPES_SECTION: &str = "component-type";

/// Looks whether these bytes are a pack, and whether it imports and exports what it may.
pub(super) fn inspect(bytes: &[u8]) -> Result<(), PackRefusal> {
    let encoding = recognise(bytes)?;
    if is_cut_off(bytes) {
        return Err(PackRefusal::Truncated { bytes: bytes.len() });
    }
    Validator::new_with_features(features())
        .validate_all(bytes)
        .map_err(|error| PackRefusal::Invalid(error.to_string()))?;
    let outside = Outside::of(bytes).map_err(|error| PackRefusal::Invalid(error.to_string()))?;
    outside.check()?;
    if encoding == Encoding::Module && !outside.has_types {
        return Err(PackRefusal::NotAPack);
    }
    Ok(())
}

/// Wraps a core module that was inspected; a component stays as it is.
///
/// What does it panics and overflows its stack over a hostile module's types, so this, like compiling,
/// is done where that harms nobody.
///
/// # Errors
/// In words: the types do not fit the module.
pub(super) fn to_component(bytes: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    if !bytes.starts_with(&MODULE_HEADER) {
        return Ok(Cow::Borrowed(bytes));
    }
    wit_component::ComponentEncoder::default()
        .validate(true)
        .module(bytes)
        .and_then(|mut encoder| encoder.encode())
        .map(Cow::Owned)
        .map_err(|error| format!("{error:#}"))
}

fn recognise(bytes: &[u8]) -> Result<Encoding, PackRefusal> {
    const MAGIC: &[u8] = b"\0asm";
    if bytes.is_empty() {
        return Err(PackRefusal::Empty);
    }
    if Engine::detect_precompiled(bytes).is_some() {
        return Err(PackRefusal::Precompiled);
    }
    if bytes.len() < MODULE_HEADER.len()
        && MAGIC.starts_with(&bytes[..bytes.len().min(MAGIC.len())])
    {
        return Err(PackRefusal::Truncated { bytes: bytes.len() });
    }
    if bytes.starts_with(MAGIC) {
        return Ok(if bytes.starts_with(&MODULE_HEADER) {
            Encoding::Module
        } else {
            Encoding::Component
        });
    }
    Err(match std::str::from_utf8(bytes).map(str::trim_start) {
        Ok(text) if text.starts_with("(module") || text.starts_with("(component") => {
            PackRefusal::WebAssemblyText
        }
        Ok(_) => PackRefusal::Text,
        Err(_) => PackRefusal::NotWebAssembly,
    })
}

/// Whether the last section promises more bytes than there are. Walks the outermost sections only:
/// those within them are complete when these are.
fn is_cut_off(bytes: &[u8]) -> bool {
    let mut rest = &bytes[8..];
    while let Some((_kind, after)) = rest.split_first() {
        let Some((length, after)) = leb128(after) else {
            return true;
        };
        match after.get(length..) {
            Some(next) => rest = next,
            None => return true,
        }
    }
    false
}

/// A section's length; none when it is cut off. More than five bytes are left to the validation.
fn leb128(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0usize;
    for (index, byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, &bytes[index + 1..]));
        }
    }
    (bytes.len() >= 5).then_some((0, &[]))
}

/// What the engine is built with; it validates again, this only finds out earlier and says it better.
fn features() -> WasmFeatures {
    (WasmFeatures::WASM3 | WasmFeatures::COMPONENT_MODEL)
        - WasmFeatures::MEMORY64
        - WasmFeatures::THREADS
        - WasmFeatures::RELAXED_SIMD
        - WasmFeatures::GC
        - WasmFeatures::EXCEPTIONS
}

/// What a component or core module shows to the outside.
#[derive(Default)]
struct Outside {
    imports: BTreeSet<String>,
    exports: BTreeSet<String>,
    /// A core module that wit-bindgen made.
    has_types: bool,
}

impl Outside {
    fn of(bytes: &[u8]) -> wasmparser::Result<Self> {
        let mut outside = Self::default();
        let mut depth = 0usize;
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) => depth = depth.saturating_sub(1),
                // What is nested gets its imports from the outermost component.
                _ if depth > 0 => {}
                Payload::ComponentImportSection(section) => {
                    for import in section {
                        outside.imports.insert(import?.name.name.to_owned());
                    }
                }
                Payload::ComponentExportSection(section) => {
                    for export in section {
                        outside.exports.insert(export?.name.name.to_owned());
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section {
                        outside.imports.insert(core_name(module_of(&import?)));
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        outside.exports.insert(core_name(export?.name));
                    }
                }
                Payload::CustomSection(section) => {
                    outside.has_types |= section.name().starts_with(TYPES_SECTION);
                }
                _ => {}
            }
        }
        Ok(outside)
    }

    fn check(&self) -> Result<(), PackRefusal> {
        let foreign: Vec<String> = self
            .imports
            .iter()
            .filter(|name| !may_be_imported(name))
            .cloned()
            .collect();
        // A pack for another version of the contract may well import interfaces that this one has not.
        let named = self.imports.iter().chain(&self.exports);
        if let Some(version) = named
            .filter_map(|name| contract_version(name))
            .find(|version| !is_compatible(version))
        {
            return Err(PackRefusal::ContractVersion {
                pack: version.to_owned(),
            });
        }
        if !foreign.is_empty() {
            return Err(PackRefusal::Imports(foreign));
        }
        if !self.exports.iter().any(|name| name.starts_with(CHECKS)) {
            return Err(PackRefusal::NotAPack);
        }
        Ok(())
    }
}

fn module_of<'a>(imports: &Imports<'a>) -> &'a str {
    match imports {
        Imports::Single(_, import) => import.module,
        Imports::Compact1 { module, .. } | Imports::Compact2 { module, .. } => module,
    }
}

fn core_name(name: &str) -> String {
    name.strip_prefix(NAMING_SCHEME).unwrap_or(name).to_owned()
}

/// Whether a pack may have it. Versions are not looked at here.
fn may_be_imported(name: &str) -> bool {
    let plain = name.split('@').next().unwrap_or(name);
    if let Some(interface) = plain.strip_prefix(CONTRACT) {
        return CONTRACT_INTERFACES.contains(&interface);
    }
    name.strip_prefix("wasi:").is_some_and(|rest| {
        rest.split_once('/').is_some_and(|(package, interface)| {
            WASI_PACKAGES.contains(&package) && interface.contains("@0.2.")
        })
    })
}

/// `0.1.0` of `checkrun:check/checks@0.1.0#run`.
fn contract_version(name: &str) -> Option<&str> {
    let (_, version) = name.strip_prefix(CONTRACT)?.split_once('@')?;
    version.split(['#', '|']).next()
}

/// The same 0.x: what the component model calls compatible. Core modules may leave out the rest.
fn is_compatible(version: &str) -> bool {
    let release = |version: &str| {
        let mut parts = version.splitn(3, '.');
        let (major, minor) = (parts.next()?.to_owned(), parts.next()?.to_owned());
        let patch = parts.next().unwrap_or("0");
        patch
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then_some((major, minor))
    };
    release(version).is_some() && release(version) == release(CONTRACT_VERSION)
}

#[cfg(test)]
mod tests;
