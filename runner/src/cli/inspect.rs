//! `checkrun inspect`: what a pack offers, for people who configure it and people who wrote it.

use std::path::PathBuf;

use serde_json::json;

use super::args::{InspectArguments, ListFormat};
use super::exit::Exit;
use super::{output, setup};
use crate::bundled;
use crate::config::Environment;
use crate::execute::sandbox::{Pack, PackSource};
use crate::report::json::{SCHEMA_VERSION, pretty};
use crate::report::offer;

/// Runs the command.
///
/// # Errors
/// Shown already; how the command ends.
pub async fn run(arguments: InspectArguments, environment: &Environment) -> Result<Exit, Exit> {
    let sources = sources(arguments.pack.as_deref())?;
    let sandbox = setup::sandbox(environment)?;
    let mut packs = Vec::new();
    for source in sources {
        packs.push(sandbox.load(source).await.map_err(|error| {
            output::note(&format!("error: {error}"));
            Exit::Configuration
        })?);
    }
    output::data(&match arguments.format {
        ListFormat::Human => packs
            .iter()
            .map(|pack| offer::for_people(pack.info(), pack.sha256()))
            .collect(),
        ListFormat::Json => as_json(&packs),
    });
    Ok(Exit::OK)
}

fn sources(wanted: Option<&str>) -> Result<Vec<PackSource>, Exit> {
    let bundled = bundled::packs();
    let named: Vec<_> = bundled
        .iter()
        .filter(|(name, _)| wanted.is_none_or(|wanted| wanted == *name))
        .map(|(name, bytes)| PackSource::Bundled { name, bytes })
        .collect();
    match wanted {
        _ if !named.is_empty() => Ok(named),
        Some(path) if path.contains(['.', '/']) => Ok(vec![PackSource::File {
            path: PathBuf::from(path),
            pin: None,
        }]),
        Some(other) => {
            let names: Vec<_> = bundled.iter().map(|(name, _)| *name).collect();
            output::note(&format!(
                "error: there is no bundled pack `{other}`\n  bundled: {}; a pack of your own is named by its file, such as `./{other}.wasm`",
                names.join(", ")
            ));
            Err(Exit::Usage)
        }
        None => {
            output::note("error: this build has no bundled packs\n  build it with `cargo xtask`");
            Err(Exit::Usage)
        }
    }
}

fn as_json(packs: &[Pack]) -> String {
    let packs: Vec<_> = packs
        .iter()
        .map(|pack| {
            let mut info = json!(**pack.info());
            info["sha256"] = json!(pack.sha256());
            info
        })
        .collect();
    pretty(&json!({ "schema_version": SCHEMA_VERSION, "packs": packs }))
}
