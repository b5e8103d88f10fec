//! What several commands need first: the environment, the configuration, the packs, the plan.

use std::collections::HashMap;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use checkrun_history::record::PackRecord;

use super::exit::Exit;
use super::output;
use crate::bundled;
use crate::config::{
    self, Config, Draft, Environment, KnownPacks, Need, PackEntry, Plan, Problem, Problems,
};
use crate::execute::sandbox::{CompileIn, Pack, PackSource, Sandbox, SandboxOptions};
use crate::model::pack::PackInfo;
use crate::pipeline::LoadedPack;
use crate::report::tone::Colour;

/// Where compiled packs are kept, unless it is empty: then nowhere.
const CACHE_VARIABLE: &str = "CHECKRUN_CACHE";

/// This process's environment; read here and nowhere else.
pub fn environment() -> Environment {
    std::env::vars_os().collect()
}

/// How this machine calls itself, where it says so.
pub fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    match name.trim() {
        "" => "localhost".to_owned(),
        name => name.to_owned(),
    }
}

/// Colours only for a terminal, and not where `NO_COLOR` is set to anything.
pub fn colour(environment: &Environment) -> Colour {
    let refused = environment
        .get("NO_COLOR")
        .is_some_and(|value| !value.is_empty());
    if io::stdout().is_terminal() && !refused {
        Colour::Ansi
    } else {
        Colour::None
    }
}

/// The configuration's file: the named one, or the one that is found.
///
/// # Errors
/// Shown already; how the command ends.
pub fn find(flag: Option<PathBuf>, environment: &Environment) -> Result<PathBuf, Exit> {
    config::discover(flag, environment, Path::exists).map_err(|problems| refuse(&problems))
}

/// Reads the configuration alone and shows its warnings.
///
/// # Errors
/// Shown already; how the command ends.
pub fn load(flag: Option<PathBuf>, environment: &Environment) -> Result<Config, Exit> {
    let path = find(flag, environment)?;
    let loaded = config::load(&path).map_err(|problems| refuse(&problems))?;
    warn(&loaded.warnings);
    Ok(loaded.config)
}

/// Shows problems of the configuration.
pub fn refuse(problems: &Problems) -> Exit {
    output::note(&problems.to_string());
    Exit::Configuration
}

/// Shows what a selection at the command line does not fit.
pub fn refuse_arguments(problems: &Problems) -> Exit {
    output::note(&problems.to_string());
    Exit::Usage
}

/// Shows warnings, if there are any.
pub fn warn(warnings: &Problems) {
    if !warnings.is_empty() {
        output::note(&warnings.to_string());
    }
}

/// The sandbox as this program uses it: packs from files are compiled by a child process.
///
/// # Errors
/// Shown already; how the command ends.
pub fn sandbox(environment: &Environment) -> Result<Sandbox, Exit> {
    let program = std::env::current_exe().map_err(|error| {
        output::note(&format!("cannot find this program's own file: {error}"));
        Exit::Defect
    })?;
    let compile_in = CompileIn::ChildProcess {
        program,
        arguments: vec!["compile-pack".into()],
    };
    let sandbox = Sandbox::new(SandboxOptions {
        cache: cache_folder(environment),
        compile_in,
    })
    .map_err(|error| {
        output::note(&error.to_string());
        Exit::Defect
    })?;
    for warning in sandbox.warnings() {
        output::note(&format!("warning: {warning}"));
    }
    Ok(sandbox)
}

fn cache_folder(environment: &Environment) -> Option<PathBuf> {
    let named = |name: &str| {
        environment
            .get(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    if environment.get(CACHE_VARIABLE).is_some() {
        return named(CACHE_VARIABLE);
    }
    named("XDG_CACHE_HOME")
        .or_else(|| named("HOME").map(|home| home.join(".cache")))
        .map(|folder| folder.join("checkrun"))
}

/// The packs, as far as they could be loaded.
#[derive(Default)]
pub struct Packs {
    /// By name.
    pub loaded: HashMap<String, LoadedPack>,
    /// What is known of them.
    pub known: KnownPacks,
}

/// The bundled packs, and these of the configuration.
pub async fn packs(sandbox: &Sandbox, files: &[PackEntry]) -> Packs {
    let bundled = bundled::packs()
        .iter()
        .map(|(name, bytes)| PackSource::Bundled { name, bytes });
    let files = files.iter().map(|entry| PackSource::File {
        path: entry.path.clone(),
        pin: entry
            .sha256
            .map(|hash| hash.iter().map(|byte| format!("{byte:02x}")).collect()),
    });
    let mut packs = Packs::default();
    for source in bundled.chain(files) {
        let origin = source.origin();
        match sandbox.load(source).await {
            Ok(pack) if packs.loaded.contains_key(&pack.info().name) => {
                let name = &pack.info().name;
                let message = format!("{origin}: another pack is called `{name}` already");
                let problem = Problem::without_place(message)
                    .with_hint("remove one of the two, or rename it in its source");
                packs.known.refused.0.push(problem);
            }
            Ok(pack) => {
                packs.known.infos.push((**pack.info()).clone());
                let name = pack.info().name.clone();
                packs.loaded.insert(name, loaded(pack));
            }
            Err(error) => {
                let problem = Problem::without_place(error.to_string());
                packs.known.refused.0.push(problem);
            }
        }
    }
    packs
}

fn loaded(pack: Pack) -> LoadedPack {
    let record = PackRecord {
        name: pack.info().name.clone(),
        version: pack.info().version.clone(),
        sha256: pack.sha256().to_owned(),
    };
    LoadedPack {
        pack: Arc::new(pack),
        record: Arc::new(record),
    }
}

/// What a command that runs jobs begins with.
pub struct Prepared {
    /// The configuration.
    pub config: Config,
    /// What the packs say of themselves.
    pub infos: Vec<PackInfo>,
    /// The packs, by name.
    pub packs: HashMap<String, LoadedPack>,
    /// Every configured job.
    pub plan: Plan,
}

/// Reads the configuration, loads its packs and plans its jobs; shows every problem at once.
///
/// # Errors
/// Shown already; how the command ends.
pub async fn prepare(path: &Path, need: Need, environment: &Environment) -> Result<Prepared, Exit> {
    let sandbox = sandbox(environment)?;
    prepare_in(&sandbox, path, need).await
}

/// As [`prepare`], in a sandbox that there is already.
///
/// # Errors
/// Shown already; how the command ends.
pub async fn prepare_in(sandbox: &Sandbox, path: &Path, need: Need) -> Result<Prepared, Exit> {
    let draft = Draft::load(path).map_err(|problems| refuse(&problems))?;
    let packs = packs(sandbox, draft.packs()).await;
    let planned = draft
        .plan(&packs.known, need)
        .map_err(|problems| refuse(&problems))?;
    warn(&planned.warnings);
    Ok(Prepared {
        config: planned.config,
        infos: packs.known.infos,
        packs: packs.loaded,
        plan: planned.plan,
    })
}
