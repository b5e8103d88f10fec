//! The two compilers that build packs for `wasm32-unknown-unknown`.
//!
//! rustup installs the target's standard library ready-made. Where its server cannot be reached,
//! Debian's compiler builds that library from source (`-Zbuild-std`, which a stable compiler takes
//! with `RUSTC_BOOTSTRAP=1`), and rustup's `rust-lld` links, as Debian's packages have no linker.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::program;
use crate::workspace;

/// The target that has no system interface at all.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// The profile for packs in the workspace's `Cargo.toml`.
const PROFILE: &str = "pack";

/// Debian's compiler; by its path, because rustup's comes first in `PATH`.
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_STD_SOURCE: &str = "/usr/lib/rustlib/src/rust/library/std/Cargo.toml";

/// A compiler that is installed and can build packs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toolchain {
    /// The one that runs us.
    Rustup,
    /// Debian's packages `rustc-web`, `cargo-web` and `rust-web-src`.
    Debian,
}

impl Toolchain {
    /// Whether it can build packs as it is installed now.
    pub fn is_installed(self) -> bool {
        match self {
            Self::Rustup => {
                let mut rustc = rustc();
                rustc.args(["--print", "target-libdir", "--target", TARGET]);
                program::output(&mut rustc).is_ok_and(|folder| Path::new(&folder).is_dir())
            }
            Self::Debian => [DEBIAN_CARGO, DEBIAN_RUSTC, DEBIAN_STD_SOURCE]
                .iter()
                .all(|path| Path::new(path).is_file()),
        }
    }

    /// `cargo build` for packs, which lacks only the packages, and where their files will be.
    pub fn cargo_build(self) -> Result<(Command, PathBuf), Failure> {
        let (mut cargo, target_folder) = match self {
            Self::Rustup => (program::cargo(), workspace::target_folder()),
            Self::Debian => debian_cargo()?,
        };
        cargo.args([
            "build",
            "--locked",
            "--profile",
            PROFILE,
            "--target",
            TARGET,
        ]);
        if self == Self::Debian {
            cargo.arg("-Zbuild-std=std,panic_abort");
        }
        Ok((cargo, target_folder.join(TARGET).join(PROFILE)))
    }
}

/// Debian's cargo, and its target folder: its compiler is of another version, so a shared folder
/// would be built anew at each change between the two.
fn debian_cargo() -> Result<(Command, PathBuf), Failure> {
    let target_folder = workspace::target_folder().join("debian");
    let mut cargo = program::cargo_at(DEBIAN_CARGO);
    cargo
        .env("CARGO_TARGET_DIR", &target_folder)
        .env("RUSTC", DEBIAN_RUSTC)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker()?);
    Ok((cargo, target_folder))
}

/// The `rust-lld` of the compiler that runs us, or one from `PATH`.
fn linker() -> Result<PathBuf, Failure> {
    let sysroot = program::output(rustc().args(["--print", "sysroot"]))?;
    let host = program::output(rustc().args(["--print", "host-tuple"]))?;
    let bundled = Path::new(&sysroot)
        .join("lib/rustlib")
        .join(host)
        .join("bin/rust-lld");
    Some(bundled)
        .filter(|path| path.is_file())
        .or_else(|| program::find("rust-lld"))
        .or_else(|| program::find("wasm-ld"))
        .ok_or_else(|| {
            Failure::Missing(
                "there is no linker for WebAssembly: neither rust-lld in the compiler's folder nor \
                 wasm-ld; install the Debian package `lld`"
                    .to_owned(),
            )
        })
}

fn rustc() -> Command {
    Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
}
