//! [`IntoValues`]: what fills the placeholders of a statement.

use super::value::Value;

/// Values for the placeholders of a statement, in order: `()` for none, a tuple such as
/// `(1000, "public")`, an array, or a `Vec`.
///
/// A tuple with one value needs its comma: `(1000,)`; an array does not: `[1000]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not give the values of placeholders",
    note = "write `()` for none, a tuple such as `(1000, \"public\")`, or an array such as `[1000]`"
)]
pub trait IntoValues {
    /// The values, in the order of the placeholders.
    fn into_values(self) -> Vec<Value>;
}

impl IntoValues for () {
    fn into_values(self) -> Vec<Value> {
        Vec::new()
    }
}

impl<T: Into<Value>, const N: usize> IntoValues for [T; N] {
    fn into_values(self) -> Vec<Value> {
        self.into_iter().map(Into::into).collect()
    }
}

impl<T: Into<Value>> IntoValues for Vec<T> {
    fn into_values(self) -> Vec<Value> {
        self.into_iter().map(Into::into).collect()
    }
}

macro_rules! tuple_into_values {
    ($($type:ident $field:tt),+) => {
        impl<$($type: Into<Value>),+> IntoValues for ($($type,)+) {
            fn into_values(self) -> Vec<Value> {
                vec![$(self.$field.into()),+]
            }
        }
    };
}

tuple_into_values!(A 0);
tuple_into_values!(A 0, B 1);
tuple_into_values!(A 0, B 1, C 2);
tuple_into_values!(A 0, B 1, C 2, D 3);
tuple_into_values!(A 0, B 1, C 2, D 3, E 4);
tuple_into_values!(A 0, B 1, C 2, D 3, E 4, F 5);
