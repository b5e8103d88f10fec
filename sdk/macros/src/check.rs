//! `#[check]`: a function becomes one that returns the check and what it declares.
//!
//! A constant of that name would do, too, but no variable could then have it: in a pattern, the name
//! of a constant stands for its value.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{FnArg, ItemFn, LitStr, Path, Token, Type, bracketed};

use crate::{docs, literal};

const KEYS: &str = "`title`, `tags`, `engines`, `metrics`, `free_metrics`, `privileges`, \
                    `interval`";
const ENGINES: [(&str, &str); 5] = [
    ("postgresql", "Postgresql"),
    ("mysql", "Mysql"),
    ("mariadb", "Mariadb"),
    ("sqlite", "Sqlite"),
    ("pgbouncer", "Pgbouncer"),
];
/// Used where the check does not say how often it is worth running.
const DEFAULT_INTERVAL_SECONDS: u32 = 300;

/// What stands in the parentheses of `#[check(…)]`.
pub struct Attribute {
    title: LitStr,
    tags: Vec<LitStr>,
    engines: Vec<EngineRequirement>,
    metrics: Vec<Path>,
    free_metrics: bool,
    privileges: Vec<LitStr>,
    interval_seconds: u32,
}

impl Parse for Attribute {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut title = None;
        let mut attribute = Self {
            title: LitStr::new("", input.span()),
            tags: Vec::new(),
            engines: Vec::new(),
            metrics: Vec::new(),
            free_metrics: false,
            privileges: Vec::new(),
            interval_seconds: DEFAULT_INTERVAL_SECONDS,
        };
        while !input.is_empty() {
            let key: Ident = input.call(Ident::parse_any)?;
            match key.to_string().as_str() {
                "title" => title = Some(assigned(input)?.parse()?),
                "tags" => attribute.tags = list(assigned(input)?)?,
                "engines" => attribute.engines = list(assigned(input)?)?,
                "metrics" => attribute.metrics = list(assigned(input)?)?,
                "free_metrics" => attribute.free_metrics = true,
                "privileges" => attribute.privileges = list(assigned(input)?)?,
                "interval" => {
                    attribute.interval_seconds = interval(&assigned(input)?.parse()?)?;
                }
                unknown => {
                    return Err(syn::Error::new(
                        key.span(),
                        format!("unknown key `{unknown}`; a check has: {KEYS}"),
                    ));
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        attribute.title = title.ok_or_else(|| {
            input.error("a check needs a title; write `#[check(title = \"Table bloat\")]`")
        })?;
        Ok(attribute)
    }
}

/// `postgresql`, or `postgresql >= "13"`.
struct EngineRequirement {
    variant: Ident,
    min_version: Option<[u32; 3]>,
}

impl Parse for EngineRequirement {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name: Ident = input.parse()?;
        let Some((_, variant)) = ENGINES.iter().find(|(word, _)| name == word) else {
            return Err(syn::Error::new(
                name.span(),
                format!(
                    "unknown engine `{name}`; there are: {}",
                    ENGINES.map(|(word, _)| word).join(", ")
                ),
            ));
        };
        let min_version = if input.parse::<Option<Token![>=]>>()?.is_some() {
            Some(literal::version(&input.parse()?)?)
        } else {
            None
        };
        Ok(Self {
            variant: Ident::new(variant, name.span()),
            min_version,
        })
    }
}

/// What follows the `=`.
fn assigned<'a>(input: ParseStream<'a>) -> syn::Result<ParseStream<'a>> {
    input.parse::<Token![=]>()?;
    Ok(input)
}

fn list<T: Parse>(input: ParseStream<'_>) -> syn::Result<Vec<T>> {
    let content;
    bracketed!(content in input);
    Ok(Punctuated::<T, Token![,]>::parse_terminated(&content)?
        .into_iter()
        .collect())
}

fn interval(literal: &LitStr) -> syn::Result<u32> {
    let seconds = literal::duration_nanos(literal)? / 1_000_000_000;
    u32::try_from(seconds)
        .ok()
        .filter(|seconds| *seconds > 0)
        .ok_or_else(|| {
            syn::Error::new(
                literal.span(),
                "an interval is between one second and 136 years",
            )
        })
}

