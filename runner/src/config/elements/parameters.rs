//! `parameters = { … }` of a check, as written. What they mean, only the check's pack says.

use toml::Spanned;
use toml::de::DeValue;

use crate::config::shape::fields::{Fields, integer};
use crate::config::source::Span;

/// A parameter as written.
#[derive(Clone, Debug)]
pub(in crate::config) struct WrittenParameter {
    /// Its name.
    pub name: Spanned<String>,
    /// Its value.
    pub value: Written,
    /// The value's place.
    pub at: Span,
}

/// A value as written.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::config) enum Written {
    /// In quotes.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Number(f64),
    /// `true`, `false`
    Boolean(bool),
    /// A list of texts.
    TextList(Vec<String>),
    /// Anything else; the word says what.
    Other(&'static str),
}

/// Reads the parameters.
pub(in crate::config) fn decode(fields: Option<Fields<'_>>) -> Vec<WrittenParameter> {
    let entries = fields.into_iter().flat_map(Fields::entries);
    entries
        .map(|(name, value)| WrittenParameter {
            name: Spanned::new(name.span(), (*name.get_ref()).to_owned()),
            value: written(value.get_ref()),
            at: value.span(),
        })
        .collect()
}

fn written(value: &DeValue<'_>) -> Written {
    match value {
        DeValue::String(text) => Written::Text(text.to_string()),
        DeValue::Integer(number) => {
            integer(number).map_or(Written::Other("number beyond 64 bits"), Written::Integer)
        }
        DeValue::Float(number) => match number.as_str().parse::<f64>() {
            Ok(number) if number.is_finite() => Written::Number(number),
            _ => Written::Other("number that is not finite"),
        },
        DeValue::Boolean(boolean) => Written::Boolean(*boolean),
        DeValue::Array(list) => {
            let texts: Option<Vec<String>> = list
                .iter()
                .map(|item| item.get_ref().as_str().map(str::to_owned))
                .collect();
            texts.map_or(
                Written::Other("list of other things than texts"),
                Written::TextList,
            )
        }
        DeValue::Datetime(_) => Written::Other("date"),
        DeValue::Table(_) => Written::Other("table"),
    }
}

impl Written {
    /// What it is, after "not".
    pub(in crate::config) fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Integer(_) => "whole number",
            Self::Number(_) => "number with a fraction",
            Self::Boolean(_) => "boolean",
            Self::TextList(_) => "list of texts",
            Self::Other(kind) => kind,
        }
    }
}
