//! The bundled pack `core`: checks that suit every database.
//!
//! - [`health`]: can it be reached, does it answer, and how fast?
//! - [`connections`]: how many are in use, of how many, and by whom?
//! - [`query`]: any SQL from the configuration, its numbers as metrics
//!
//! [`advice`] has all texts that say what to do; [`text`] says how times and long
//! texts are shown.

mod advice;
mod connections;
mod health;
mod query;
mod text;

use connections::connections;
use health::health;
use query::query;

checkrun_sdk::pack!(name = "core", checks = [health, connections, query]);

#[cfg(test)]
mod tests {
    use super::PACK;

    #[test]
    fn the_pack_declares_what_operators_read() {
        let checks: Vec<String> = PACK
            .checks
            .iter()
            .map(|check| {
                let parameters: Vec<String> = (check.parameters)()
                    .iter()
                    .map(|spec| format!("{spec:#?}"))
                    .collect();
                format!(
                    "{}/{}: {}\n{}\n{:#?}\n{}",
                    PACK.name,
                    check.id,
                    check.title,
                    check.description,
                    check.metrics,
                    parameters.join("\n")
                )
            })
            .collect();
        insta::assert_snapshot!(checks.join("\n\n"));
    }
}
