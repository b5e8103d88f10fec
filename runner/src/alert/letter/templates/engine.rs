//! What templates may do: the language without anything that reaches out, with limits, and with escaping
//! that cannot be switched off.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, Error, HtmlEscape, Output, State, UndefinedBehavior};

use crate::alert::letter::wrap::wrapped;

/// Work that one template may do: about this many steps, or 64 bytes of text for each.
const FUEL: u64 = 1_000_000;

/// How deep templates, parts and macros may use one another, in the engine's own measure.
const DEPTH_MAX: usize = 100;

/// For templates that write text.
pub fn for_text() -> Environment<'static> {
    let mut engine = limited();
    engine.set_auto_escape_callback(|_| AutoEscape::None);
    engine.set_formatter(|output, _, value| write_as(output, value, |text| text.to_owned()));
    engine
}

/// For templates that write HTML.
pub fn for_html() -> Environment<'static> {
    let mut engine = limited();
    engine.set_auto_escape_callback(|_| AutoEscape::Html);
    // The engine's own formatter obeys `{% autoescape false %}`.
    engine.set_formatter(|output, _, value| {
        write_as(output, value, |text| HtmlEscape(text).to_string())
    });
    engine
}

fn limited() -> Environment<'static> {
    let mut engine = Environment::new();
    engine.set_fuel(Some(FUEL));
    engine.set_recursion_limit(DEPTH_MAX);
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true);
    // It refuses only marks that are alike, and these are the usual ones.
    engine.set_syntax(syntax.build().unwrap_or_default());
    // Only with this an error names what is undefined.
    engine.set_debug(true);
    // Says of any text that it is HTML already.
    engine.remove_filter("safe");
    engine.add_filter("wrap", wrap);
    engine.add_filter("pad", pad);
    engine
}

/// Nothing for what is not there; what a macro or block has written already, as it is.
fn write_as(
    output: &mut Output<'_>,
    value: &Value,
    escape: impl Fn(&str) -> String,
) -> Result<(), Error> {
    if value.is_undefined() || value.is_none() {
        return Ok(());
    }
    let text = value.to_string();
    let text = match value.is_safe() {
        true => text,
        false => escape(&text),
    };
    output.write_str(&text).map_err(Error::from)
}

/// `wrap(before)`: lines of at most 72 columns, the first after `before`.
fn wrap(text: &str, before: Option<&str>) -> String {
    wrapped(text, before.unwrap_or_default())
}

/// `pad(width)`: filled up with blanks.
fn pad(_: &mut State<'_, '_>, text: &str, width: usize) -> String {
    // Wider than any mail is a mistake, not a reason to fill memory.
    let width = width.min(crate::alert::letter::wrap::WIDTH);
    format!("{text:<width$}")
}
