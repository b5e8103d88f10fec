//! Parameters: what a check can be given, as declared and as configured.

use serde::Serialize;

/// The value of a parameter, normalised.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
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
    /// The path of a folder; the value is a [`ParameterValue::TextList`] of the names in it.
    Folder,
}

/// A parameter as the check declares it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ParameterSpec {
    /// `[a-z][a-z0-9_]*`
    pub name: String,
    /// For people.
    pub description: String,
    /// What it takes.
    pub kind: ParameterKind,
    /// Must be configured.
    pub required: bool,
    /// Used when it is not configured.
    pub default: Option<ParameterValue>,
    /// Of a text parameter: what it may be; empty means anything.
    pub choices: Vec<String>,
}
