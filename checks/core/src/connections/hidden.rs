//! What this account may not see, and the statement that lets it.

use checkrun_sdk::prelude::*;

use crate::advice::connections::Situation;

/// Adds the finding for what could not be judged; `parts` are what is missing, `grant` is the statement.
pub fn add(mut report: Report, title: &str, parts: &[&str], grant: &str) -> Report {
    report.summary += "; the sessions of others are hidden from this account";
    report.finding(
        Finding::new("not-judged", Status::Unknown, title)
            .detail(format!(
                "Not judged: {}. Judged all the same: how many connections are in use, and of how many.",
                parts.join(", ")
            ))
            .advice(format!("{}\n{grant}", Situation::Hidden.advice()))
            .evidence("grant", grant),
    )
}

/// A name between quotes of this kind, which are doubled inside.
pub fn quoted(name: &str, quote: char) -> String {
    let doubled = name.replace(quote, &format!("{quote}{quote}"));
    format!("{quote}{doubled}{quote}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_ends_its_quotes() {
        for (name, quote, expected) in [
            ("plain", '"', "\"plain\""),
            ("\"; DROP ROLE x; --", '"', "\"\"\"; DROP ROLE x; --\""),
            ("o'brien", '\'', "'o''brien'"),
            ("a`b", '`', "`a``b`"),
        ] {
            assert_eq!(quoted(name, quote), expected);
        }
    }
}
