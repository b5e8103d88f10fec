//! PostgreSQL's binary `numeric`: base 10,000 digits, a weight, a sign and a display scale.

use std::fmt::Write as _;

use super::value::{Malformed, fixed};

const NEGATIVE: u16 = 0x4000;
const NAN: u16 = 0xC000;
const INFINITY: u16 = 0xD000;
const MINUS_INFINITY: u16 = 0xF000;

/// Decimal digits in one digit of base 10,000.
const GROUP: usize = 4;

/// The server's weights end at 131,072 decimal digits before the point; more would only be memory.
const WEIGHT_MAX: i16 = 0x7FFF;

/// The exact number as the server would print it.
///
/// # Errors
/// Bytes that are no `numeric`.
pub fn decode(bytes: &[u8]) -> Result<String, Malformed> {
    let (header, digits) = bytes.split_at_checked(8).ok_or(Malformed)?;
    let field = |at: usize| -> Result<u16, Malformed> {
        Ok(u16::from_be_bytes(fixed(&header[at..at + 2])?))
    };
    let (count, weight, sign, scale) = (field(0)?, field(2)?, field(4)?, field(6)?);
    let negative = match sign {
        0 => false,
        NEGATIVE => true,
        NAN => return Ok("NaN".into()),
        INFINITY => return Ok("Infinity".into()),
        MINUS_INFINITY => return Ok("-Infinity".into()),
        _ => return Err(Malformed),
    };
    if digits.len() != usize::from(count) * 2 || scale > 0x3FFF {
        return Err(Malformed);
    }
    let digits: Vec<u16> = digits
        .chunks_exact(2)
        .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
        .collect();
    if digits.iter().any(|digit| *digit > 9999) {
        return Err(Malformed);
    }
    let weight = i16::from_be_bytes(weight.to_be_bytes());
    Ok(print(&digits, weight, negative, scale.into()))
}

fn print(digits: &[u16], weight: i16, negative: bool, scale: usize) -> String {
    let digit = |at: i32| -> u16 {
        usize::try_from(i32::from(weight) - at)
            .ok()
            .and_then(|index| digits.get(index))
            .copied()
            .unwrap_or(0)
    };
    let mut text = String::new();
    if negative {
        text.push('-');
    }
    let before = text.len();
    for at in (0..=i32::from(weight)).rev() {
        let _ = write!(text, "{:04}", digit(at));
    }
    let zeros = text[before..].len() - text[before..].trim_start_matches('0').len();
    text.replace_range(before..before + zeros, "");
    if text.len() == before {
        text.push('0');
    }
    if scale > 0 {
        text.push('.');
        let point = text.len();
        let groups = i32::try_from(scale.div_ceil(GROUP)).unwrap_or(0);
        for at in 1..=groups {
            let _ = write!(text, "{:04}", digit(-at));
        }
        text.truncate(point + scale);
    }
    text
}

/// The binary form of a number written in base 10, or of `NaN`, `Infinity`, `-Infinity`.
pub fn encode(text: &str) -> Option<Vec<u8>> {
    let special = match text {
        "NaN" => Some(NAN),
        "Infinity" => Some(INFINITY),
        "-Infinity" => Some(MINUS_INFINITY),
        _ => None,
    };
    if let Some(sign) = special {
        return Some(assemble(&[], 0, sign, 0));
    }
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let scale = u16::try_from(fraction.len())
        .ok()
        .filter(|scale| *scale <= 0x3FFF)?;
    let groups_before = whole.len().div_ceil(GROUP);
    let padded = format!(
        "{whole:0>before$}{fraction:0<after$}",
        before = groups_before * GROUP,
        after = fraction.len().div_ceil(GROUP) * GROUP,
    );
    let digits: Option<Vec<u16>> = padded
        .as_bytes()
        .chunks(GROUP)
        .map(|group| std::str::from_utf8(group).ok()?.parse().ok())
        .collect();
    let weight = i16::try_from(groups_before)
        .ok()
        .filter(|w| *w < WEIGHT_MAX)?
        - 1;
    Some(assemble(
        &digits?,
        weight,
        if negative { NEGATIVE } else { 0 },
        scale,
    ))
}

fn assemble(digits: &[u16], weight: i16, sign: u16, scale: u16) -> Vec<u8> {
    let count = u16::try_from(digits.len()).unwrap_or(u16::MAX);
    let mut bytes = Vec::with_capacity(8 + digits.len() * 2);
    bytes.extend(count.to_be_bytes());
    bytes.extend(weight.to_be_bytes());
    bytes.extend(sign.to_be_bytes());
    bytes.extend(scale.to_be_bytes());
    for digit in digits {
        bytes.extend(digit.to_be_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_number_is_not_encoded() {
        for text in ["", ".", "-", "1e5", "12a", "1.2.3", " 1", "0x10"] {
            assert_eq!(encode(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_reads_the_same(
            text in r"-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,40})?"
        ) {
            let bytes = encode(&text).expect("a number");
            prop_assert_eq!(decode(&bytes), Ok(text));
        }

        #[test]
        fn any_bytes_are_a_number_or_malformed(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = decode(&bytes);
        }
    }
}
