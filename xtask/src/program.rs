//! Running other programs.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::failure::Failure;
use crate::workspace;

/// Runs a command to its end; what it prints goes to the terminal.
pub fn run(command: &mut Command) -> Result<(), Failure> {
    let status = command
        .status()
        .map_err(Failure::program(command.get_program()))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::Exit {
        line: line(command),
        status,
    })
}

/// Runs a command and gives what it printed, without the line end.
pub fn output(command: &mut Command) -> Result<String, Failure> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(Failure::program(command.get_program()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned());
    }
    Err(Failure::Exit {
        line: line(command),
        status: output.status,
    })
}

/// Whether a command can be started and succeeds; what it prints is dropped.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The cargo that runs us, in the workspace's folder.
pub fn cargo() -> Command {
    in_workspace(Command::new(
        env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
    ))
}

/// A cargo, to be run in the workspace's folder.
///
/// It does not see that a cargo runs us: some build scripts depend on variables such as
/// `CARGO_PKG_NAME`, and their packages would be built anew at each change between this cargo and
/// one from a terminal.
pub fn in_workspace(mut command: Command) -> Command {
    command.current_dir(workspace::folder());
    for (name, _) in env::vars_os() {
        let is_about_us = name.to_str().is_some_and(|name| {
            ["CARGO_PKG_", "CARGO_MANIFEST_"]
                .iter()
                .any(|start| name.starts_with(start))
        });
        if is_about_us {
            command.env_remove(name);
        }
    }
    command
}

/// Where a program is in `PATH`.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// The command as a person would type it, for messages.
pub fn line(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
