//! PostgreSQL's binary arrays with one dimension; those with several arrive as text.

use super::kind::Kind;
use super::value::{Malformed, fixed, float, integer, text};
use crate::model::sql::Value;

/// Reads an array with at most one dimension; where its index starts is not kept.
///
/// # Errors
/// Bytes that are no such array.
pub fn decode(kind: Kind, bytes: &[u8]) -> Result<Value, Malformed> {
    let elements = elements(bytes)?;
    let integers = |kind| each(&elements, |bytes| integer(kind, bytes)).map(Value::Int64Array);
    let floats = |kind| each(&elements, |bytes| float(kind, bytes)).map(Value::Float64Array);
    match kind {
        Kind::Int2Array => integers(Kind::Int2),
        Kind::Int4Array => integers(Kind::Int4),
        Kind::Int8Array => integers(Kind::Int8),
        Kind::OidArray => integers(Kind::Unsigned4),
        Kind::Float4Array => floats(Kind::Float4),
        Kind::Float8Array => floats(Kind::Float8),
        _ => each(&elements, |bytes| Ok(text(bytes))).map(Value::TextArray),
    }
}

fn each<T>(
    elements: &[Option<&[u8]>],
    read: impl Fn(&[u8]) -> Result<T, Malformed>,
) -> Result<Vec<Option<T>>, Malformed> {
    elements
        .iter()
        .map(|element| element.map(&read).transpose())
        .collect()
}

fn elements(bytes: &[u8]) -> Result<Vec<Option<&[u8]>>, Malformed> {
    let mut rest = bytes;
    let dimensions = word(&mut rest)?;
    let (_has_nulls, _element_type) = (word(&mut rest)?, word(&mut rest)?);
    if dimensions == 0 {
        return Ok(Vec::new());
    }
    if dimensions != 1 {
        return Err(Malformed);
    }
    let (count, _first_index) = (word(&mut rest)?, word(&mut rest)?);
    let count = usize::try_from(count).map_err(|_| Malformed)?;
    // Each element has at least its length: a count beyond the bytes reserves nothing.
    let mut elements = Vec::with_capacity(count.min(rest.len() / 4));
    for _ in 0..count {
        elements.push(match word(&mut rest)? {
            -1 => None,
            length => Some(take(
                &mut rest,
                usize::try_from(length).map_err(|_| Malformed)?,
            )?),
        });
    }
    Ok(elements)
}

fn word(rest: &mut &[u8]) -> Result<i32, Malformed> {
    Ok(i32::from_be_bytes(fixed(take(rest, 4)?)?))
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], Malformed> {
    let (taken, left) = rest.split_at_checked(length).ok_or(Malformed)?;
    *rest = left;
    Ok(taken)
}

/// The binary form of a one-dimensional array of `element_type`.
pub fn encode(element_type: u32, elements: &[Option<Vec<u8>>]) -> Vec<u8> {
    let length = |count: usize| i32::try_from(count).unwrap_or(i32::MAX).to_be_bytes();
    let has_nulls = i32::from(elements.iter().any(Option::is_none));
    let mut bytes = Vec::new();
    bytes.extend(i32::from(!elements.is_empty()).to_be_bytes());
    bytes.extend(has_nulls.to_be_bytes());
    bytes.extend(element_type.to_be_bytes());
    if elements.is_empty() {
        return bytes;
    }
    bytes.extend(length(elements.len()));
    bytes.extend(1i32.to_be_bytes());
    for element in elements {
        match element {
            Some(element) => {
                bytes.extend(length(element.len()));
                bytes.extend(element);
            }
            None => bytes.extend((-1i32).to_be_bytes()),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_encoded_reads_the_same(
            numbers in proptest::collection::vec(any::<Option<i64>>(), 0..20)
        ) {
            let elements: Vec<_> =
                numbers.iter().map(|n| n.map(|n| n.to_be_bytes().to_vec())).collect();
            let bytes = encode(20, &elements);
            prop_assert_eq!(decode(Kind::Int8Array, &bytes), Ok(Value::Int64Array(numbers)));
        }

        #[test]
        fn any_bytes_are_an_array_or_malformed(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = decode(Kind::TextArray, &bytes);
        }
    }
}
