//! The macros of `checkrun-sdk`: `#[check]`, `#[derive(Params)]` and `#[derive(FromRow)]`.
//!
//! They are documented, and tested, where they are re-exported: in `checkrun-sdk`. Whatever they
//! refuse is reported at the word that is wrong. One file per macro; [`literal`] reads `5m` and
//! `2GiB` at compile time, [`docs`] turns doc comments into descriptions.

mod check;
mod docs;
mod literal;
mod params;
#[cfg(test)]
mod refusals;
mod row;

use proc_macro::TokenStream;
use syn::parse_macro_input;

/// Turns a function into a check. See `checkrun_sdk::check`.
#[proc_macro_attribute]
pub fn check(attribute: TokenStream, function: TokenStream) -> TokenStream {
    let attribute = parse_macro_input!(attribute as check::Attribute);
    let function = parse_macro_input!(function as syn::ItemFn);
    check::expand(attribute, function)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Declares the parameters of a check. See `checkrun_sdk::Params`.
#[proc_macro_derive(Params, attributes(param))]
pub fn derive_params(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as syn::DeriveInput);
    params::expand(input)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Reads a struct from a row, field by column. See `checkrun_sdk::FromRow`.
#[proc_macro_derive(FromRow)]
pub fn derive_from_row(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as syn::DeriveInput);
    row::expand(input)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Whether the host accepts this as the name of a check or a parameter: `[a-z][a-z0-9_]*`.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
