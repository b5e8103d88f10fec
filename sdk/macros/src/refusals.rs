//! What the macros refuse, and the words in which they do.

use quote::quote;
use syn::parse_str;

use crate::{check, params};

const FUNCTION: &str = "/// Documented.\nfn bloat(ctx: &Ctx) -> Result<Report> { todo!() }";

fn check_refusal(attribute: &str, function: &str) -> String {
    parse_str(attribute)
        .and_then(|attribute| check::expand(attribute, parse_str(function)?))
        .expect_err(attribute)
        .to_string()
}

fn params_refusal(input: &str) -> String {
    let input = parse_str(input).expect("a struct or enum");
    match params::expand(input) {
        Err(error) => error.to_string(),
        // A wrong default is reported inside the expansion, at its own place.
        Ok(tokens) => {
            let text = tokens.to_string();
            let start = text.find("compile_error").expect("a refusal");
            text[start..].chars().take(120).collect()
        }
    }
}

#[test]
fn a_wrong_attribute_says_what_there_is() {
    for (attribute, expected) in [
        ("", "a check needs a title"),
        (
            "title = \"T\", titel = \"T\"",
            "unknown key `titel`; a check has: `title`",
        ),
        ("title = T", "expected string literal"),
        (
            "title = \"T\", engines = [oracle]",
            "unknown engine `oracle`; there are: postgresql",
        ),
        (
            "title = \"T\", engines = [mysql >= \"eight\"]",
            "`eight` is not a version",
        ),
        ("title = \"T\", interval = \"5\"", "`5` is not a duration"),
        (
            "title = \"T\", interval = \"1ms\"",
            "an interval is between one second",
        ),
        ("title = \"T\" tags = []", "expected `,`"),
    ] {
        let refusal = check_refusal(attribute, FUNCTION);
        assert!(refusal.contains(expected), "{attribute}: {refusal}");
    }
}

#[test]
fn a_function_of_another_shape_is_refused_with_the_right_one() {
    for (function, expected) in [
        (
            "fn bloat(ctx: &Ctx) {}",
            "check `bloat` needs a doc comment",
        ),
        (
            "/// D\nasync fn bloat(ctx: &Ctx) {}",
            "a check is not async",
        ),
        ("/// D\nfn bloat<T>(ctx: &Ctx) {}", "a check is not generic"),
        ("/// D\nfn bloat() {}", "a check is `fn name(ctx: &Ctx)"),
        (
            "/// D\nfn bloat(&self, p: P) {}",
            "a check is `fn name(ctx: &Ctx)",
        ),
        (
            "/// D\nfn bloat(a: A, b: B, c: C) {}",
            "a check is `fn name(ctx: &Ctx)",
        ),
        (
            "/// D\nfn Bloat(ctx: &Ctx) {}",
            "`Bloat` cannot name a check",
        ),
        (
            "/// D\nfn _bloat(ctx: &Ctx) {}",
            "`_bloat` cannot name a check",
        ),
    ] {
        let refusal = check_refusal("title = \"T\"", function);
        assert!(refusal.contains(expected), "{function}: {refusal}");
    }
}

#[test]
fn wrong_parameters_say_what_is_wrong_with_them() {
    for (input, expected) in [
        ("enum E {}", "`Params` is derived on a struct"),
        ("struct S(i64);", "`Params` needs named fields"),
        ("struct S { n: i64 }", "parameter `n` needs a doc comment"),
        (
            "struct S { /** D */ #[param(defualt = 1)] n: i64 }",
            "unknown key; a parameter has",
        ),
        (
            "struct S { /** D */ #[param(default = 5)] t: Duration }",
            "expected a text in quotes",
        ),
        (
            "struct S { /** D */ #[param(default = \"5\")] t: Duration }",
            "`5` is not a duration",
        ),
        (
            "struct S { /** D */ #[param(default = \"5\")] s: Size }",
            "`5` is not a size",
        ),
        (
            "struct S { /** D */ #[param(default = 1)] n: Option<i64> }",
            "drop the `Option`",
        ),
        (
            "struct S { /** D */ _n: i64 }",
            "`_n` cannot name a parameter",
        ),
        (
            "struct S { /** D */ #[param(choices = [\"a\"])] n: i64 }",
            "only a text has choices",
        ),
        (
            "struct S { /** D */ #[param(range = 0..5)] n: Option<i64> }",
            "an `Option` has no range",
        ),
        (
            "struct S { /** D */ #[param(default = \"x\")] f: FolderNames }",
            "a folder has no default",
        ),
        (
            "struct S { /** D */ #[param(default = \"c\", choices = [\"a\", \"b\"])] m: String }",
            "the default `c` is not one of the choices: a, b",
        ),
    ] {
        let refusal = params_refusal(input);
        assert!(refusal.contains(expected), "{input}: {refusal}");
    }
}

#[test]
fn what_is_right_is_not_refused() {
    let attribute = quote! {
        title = "T", tags = ["a", "b",], engines = [postgresql >= "13", sqlite], metrics = [A, b::C],
        privileges = [], interval = "15m",
    };
    let attribute = syn::parse2(attribute).expect("a well-formed attribute");
    let function = parse_str(FUNCTION).expect("a function");
    assert!(check::expand(attribute, function).is_ok());
}
