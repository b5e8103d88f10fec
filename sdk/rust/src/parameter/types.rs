//! The Rust types that a parameter can have.

use std::time::Duration;

use super::{ParameterKind, ParameterValue};

/// A size in bytes, as the type of a parameter: `2GiB` in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(
    /// Bytes.
    pub u64,
);

/// The names of the files in a folder, as the type of a parameter: the path of the folder in the
/// configuration.
///
/// The host reads them before the run, down to three folders deep: relative to the folder, separated
/// with `/`, sorted, without hidden ones. The files themselves it does not read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderNames(
    /// Such as `2024/0001_orders.sql`.
    pub Vec<String>,
);

/// A Rust type that a parameter can have: `bool`, `i64`, `u64`, `f64`, `String`, [`Duration`],
/// [`Size`], `Vec<String>`, [`FolderNames`], or an `Option` of one for a parameter that may be left out.
#[diagnostic::on_unimplemented(
    message = "a parameter cannot be a `{Self}`",
    note = "it can be bool, i64, u64, f64, String, std::time::Duration, checkrun_sdk::Size, Vec<String>, checkrun_sdk::FolderNames, or Option of one of them"
)]
pub trait Parameter: Sized {
    /// What the configuration must hold.
    const KIND: ParameterKind;

    /// Whether it may be left out without a default.
    const OPTIONAL: bool = false;

    /// The configured value as this type.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence.
    fn from_value(value: Option<&ParameterValue>) -> Result<Self, String>;

    /// The value as the contract writes it; none for an `Option` without one.
    fn into_value(self) -> Option<ParameterValue>;
}

impl<T: Parameter> Parameter for Option<T> {
    const KIND: ParameterKind = T::KIND;
    const OPTIONAL: bool = true;

    fn from_value(value: Option<&ParameterValue>) -> Result<Self, String> {
        match value {
            None => Ok(None),
            some => T::from_value(some).map(Some),
        }
    }

    fn into_value(self) -> Option<ParameterValue> {
        self.and_then(T::into_value)
    }
}

macro_rules! parameter {
    ($($rust:ty, $kind:ident, $($pattern:pat => $read:expr),+; |$it:ident| $write:expr;)+) => {$(
        impl Parameter for $rust {
            const KIND: ParameterKind = ParameterKind::$kind;

            fn from_value(value: Option<&ParameterValue>) -> Result<Self, String> {
                match value {
                    $(Some($pattern) => $read,)+
                    other => Err(unfit(other, ParameterKind::$kind)),
                }
            }

            fn into_value(self) -> Option<ParameterValue> {
                let $it = self;
                Some($write)
            }
        }
    )+};
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a parameter beyond 2^53 that is read as a float accepts its precision"
)]
mod implementations {
    use super::*;

    parameter! {
        bool, Boolean, ParameterValue::Boolean(it) => Ok(*it); |it| ParameterValue::Boolean(it);
        i64, Integer, ParameterValue::Integer(it) => Ok(*it); |it| ParameterValue::Integer(it);
        u64, Integer,
            ParameterValue::Integer(it) => u64::try_from(*it).map_err(|_| format!("{it} is negative"));
            |it| ParameterValue::Integer(i64::try_from(it).unwrap_or(i64::MAX));
        f64, Number,
            ParameterValue::Number(it) => Ok(*it),
            ParameterValue::Integer(it) => Ok(*it as f64);
            |it| ParameterValue::Number(it);
        String, Text, ParameterValue::Text(it) => Ok(it.clone()); |it| ParameterValue::Text(it);
        Duration, Duration,
            ParameterValue::DurationSeconds(it) => Duration::try_from_secs_f64(*it)
                .map_err(|_| format!("{it} s is not a time span"));
            |it| ParameterValue::DurationSeconds(it.as_secs_f64());
        Size, Size, ParameterValue::SizeBytes(it) => Ok(Size(*it)); |it| ParameterValue::SizeBytes(it.0);
        Vec<String>, TextList,
            ParameterValue::TextList(it) => Ok(it.clone());
            |it| ParameterValue::TextList(it);
        FolderNames, Folder,
            ParameterValue::TextList(it) => Ok(FolderNames(it.clone()));
            |it| ParameterValue::TextList(it.0);
    }
}

/// Only the kinds are named: a value may be long, and formatting floats costs every pack its size.
fn unfit(value: Option<&ParameterValue>, wanted: ParameterKind) -> String {
    match value {
        None => format!("it is missing; give {}", wanted.described()),
        Some(value) => format!(
            "it is {}, and should be {}",
            value.kind().described(),
            wanted.described()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameter::ParameterValues;

    fn values(value: ParameterValue) -> ParameterValues {
        ParameterValues(vec![("it".to_owned(), value)])
    }

    #[test]
    fn what_does_not_fit_says_what_would() {
        let refusals = [
            values(ParameterValue::Integer(5))
                .get::<Duration>("it")
                .map(drop),
            values(ParameterValue::Integer(-1))
                .get::<u64>("it")
                .map(drop),
            values(ParameterValue::DurationSeconds(-1.0))
                .get::<Duration>("it")
                .map(drop),
            values(ParameterValue::DurationSeconds(f64::NAN))
                .get::<Duration>("it")
                .map(drop),
            values(ParameterValue::Number(0.5))
                .get::<i64>("it")
                .map(drop),
            values(ParameterValue::Number(1.5))
                .get_within("it", 0.0..=1.0)
                .map(drop::<f64>),
            ParameterValues::default().get::<bool>("it").map(drop),
            ParameterValues::default()
                .get::<Option<bool>>("it")
                .map(drop),
        ]
        .map(|result| result.map_or_else(|error| error.to_string(), |()| "fits".to_owned()))
        .join("\n");
        insta::assert_snapshot!(refusals, @r"
        parameter `it`: it is a whole number, and should be a duration such as `5m`
        parameter `it`: -1 is negative
        parameter `it`: -1 s is not a time span
        parameter `it`: NaN s is not a time span
        parameter `it`: it is a number, and should be a whole number
        parameter `it`: 1.5 is outside 0.0..=1.0
        parameter `it`: it is missing; give true or false
        fits
        ");
    }

    #[test]
    fn a_whole_number_is_a_number() {
        let three = values(ParameterValue::Integer(3));
        assert_eq!(three.get::<f64>("it"), Ok(3.0));
        assert_eq!(three.get::<Option<i64>>("it"), Ok(Some(3)));
    }
}
