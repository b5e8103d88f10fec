//! The two compilers that build packs for `wasm32-unknown-unknown`, for the project's own commands
//! and for tests that build a pack.
//!
//! rustup installs the target's standard library ready-made. Where its server cannot be reached,
//! Debian's compiler builds that library from source (`-Zbuild-std`, which a stable compiler takes
//! with `RUSTC_BOOTSTRAP=1`), and rustup's `rust-lld` links, as Debian's packages have no linker.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The environment variable that tells tests which compiler builds packs: `rustup` or `debian`.
/// Without it they take what is installed, rustup's first.
pub const VARIABLE: &str = "CHECKRUN_WASM_TOOLCHAIN";

/// The target that has no system interface at all.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's compiler; by its path, because rustup's comes first in `PATH`.
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_STD_SOURCE: &str = "/usr/lib/rustlib/src/rust/library/std/Cargo.toml";

/// Linkers for WebAssembly that may be in `PATH`.
const LINKERS: [&str; 2] = ["rust-lld", "wasm-ld"];

/// A compiler that can build packs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toolchain {
    /// The one that runs us.
    Rustup,
    /// Debian's packages `rustc-web`, `cargo-web` and `rust-web-src`.
    Debian,
}

impl Toolchain {
    /// The compiler that [`VARIABLE`] names, or else the first that is installed.
    ///
    /// # Panics
    /// When there is none: a test that builds a pack fails without a compiler, it is never skipped.
    #[must_use]
    pub fn from_environment() -> Self {
        let named = env::var_os(VARIABLE);
        choose(named.as_deref(), Self::is_installed)
            .unwrap_or_else(|| no_compiler(named.as_deref()))
    }

    /// The value of [`VARIABLE`] for this compiler.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rustup => "rustup",
            Self::Debian => "debian",
        }
    }

    /// Whether it can build packs as it is installed now.
    #[must_use]
    pub fn is_installed(self) -> bool {
        match self {
            Self::Rustup => printed("target-libdir", &["--target", TARGET])
                .is_some_and(|folder| Path::new(&folder).is_dir()),
            Self::Debian => [DEBIAN_CARGO, DEBIAN_RUSTC, DEBIAN_STD_SOURCE]
                .iter()
                .all(|path| Path::new(path).is_file()),
        }
    }

    /// `cargo build` for [`TARGET`] with a profile, and the folder where its files will be. Both
    /// compilers can be given the same target folder.
    ///
    /// # Errors
    /// When there is no linker.
    pub fn cargo_build(
        self,
        profile: &str,
        target_folder: &Path,
    ) -> Result<(Command, PathBuf), NoLinker> {
        let (mut cargo, target_folder) = match self {
            Self::Rustup => (
                Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into())),
                target_folder.to_owned(),
            ),
            // Its compiler is of another version: a shared folder would be built anew at each
            // change between the two.
            Self::Debian => (debian_cargo()?, target_folder.join("debian")),
        };
        cargo
            .args(["build", "--profile", profile, "--target", TARGET])
            .env("CARGO_TARGET_DIR", &target_folder);
        if self == Self::Debian {
            cargo.arg("-Zbuild-std=std,panic_abort");
        }
        Ok((cargo, target_folder.join(TARGET).join(profile)))
    }
}

/// Debian's packages have no linker for WebAssembly, and no other was found.
#[derive(Debug)]
pub struct NoLinker;

impl fmt::Display for NoLinker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "there is no linker for WebAssembly: neither rust-lld in the compiler's folder nor \
             wasm-ld; install the Debian package `lld`",
        )
    }
}

impl std::error::Error for NoLinker {}

fn choose(named: Option<&OsStr>, is_installed: impl Fn(Toolchain) -> bool) -> Option<Toolchain> {
    [Toolchain::Rustup, Toolchain::Debian]
        .into_iter()
        .filter(|toolchain| named.is_none_or(|name| name == toolchain.name()))
        .find(|toolchain| is_installed(*toolchain))
}

#[expect(
    clippy::panic,
    reason = "a test without its compiler has to fail, and say what to do"
)]
fn no_compiler(named: Option<&OsStr>) -> ! {
    let cause = match named {
        Some(name) => format!(
            "{VARIABLE} is `{}`, which is not installed or neither `rustup` nor `debian`",
            name.display()
        ),
        None => format!("neither rustup's {TARGET} nor Debian's rustc-web is installed"),
    };
    panic!(
        "this test builds a pack and has no compiler for it ({cause}): run `cargo xtask test` or \
         `cargo xtask packs`; both install one, with `--toolchain` the one that you name"
    )
}

fn debian_cargo() -> Result<Command, NoLinker> {
    let mut cargo = Command::new(DEBIAN_CARGO);
    cargo
        .env("RUSTC", DEBIAN_RUSTC)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker()?);
    Ok(cargo)
}

/// The `rust-lld` of the compiler that runs us, or a linker from `PATH`.
fn linker() -> Result<PathBuf, NoLinker> {
    let bundled = printed("sysroot", &[])
        .zip(printed("host-tuple", &[]))
        .map(|(sysroot, host)| {
            Path::new(&sysroot)
                .join("lib/rustlib")
                .join(host)
                .join("bin/rust-lld")
        });
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = env::split_paths(&path).collect();
    let installed = LINKERS
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    bundled
        .into_iter()
        .chain(installed)
        .find(|path| path.is_file())
        .ok_or(NoLinker)
}

/// What the compiler that runs us prints about itself; none when it cannot.
fn printed(what: &str, arguments: &[&str]) -> Option<String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let output = Command::new(rustc)
        .args(["--print", what])
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    Some(
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_named_compiler_is_taken_or_else_the_first_that_is_installed() {
        use Toolchain::{Debian, Rustup};
        const BOTH: &[Toolchain] = &[Debian, Rustup];
        type Case = (
            &'static str,
            Option<&'static str>,
            &'static [Toolchain],
            Option<Toolchain>,
        );
        let cases: [Case; 8] = [
            ("rustup's comes first", None, BOTH, Some(Rustup)),
            ("Debian's will do", None, &[Debian], Some(Debian)),
            ("nothing is installed", None, &[], None),
            ("Debian's is named", Some("debian"), BOTH, Some(Debian)),
            ("rustup's is named", Some("rustup"), BOTH, Some(Rustup)),
            ("the named one is missing", Some("rustup"), &[Debian], None),
            ("an unknown one is named", Some("nix"), BOTH, None),
            ("an empty name is no name", Some(""), BOTH, None),
        ];
        for (what, named, installed, expected) in cases {
            let chosen = choose(named.map(OsStr::new), |it| installed.contains(&it));
            assert_eq!(chosen, expected, "{what}");
        }
    }
}
