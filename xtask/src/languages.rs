//! `cargo xtask languages`: packs in JavaScript and Python, built by their real tools and run.
//!
//! The tools come from npm and PyPI, in the versions that `sdk/javascript/package.json` and
//! `sdk/python/requirements.txt` name, into the target folder; nothing is installed elsewhere.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use checkrun_testkit::{ServerSet, servers};

use crate::failure::Failure;
use crate::packs::{self, ToolchainChoice};
use crate::program;
use crate::setup::{self, Consent};
use crate::workspace::{self, BUNDLED_PACKS};

/// The environment variable that tells the tests where the built packs are.
const LANGUAGE_PACKS: &str = "CHECKRUN_LANGUAGE_PACKS";

/// Builds the four packs, then runs the tests about them against the test servers.
pub fn run(consent: &Consent) -> Result<ExitCode, Failure> {
    let built = workspace::target_folder().join("languages");
    fs::create_dir_all(&built).map_err(Failure::file(&built))?;
    javascript(&built)?;
    python(&built)?;

    packs::build(setup::packs(consent, ToolchainChoice::Auto)?)?;
    setup::servers(consent)?;
    let set = ServerSet::start()?;
    for arguments in [
        &["build", "--locked", "--package", "checkrun"][..],
        &[
            "test",
            "--locked",
            "--package",
            "checkrun-tests",
            "--test",
            "languages",
        ],
    ] {
        let mut cargo = program::cargo();
        cargo
            .args(arguments)
            .env(BUNDLED_PACKS, workspace::packs_folder())
            .env(LANGUAGE_PACKS, &built)
            .env(servers::VARIABLE, set.file());
        program::run(&mut cargo)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn javascript(built: &Path) -> Result<(), Failure> {
    needs("node", "Node.js 20 or newer: `apt-get install nodejs npm`")?;
    needs("npm", "npm: `apt-get install npm`")?;
    let tools = built.join("javascript");
    fs::create_dir_all(&tools).map_err(Failure::file(&tools))?;
    let wanted = source("sdk/javascript/package.json");
    fs::copy(&wanted, tools.join("package.json")).map_err(Failure::file(&wanted))?;
    let mut install = Command::new("npm");
    install
        .args(["install", "--no-audit", "--no-fund", "--silent"])
        .current_dir(&tools);
    from_registry(&mut install, "npm's registry")?;
    for (script, name) in [
        ("sdk/javascript/pack.js", "example-js"),
        ("tests/languages/hostile.js", "hostile-js"),
    ] {
        let mut build = Command::new(tools.join("node_modules/.bin/componentize-qjs"));
        build
            .args(["--sync", "--world", "pack", "--wit"])
            .arg(source("sdk/wit/check.wit"))
            .arg("--js")
            .arg(source(script))
            .arg("--output")
            .arg(pack(built, name));
        program::run(&mut build)?;
    }
    Ok(())
}

fn python(built: &Path) -> Result<(), Failure> {
    needs(
        "python3",
        "Python 3.10 or newer: `apt-get install python3-venv`",
    )?;
    let tools = built.join("python");
    let mut venv = Command::new("python3");
    program::run(venv.args(["-m", "venv"]).arg(&tools))?;
    let mut install = Command::new(tools.join("bin/pip"));
    install
        .args(["install", "--quiet", "--disable-pip-version-check", "-r"])
        .arg(source("sdk/python/requirements.txt"));
    from_registry(&mut install, "PyPI")?;
    for (folder, module, name) in [
        ("sdk/python", "example", "example-py"),
        ("tests/languages", "hostile", "hostile-py"),
    ] {
        let mut build = Command::new(tools.join("bin/componentize-py"));
        build
            .arg("--wit-path")
            .arg(source("sdk/wit/check.wit"))
            .args(["--world", "pack", "componentize", "--python-path"])
            .arg(source(folder))
            .arg("--output")
            .arg(pack(built, name))
            .arg(module);
        program::run(&mut build)?;
    }
    Ok(())
}

fn needs(name: &str, what: &str) -> Result<(), Failure> {
    match program::find(name) {
        Some(_) => Ok(()),
        None => Err(Failure::Missing(format!(
            "`{name}` is not in PATH; this command needs {what}"
        ))),
    }
}

fn from_registry(install: &mut Command, registry: &str) -> Result<(), Failure> {
    program::run(install).map_err(|failure| {
        Failure::Missing(format!(
            "{failure}\n  This command gets the compilers from {registry}; can it be reached from here?"
        ))
    })
}

fn source(path: &str) -> PathBuf {
    workspace::folder().join(path)
}

fn pack(built: &Path, name: &str) -> PathBuf {
    built.join(name).with_extension("wasm")
}
