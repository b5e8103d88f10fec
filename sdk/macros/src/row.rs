//! `#[derive(FromRow)]`: a struct whose fields are named like the columns of a query.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Fields};

/// Expands the derive.
pub fn expand(input: DeriveInput) -> syn::Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(syn::Error::new(
            input.ident.span(),
            "`FromRow` reads a struct; each field is named like a column",
        ));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(syn::Error::new(
            input.ident.span(),
            "`FromRow` needs named fields; each is named like a column",
        ));
    };
    let reads = fields.named.iter().filter_map(|field| {
        let ident = field.ident.as_ref()?;
        let column = ident.unraw().to_string();
        Some(quote! { #ident: row.get(#column)? })
    });
    let name = &input.ident;
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    Ok(quote! {
        impl #impl_generics ::checkrun_sdk::FromRow for #name #type_generics #where_clause {
            fn from_row(
                row: ::checkrun_sdk::Row<'_>,
            ) -> ::core::result::Result<Self, ::checkrun_sdk::ColumnError> {
                ::core::result::Result::Ok(Self { #(#reads),* })
            }
        }
    })
}
