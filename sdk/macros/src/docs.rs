//! Doc comments as descriptions.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The text of the `///` lines, empty if there are none. The lines of a paragraph become one, because
/// where they break suits the source and not the terminal that shows them; lists and tables keep
/// their lines.
pub fn text(attributes: &[Attribute]) -> String {
    let lines: Vec<String> = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
        .filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) => match &pair.value {
                Expr::Lit(ExprLit {
                    lit: Lit::Str(line),
                    ..
                }) => Some(line.value()),
                _ => None,
            },
            Meta::Path(_) | Meta::List(_) => None,
        })
        .map(|line| {
            line.strip_prefix(' ')
                .unwrap_or(&line)
                .trim_end()
                .to_owned()
        })
        .collect();
    unwrapped(&lines)
}

fn unwrapped(lines: &[String]) -> String {
    let mut text = String::new();
    for line in lines {
        let continues = line.starts_with(|c: char| c.is_alphanumeric() || "`(\"[…".contains(c));
        if text.is_empty() || text.ends_with('\n') || !continues {
            text.push('\n');
        } else {
            text.push(' ');
        }
        text.push_str(line);
    }
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_become_one_line_and_lists_keep_theirs() {
        let lines =
            ["One", "sentence.", "", "- a", "- b", "", "`Code`", "first."].map(str::to_owned);
        assert_eq!(
            unwrapped(&lines),
            "One sentence.\n\n- a\n- b\n\n`Code` first."
        );
        assert_eq!(unwrapped(&[]), "");
    }
}
