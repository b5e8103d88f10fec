//! The first pass: from text to a TOML tree that knows the place of every key and value.

use toml::Spanned;
use toml::de::DeTable;

use super::collector::{Collector, Remark};
use super::problem::Problems;
use super::source::Source;

/// Reads the text as TOML.
///
/// # Errors
/// Every syntax error. Nothing else is looked at then: what could be made of a broken file would be
/// guesses, and their problems would hide the real ones.
pub(super) fn parse(source: &Source) -> Result<Spanned<DeTable<'_>>, Problems> {
    let (tree, errors) = DeTable::parse_recoverable(source.text());
    let mut collector = Collector::new(source);
    let end = source.text().len();
    for error in errors {
        let at = error.span().unwrap_or(end..end);
        collector.error(
            &at,
            Remark::new(format!("this is not TOML: {}", error.message())),
        );
    }
    collector.finish().map(|_| tree)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn problems(text: &str) -> String {
        let source = Source::new(Path::new("checkrun.toml"), text);
        parse(&source).expect_err("not TOML").to_string()
    }

    #[test]
    fn every_syntax_error_is_reported() {
        insta::assert_snapshot!(problems(
            "[history\npath = checkrun.db\n[[target]]\nname = \"a\"\nname = \"b\"\n[run]\n[run]\n"
        ));
    }

    #[test]
    fn deep_nesting_is_refused_without_overflowing_the_stack() {
        for text in [
            format!("a = {}", "[".repeat(200_000)),
            format!("a = {}1{}", "[".repeat(200_000), "]".repeat(200_000)),
            format!("a = {}", "{a=".repeat(200_000)),
            format!("[{}a]", "a.".repeat(200_000)),
            format!("{}a = 1", "a.".repeat(200_000)),
        ] {
            assert!(!problems(&text).is_empty());
        }
        let mixed = format!(
            "a = {}1{}",
            format!("{{{}b=", "a.".repeat(78)).repeat(78),
            "}".repeat(78)
        );
        let source = Source::new(Path::new("checkrun.toml"), &mixed);
        drop(parse(&source));
    }
}
