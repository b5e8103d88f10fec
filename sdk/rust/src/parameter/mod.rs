//! Parameters: what a check can be given, declared by the fields of a struct.
//!
//! [`Params`] is the struct, [`Parameter`] the type of a field (see `types`), [`ParameterValue`] what
//! the host hands over.

mod types;

use std::fmt::Debug;
use std::ops::RangeBounds;

use crate::error::{Error, Result};

pub use types::{FolderNames, Parameter, Size};

/// The parameters of a check, as a struct; write it with `#[derive(Params)]`.
pub trait Params: Sized {
    /// What the fields declare, in their order.
    fn specs() -> Vec<ParameterSpec>;

    /// Reads the fields from the values of a run.
    ///
    /// # Errors
    /// [`Error::BadParameter`] for a value that does not fit its field.
    fn read(values: &ParameterValues) -> Result<Self>;
}

/// The value of a parameter, normalised by the host.
#[derive(Clone, Debug, PartialEq)]
pub enum ParameterValue {
    /// `true`, `false`
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Any number.
    Number(f64),
    /// Text.
    Text(String),
    /// `5m` is 300.
    DurationSeconds(f64),
    /// `2GiB` is 2147483648.
    SizeBytes(u64),
    /// Several texts.
    TextList(Vec<String>),
}

/// What kind of value a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// `true`, `false`
    Boolean,
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// Text.
    Text,
    /// `500ms`, `5m`
    Duration,
    /// `2GiB`
    Size,
    /// Several texts.
    TextList,
    /// The path of a folder; the check gets the names of its files, as [`ParameterValue::TextList`].
    Folder,
}

impl ParameterKind {
    /// What the configuration should hold.
    pub(crate) fn described(self) -> &'static str {
        match self {
            Self::Boolean => "true or false",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Duration => "a duration such as `5m`",
            Self::Size => "a size such as `2GiB`",
            Self::TextList => "a list of texts",
            Self::Folder => "the path of a folder",
        }
    }

    /// Whether the host hands over such a value for a parameter of this kind.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn is_handed_over_as(self, value: &ParameterValue) -> bool {
        let handed_over = match self {
            Self::Folder => Self::TextList,
            kind => kind,
        };
        value.kind() == handed_over
    }
}

impl ParameterValue {
    /// What kind of value it is.
    #[must_use]
    pub fn kind(&self) -> ParameterKind {
        match self {
            Self::Boolean(_) => ParameterKind::Boolean,
            Self::Integer(_) => ParameterKind::Integer,
            Self::Number(_) => ParameterKind::Number,
            Self::Text(_) => ParameterKind::Text,
            Self::DurationSeconds(_) => ParameterKind::Duration,
            Self::SizeBytes(_) => ParameterKind::Size,
            Self::TextList(_) => ParameterKind::TextList,
        }
    }
}

/// A parameter as the check declares it.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterSpec {
    /// `[a-z][a-z0-9_]*`
    pub name: &'static str,
    /// For people.
    pub description: &'static str,
    /// What it takes.
    pub kind: ParameterKind,
    /// Must be configured.
    pub required: bool,
    /// Used when it is not configured.
    pub default: Option<ParameterValue>,
    /// Of a text parameter: what it may be; empty means anything.
    pub choices: &'static [&'static str],
}

/// The parameters of one run: those configured, and the defaults of the others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParameterValues(pub(crate) Vec<(String, ParameterValue)>);

impl ParameterValues {
    /// The value of a parameter, in the type of its field.
    ///
    /// # Errors
    /// [`Error::BadParameter`] if it is missing or does not fit the type.
    pub fn get<T: Parameter>(&self, name: &str) -> Result<T> {
        let value = self
            .0
            .iter()
            .find(|(candidate, _)| candidate == name)
            .map(|(_, value)| value);
        T::from_value(value).map_err(|why| Error::bad_parameter(name, why))
    }

    /// As [`ParameterValues::get`], with a range that the value must lie in.
    ///
    /// # Errors
    /// [`Error::BadParameter`] also if it lies outside.
    pub fn get_within<T>(&self, name: &str, range: impl RangeBounds<T> + Debug) -> Result<T>
    where
        T: Parameter + PartialOrd + Debug,
    {
        let value: T = self.get(name)?;
        if range.contains(&value) {
            return Ok(value);
        }
        Err(Error::bad_parameter(
            name,
            format!("{value:?} is outside {range:?}"),
        ))
    }
}
