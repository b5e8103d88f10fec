//! [`Check`] and [`Pack`]: what the macros build, and what the host asks a pack about itself.

use std::time::Duration;

use crate::context::Ctx;
use crate::engine::EngineRequirement;
use crate::error::Result;
use crate::metric::MetricSpec;
use crate::parameter::ParameterSpec;
use crate::report::Report;

/// One check and what it declares; `#[check]` makes it of a function.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// The name of the function.
    pub id: &'static str,
    /// A few words for people.
    pub title: &'static str,
    /// What it looks at and why: the function's doc comment.
    pub description: &'static str,
    /// For selection.
    pub tags: &'static [&'static str],
    /// Where it applies; empty means every engine.
    pub engines: &'static [EngineRequirement],
    /// What it can be given, from its `Params`.
    pub parameters: fn() -> Vec<ParameterSpec>,
    /// What it measures.
    pub metrics: &'static [MetricSpec],
    /// What the account needs, as statements for the reader.
    pub privileges: &'static [&'static str],
    /// How often it is worth running.
    pub suggested_interval: Duration,
    /// Further metrics get their names from the configuration.
    pub free_metrics: bool,
    /// Reads the parameters and calls the function.
    pub run: fn(&Ctx<'_>) -> Result<Report>,
}

/// Several checks under one name; `pack!` makes it.
#[derive(Clone, Copy, Debug)]
pub struct Pack {
    /// `[a-z][a-z0-9-]*`; the first half of its checks' names.
    pub name: &'static str,
    /// The version of its crate.
    pub version: &'static str,
    /// The description of its crate.
    pub description: &'static str,
    /// At least one; ids are unique.
    pub checks: &'static [Check],
}

impl Pack {
    /// A pack, checked at compile time: the name's letters, at least one check, no check twice.
    #[must_use]
    pub const fn new(
        name: &'static str,
        version: &'static str,
        description: &'static str,
        checks: &'static [Check],
    ) -> Self {
        assert!(
            is_pack_name(name),
            "a pack's name has lower-case letters, digits and `-`, a letter first"
        );
        assert!(!checks.is_empty(), "a pack has at least one check");
        let mut index = 0;
        while index < checks.len() {
            let mut other = index + 1;
            while other < checks.len() {
                assert!(
                    !is_same(checks[index].id, checks[other].id),
                    "two checks of this pack have the same name"
                );
                other += 1;
            }
            index += 1;
        }
        Self {
            name,
            version,
            description,
            checks,
        }
    }

    /// The check with this id.
    #[must_use]
    pub fn check(&self, id: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.id == id)
    }
}

const fn is_pack_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    if bytes.is_empty() || !bytes[0].is_ascii_lowercase() {
        return false;
    }
    let mut index = 1;
    while index < bytes.len() {
        if !matches!(bytes[index], b'a'..=b'z' | b'0'..=b'9' | b'-') {
            return false;
        }
        index += 1;
    }
    true
}

const fn is_same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// Declares the pack: its name and its checks. Version and description are those of the crate.
///
/// Write it once, in `lib.rs`. It defines the constant `PACK`, and on WebAssembly the two functions
/// that the host calls.
///
/// ```
/// # use checkrun_sdk::prelude::*;
/// /// Says hello.
/// #[check(title = "Hello")]
/// fn hello(_ctx: &Ctx) -> Result<Report> {
///     Ok(Report::ok("hello"))
/// }
///
/// checkrun_sdk::pack!(name = "acme", checks = [hello]);
/// # fn main() { assert_eq!(PACK.checks.len(), 1); }
/// ```
///
/// A name that the host would refuse, or the same check twice, does not compile:
///
/// ```compile_fail
/// # use checkrun_sdk::prelude::*;
/// # /// Says hello.
/// # #[check(title = "Hello")]
/// # fn hello(_ctx: &Ctx) -> Result<Report> { Ok(Report::ok("hello")) }
/// checkrun_sdk::pack!(name = "acme", checks = [hello, hello]);
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! pack {
    (name = $name:literal, checks = [$($check:path),+ $(,)?] $(,)?) => {
        /// What this pack contains.
        pub const PACK: $crate::Pack = {
            const CHECKS: &[$crate::Check] = &[$($check()),+];
            $crate::Pack::new(
                $name,
                env!("CARGO_PKG_VERSION"),
                env!("CARGO_PKG_DESCRIPTION"),
                CHECKS,
            )
        };
        $crate::export_pack!(PACK);
    };
}

#[cfg(test)]
mod tests {
    use crate::mock::Mock;
    use crate::prelude::*;

    /// Named like what a variable is often called.
    #[check(title = "Check")]
    fn check(_ctx: &Ctx) -> Result<Report> {
        let check = "a variable may be called like the check";
        Ok(Report::ok(check))
    }

    /// A pack of its own, whose version and description are this crate's.
    mod pack {
        use super::check;

        crate::pack!(name = "acme-2", checks = [check]);
    }

    #[test]
    fn a_check_leaves_its_name_to_variables() {
        let check = Mock::sqlite("3.40.1").run(check).expect("a report");
        assert_eq!(check.summary, "a variable may be called like the check");
    }

    #[test]
    fn a_pack_finds_its_checks_by_name() {
        assert_eq!(pack::PACK.version, env!("CARGO_PKG_VERSION"));
        assert_eq!(pack::PACK.check("check").map(|it| it.title), Some("Check"));
        assert!(pack::PACK.check("other").is_none());
    }
}
