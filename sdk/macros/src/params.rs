//! `#[derive(Params)]`: the fields of a struct become the parameters of a check.
//!
//! The field's name, type and doc comment declare the parameter; `#[param(…)]` adds a default, the
//! choices of a text, or the range of a number.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Expr, ExprArray, ExprLit, Field, Fields, Lit, LitStr, Type};

use crate::{docs, literal};

/// Expands the derive.
pub fn expand(input: DeriveInput) -> syn::Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(syn::Error::new(
            input.ident.span(),
            "`Params` is derived on a struct; each field is one parameter",
        ));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(syn::Error::new(
            input.ident.span(),
            "`Params` needs named fields; each is one parameter",
        ));
    };
    let parameters = fields
        .named
        .iter()
        .map(Parameter::parse)
        .collect::<syn::Result<Vec<_>>>()?;
    let specs = parameters.iter().map(Parameter::spec);
    let reads = parameters.iter().map(Parameter::read);
    let name = &input.ident;
    Ok(quote! {
        impl ::checkrun_sdk::Params for #name {
            fn specs() -> ::std::vec::Vec<::checkrun_sdk::ParameterSpec> {
                ::std::vec![#(#specs),*]
            }
            fn read(values: &::checkrun_sdk::ParameterValues) -> ::checkrun_sdk::Result<Self> {
                ::core::result::Result::Ok(Self { #(#reads),* })
            }
        }
    })
}

/// One field.
struct Parameter<'a> {
    field: &'a Field,
    name: String,
    description: String,
    default: Option<Expr>,
    choices: Vec<LitStr>,
    range: Option<Expr>,
}

impl<'a> Parameter<'a> {
    fn parse(field: &'a Field) -> syn::Result<Self> {
        let name = field
            .ident
            .as_ref()
            .map(|ident| ident.unraw().to_string())
            .unwrap_or_default();
        let mut parameter = Self {
            field,
            description: docs::text(&field.attrs),
            name,
            default: None,
            choices: Vec::new(),
            range: None,
        };
        if parameter.description.is_empty() {
            return Err(syn::Error::new(
                field.span(),
                format!(
                    "parameter `{}` needs a doc comment; it becomes the description that operators read",
                    parameter.name
                ),
            ));
        }
        for attribute in &field.attrs {
            if attribute.path().is_ident("param") {
                attribute.parse_nested_meta(|meta| parameter.accept(&meta))?;
            }
        }
        parameter.name_is_accepted()?;
        parameter.keys_suit_the_type()?;
        parameter.default_is_a_choice()?;
        Ok(parameter)
    }

    fn name_is_accepted(&self) -> syn::Result<()> {
        let name = &self.name;
        if crate::is_name(name) {
            return Ok(());
        }
        Err(syn::Error::new(
            self.field.ident.span(),
            format!(
                "`{name}` cannot name a parameter; use lower-case letters, digits and `_`, a letter first"
            ),
        ))
    }

    fn keys_suit_the_type(&self) -> syn::Result<()> {
        let type_name = last_segment(&self.field.ty).unwrap_or_default();
        if let Some(choice) = self.choices.first()
            && !["String", "Option"].contains(&type_name.as_str())
        {
            return Err(syn::Error::new(
                choice.span(),
                "only a text has choices; make the field a `String`",
            ));
        }
        if let Some(default) = &self.default
            && type_name == "FolderNames"
        {
            return Err(syn::Error::new(
                default.span(),
                "a folder has no default, only the operator knows where it is; make the field an `Option`",
            ));
        }
        match &self.range {
            Some(range) if type_name == "Option" => Err(syn::Error::new(
                range.span(),
                "an `Option` has no range; give the parameter a default instead",
            )),
            _ => Ok(()),
        }
    }

