//! An initialised data folder with the fixtures in it, which every server starts from a copy of.
//!
//! Making one takes seconds, copying it a fraction of one.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::owner::Owner;
use crate::{Engine, StartError, mariadb, postgres};

/// Initialises a data folder at `<folder>/template` and loads the fixtures.
pub(crate) fn make(engine: Engine, folder: &Path) -> Result<PathBuf, StartError> {
    let owner = Owner::of(engine)?;
    let template = private_folder(&folder.join("template"), owner)?;
    match engine {
        Engine::Postgres => postgres::initialise(&template, owner)?,
        Engine::Mariadb => mariadb::initialise(&template, owner)?,
    }
    Ok(template)
}

/// Copies a template with owners and permissions.
pub(crate) fn copy(template: &Path, data: &Path) -> Result<(), StartError> {
    let mut command = Command::new("cp");
    command
        .args(["--archive", "--reflink=auto", "--"])
        .arg(template)
        .arg(data);
    run(&mut command, "")
}

/// A new folder that only its owner may enter.
pub(crate) fn private_folder(path: &Path, owner: Owner) -> Result<PathBuf, StartError> {
    make_folder(path, owner, 0o700)
}

/// A new folder that everybody may enter, for sockets and logs.
pub(crate) fn open_folder(path: &Path, owner: Owner) -> Result<PathBuf, StartError> {
    make_folder(path, owner, 0o755)
}

fn make_folder(path: &Path, owner: Owner, mode: u32) -> Result<PathBuf, StartError> {
    fs::create_dir(path)
        .and_then(|()| fs::set_permissions(path, fs::Permissions::from_mode(mode)))
        .map_err(|error| StartError::new(format!("make the folder {}", path.display()), error))?;
    owner.take(path)?;
    Ok(path.to_owned())
}

/// Runs a command to its end with `input` on its standard input. When it fails, the error has what
/// it printed.
pub(crate) fn run(command: &mut Command, input: &str) -> Result<(), StartError> {
    let words: Vec<_> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let failed = |cause: String| StartError::new(format!("run `{}`", words.join(" ")), cause);
    let mut child = command
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A command that ends early does not read all; its exit status says what is wrong.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child
        .wait_with_output()
        .map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(failed(format!(
        "{}\n{}",
        output.status,
        String::from_utf8_lossy(&said)
    )))
}
