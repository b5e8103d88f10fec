//! The bundled pack `core`: checks that suit every database.
//!
//! - [`health`]: can it be reached, does it answer, and how fast?
//! - [`connections`]: how many are in use, of how many, and by whom?
//! - [`migrations`]: where the migration tools stand
//! - [`performance`]: how long do a connection and some queries take, over several rounds?
//! - [`query`]: any SQL from the configuration, its numbers as metrics
//!
//! [`advice`] has what to do about what they find; [`text`] says how times and long texts are shown.

mod advice;
mod connections;
mod health;
mod migrations;
mod performance;
mod query;
mod text;

use connections::connections;
use health::health;
use migrations::migrations;
use performance::performance;
use query::query;

checkrun_sdk::pack!(
    name = "core",
    checks = [health, connections, migrations, performance, query]
);

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