    fn accept(&mut self, meta: &syn::meta::ParseNestedMeta<'_>) -> syn::Result<()> {
        if meta.path.is_ident("default") {
            self.default = Some(meta.value()?.parse()?);
            Ok(())
        } else if meta.path.is_ident("range") {
            self.range = Some(meta.value()?.parse()?);
            Ok(())
        } else if meta.path.is_ident("choices") {
            let array: ExprArray = meta.value()?.parse()?;
            self.choices = array
                .elems
                .iter()
                .map(text_literal)
                .collect::<syn::Result<_>>()?;
            Ok(())
        } else {
            Err(meta.error("unknown key; a parameter has: `default`, `choices`, `range`"))
        }
    }

    fn default_is_a_choice(&self) -> syn::Result<()> {
        let Some(default) = self.default.as_ref().filter(|_| !self.choices.is_empty()) else {
            return Ok(());
        };
        let default = text_literal(default)?;
        let choices: Vec<String> = self.choices.iter().map(LitStr::value).collect();
        if choices.contains(&default.value()) {
            return Ok(());
        }
        Err(syn::Error::new(
            default.span(),
            format!(
                "the default `{}` is not one of the choices: {}",
                default.value(),
                choices.join(", ")
            ),
        ))
    }

    fn spec(&self) -> TokenStream {
        let Self {
            name, description, ..
        } = self;
        let ty = &self.field.ty;
        let choices = &self.choices;
        let default = match &self.default {
            Some(expression) => match default_value(ty, expression) {
                Ok(value) => quote_spanned! { expression.span() => {
                    let default: #ty = #value;
                    ::checkrun_sdk::Parameter::into_value(default)
                }},
                Err(error) => error.into_compile_error(),
            },
            None => quote! { ::core::option::Option::None },
        };
        let has_default = self.default.is_some();
        quote_spanned! { ty.span() =>
            ::checkrun_sdk::ParameterSpec {
                name: #name,
                description: #description,
                kind: <#ty as ::checkrun_sdk::Parameter>::KIND,
                required: !#has_default && !<#ty as ::checkrun_sdk::Parameter>::OPTIONAL,
                default: #default,
                choices: &[#(#choices),*],
            }
        }
    }

    fn read(&self) -> TokenStream {
        let ident = &self.field.ident;
        let name = &self.name;
        let ty = &self.field.ty;
        match &self.range {
            None => quote_spanned! { ty.span() => #ident: values.get::<#ty>(#name)? },
            Some(range) => quote_spanned! { range.span() =>
                #ident: values.get_within::<#ty>(#name, #range)?
            },
        }
    }
}

/// The default as an expression of the field's type: `"5s"` of a `Duration`, `"2GiB"` of a `Size`,
/// `"text"` of a `String`, `["a", "b"]` of a `Vec<String>`; anything else as it stands.
fn default_value(ty: &Type, expression: &Expr) -> syn::Result<TokenStream> {
    let type_name = last_segment(ty).unwrap_or_default();
    match (type_name.as_str(), expression) {
        ("Duration", _) => {
            let nanos = literal::duration_nanos(&text_literal(expression)?)?;
            Ok(quote! { ::core::time::Duration::from_nanos(#nanos) })
        }
        ("Size", _) => {
            let bytes = literal::size_bytes(&text_literal(expression)?)?;
            Ok(quote! { ::checkrun_sdk::Size(#bytes) })
        }
        ("String", _) => {
            let text = text_literal(expression)?;
            Ok(quote! { ::std::string::String::from(#text) })
        }
        ("Vec", Expr::Array(array)) => {
            let texts = array
                .elems
                .iter()
                .map(text_literal)
                .collect::<syn::Result<Vec<_>>>()?;
            Ok(quote! { ::std::vec![#(::std::string::String::from(#texts)),*] })
        }
        ("Option", _) => Err(syn::Error::new(
            ty.span(),
            "a parameter with a default always has a value; drop the `Option` or the default",
        )),
        _ => Ok(quote! { #expression }),
    }
}

fn last_segment(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
}

fn text_literal(expression: &Expr) -> syn::Result<LitStr> {
    match expression {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Ok(text.clone()),
        other => Err(syn::Error::new(other.span(), "expected a text in quotes")),
    }
}
