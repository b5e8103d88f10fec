//! The bundled pack `core`: checks that suit every database.
//!
//! - [`health`]: can it be reached, does it answer, and how fast?
//! - [`performance`]: how long do a connection and some queries take, over several rounds?
//! - [`query`]: any SQL from the configuration, its numbers as metrics
//!
//! [`text`] says how times and long
//! texts are shown.

mod advice;
mod health;
mod performance;
mod query;
mod text;

use health::health;
use performance::performance;
use query::query;

checkrun_sdk::pack!(name = "core", checks = [health, performance, query]);

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
