//! The pack as the host sees it: the contract's bindings, and what `pack!` exports through them.
//!
//! - [`bindings`]: generated from `sdk/wit/check.wit`
//! - [`imports`]: the [`Host`](crate::context::Host) that is the host
//! - [`convert`]: between the SDK's types and the generated ones

mod convert;
mod imports;

use std::panic::{self, PanicHookInfo};
use std::sync::Once;

use crate::check::Pack;
use crate::context::Ctx;

use bindings::checkrun::check::log;
use bindings::exports::checkrun::check::checks::{Failure, PackInfo, Report};

/// Generated from the contract; nothing in it is written by hand.
#[allow(
    missing_docs,
    unsafe_code,
    unused_qualifications,
    clippy::all,
    reason = "generated code; the canonical ABI passes pointers"
)]
pub mod bindings {
    wit_bindgen::generate!({
        path: "../wit",
        world: "pack",
        runtime_path: "::checkrun_sdk::wit_bindgen::rt",
        default_bindings_module: "::checkrun_sdk::guest::bindings",
        export_macro_name: "export",
        pub_export_macro: true,
    });
}

/// Types of the exported functions, for `pack!`.
pub use bindings::exports::checkrun::check::checks as exports;
pub use bindings::exports::checkrun::check::checks::Guest;

/// The export `describe`.
#[must_use]
pub fn describe(pack: &Pack) -> PackInfo {
    report_panics();
    convert::pack_info(pack)
}

/// The export `run`.
///
/// # Errors
/// What the check returned; `internal` for a check that the pack does not have.
pub fn run(pack: &Pack, id: &str) -> Result<Report, Failure> {
    report_panics();
    let check = pack
        .check(id)
        .ok_or_else(|| Failure::Internal(format!("pack `{}` has no check `{id}`", pack.name)))?;
    let ctx = Ctx::new(&imports::Imports, imports::parameters());
    (check.run)(&ctx)
        .map(convert::report)
        .map_err(convert::failure)
}

/// A panic ends in a trap without a word, because there is no stderr here; its message goes to the
/// log, where the host finds it.
fn report_panics() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| panic::set_hook(Box::new(write_panic)));
}

/// In one line, because that is what a log has.
fn write_panic(info: &PanicHookInfo<'_>) {
    let message = info.payload_as_str().unwrap_or("(no message)");
    let line = match info.location() {
        Some(location) => format!("panicked at {location}: {message}"),
        None => format!("panicked: {message}"),
    };
    log::write(log::Level::Error, &line);
}

/// The exports of a pack; used by `pack!` only.
#[doc(hidden)]
#[macro_export]
macro_rules! export_pack {
    ($pack:path) => {
        #[allow(unsafe_code, reason = "the canonical ABI passes pointers")]
        const _: () = {
            struct Exports;

            impl $crate::guest::Guest for Exports {
                fn describe() -> $crate::guest::exports::PackInfo {
                    $crate::guest::describe(&$pack)
                }

                fn run(
                    check: ::std::string::String,
                ) -> ::std::result::Result<
                    $crate::guest::exports::Report,
                    $crate::guest::exports::Failure,
                > {
                    $crate::guest::run(&$pack, &check)
                }
            }

    $crate::guest::bindings::export!(Exports with_types_in $crate::guest::bindings);
        };
    };
}