/// Expands the attribute.
pub fn expand(attribute: Attribute, function: ItemFn) -> syn::Result<TokenStream> {
    let name = &function.sig.ident;
    let id = check_id(name)?;
    let description = docs::text(&function.attrs);
    if description.is_empty() {
        return Err(syn::Error::new(
            name.span(),
            format!(
                "check `{id}` needs a doc comment; it becomes the description that operators read"
            ),
        ));
    }
    let params = params_type(&function)?;
    let (docs, attributes): (Vec<_>, Vec<_>) = function
        .attrs
        .iter()
        .partition(|attribute| attribute.path().is_ident("doc"));
    let (vis, signature, body) = (&function.vis, &function.sig, &function.block);
    let (specs, call) = match params {
        None => (
            quote! { ::std::vec::Vec::new },
            quote_spanned! { signature.span() => #name(ctx) },
        ),
        Some(ty) => (
            quote_spanned! { ty.span() => <#ty as ::checkrun_sdk::Params>::specs },
            quote_spanned! { signature.span() =>
                #name(ctx, <#ty as ::checkrun_sdk::Params>::read(ctx.parameters())?)
            },
        ),
    };
    let declaration = attribute.declaration(&id, &description);
    Ok(quote! {
        #(#docs)*
        #vis const fn #name() -> ::checkrun_sdk::Check {
            #(#attributes)*
            #signature #body
            fn run(ctx: &::checkrun_sdk::Ctx<'_>) -> ::checkrun_sdk::Result<::checkrun_sdk::Report> {
                #call
            }
            ::checkrun_sdk::Check { parameters: #specs, run, #declaration }
        }
    })
}

impl Attribute {
    fn declaration(&self, id: &str, description: &str) -> TokenStream {
        let Self {
            title,
            tags,
            metrics,
            free_metrics,
            privileges,
            interval_seconds,
            ..
        } = self;
        let engines = self.engines.iter().map(|requirement| {
            let variant = &requirement.variant;
            let min_version = match requirement.min_version {
                None => quote! { ::core::option::Option::None },
                Some([major, minor, patch]) => quote! {
                    ::core::option::Option::Some(::checkrun_sdk::Version {
                        major: #major, minor: #minor, patch: #patch,
                    })
                },
            };
            quote! {
                ::checkrun_sdk::EngineRequirement {
                    engine: ::checkrun_sdk::Engine::#variant,
                    min_version: #min_version,
                }
            }
        });
        quote! {
            id: #id,
            title: #title,
            description: #description,
            tags: &[#(#tags),*],
            engines: &[#(#engines),*],
            metrics: &[#(#metrics),*],
            free_metrics: #free_metrics,
            privileges: &[#(#privileges),*],
            suggested_interval: ::core::time::Duration::from_secs(#interval_seconds as u64),
        }
    }
}

fn check_id(name: &Ident) -> syn::Result<String> {
    let id = name.unraw().to_string();
    if crate::is_name(&id) {
        return Ok(id);
    }
    Err(syn::Error::new(
        name.span(),
        format!(
            "`{id}` cannot name a check; use lower-case letters, digits and `_`, a letter first"
        ),
    ))
}

/// The type of the second argument, if there is one.
fn params_type(function: &ItemFn) -> syn::Result<Option<&Type>> {
    let signature = &function.sig;
    let shape = "a check is `fn name(ctx: &Ctx) -> Result<Report>` or `fn name(ctx: &Ctx, params: MyParams) -> Result<Report>`";
    if let Some(asyncness) = &signature.asyncness {
        return Err(syn::Error::new(
            asyncness.span(),
            format!("a check is not async; {shape}"),
        ));
    }
    if !signature.generics.params.is_empty() {
        return Err(syn::Error::new(
            signature.generics.span(),
            format!("a check is not generic; {shape}"),
        ));
    }
    let arguments: Vec<&FnArg> = signature.inputs.iter().collect();
    match arguments.as_slice() {
        [FnArg::Typed(_)] => Ok(None),
        [FnArg::Typed(_), FnArg::Typed(params)] => Ok(Some(&params.ty)),
        _ => Err(syn::Error::new(signature.ident.span(), shape)),
    }
}
