//! Where the configuration is looked for.

use std::path::{Path, PathBuf};

use super::environment::Environment;
use super::problem::{Problem, Problems};
use super::read::INIT_HINT;

/// The variable that names a configuration.
const VARIABLE: &str = "CHECKRUN_CONFIG";

/// The places to look at when none is named, best first.
const PLACES: [&str; 2] = ["checkrun.toml", "/etc/checkrun/checkrun.toml"];

/// The configuration to use: `--config`, `$CHECKRUN_CONFIG`, `./checkrun.toml`,
/// `/etc/checkrun/checkrun.toml`. One that is named is used even if it does not exist, so that a
/// typing error does not silently choose another file.
///
/// # Errors
/// A problem that lists the places, if nothing is named and nothing found.
pub fn discover(
    flag: Option<PathBuf>,
    environment: &Environment,
    exists: impl Fn(&Path) -> bool,
) -> Result<PathBuf, Problems> {
    if let Some(path) = flag {
        return Ok(path);
    }
    if let Some(path) = environment.get(VARIABLE).filter(|path| !path.is_empty()) {
        return Ok(PathBuf::from(path));
    }
    PLACES
        .iter()
        .map(PathBuf::from)
        .find(|path| exists(path))
        .ok_or_else(|| {
            Problem::without_place(format!(
                "there is no configuration: neither `--config` nor ${VARIABLE} names one, and there is no ./{} and no {}",
                PLACES[0], PLACES[1]
            ))
            .with_hint(INIT_HINT)
            .into()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_wins() {
        let flag = || Some(PathBuf::from("flag.toml"));
        let variable = Environment::from_iter([(VARIABLE, "variable.toml")]);
        let blank = Environment::from_iter([(VARIABLE, "")]);
        let none = Environment::default();
        for (what, flag, environment, existing, expected) in [
            (
                "the flag wins over all",
                flag(),
                &variable,
                &PLACES[..],
                "flag.toml",
            ),
            (
                "the flag wins even if nothing exists",
                flag(),
                &none,
                &[],
                "flag.toml",
            ),
            (
                "the variable wins over the places",
                None,
                &variable,
                &PLACES[..],
                "variable.toml",
            ),
            (
                "an empty variable is none",
                None,
                &blank,
                &PLACES[..],
                "checkrun.toml",
            ),
            (
                "this folder wins over /etc",
                None,
                &none,
                &PLACES[..],
                "checkrun.toml",
            ),
            (
                "/etc is last",
                None,
                &none,
                &PLACES[1..],
                "/etc/checkrun/checkrun.toml",
            ),
        ] {
            let found = discover(flag, environment, |path| {
                existing.iter().any(|place| Path::new(place) == path)
            });
            assert_eq!(found, Ok(PathBuf::from(expected)), "{what}");
        }
    }

    #[test]
    fn without_any_the_places_are_told() {
        let problems = discover(None, &Environment::default(), |_| false).expect_err("none");
        insta::assert_snapshot!(problems);
    }
}
