//! Versions of migrations: numbers of any length, and numbers with dots.

use std::cmp::Ordering;

/// The digits without leading zeros; anything else as it is.
pub fn without_zeros(text: &str) -> &str {
    if text.is_empty() || !is_number(text) {
        return text;
    }
    match text.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    }
}

/// Whether it consists of digits only.
pub fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether it consists of numbers with dots or underscores between them.
pub fn is_dotted(text: &str) -> bool {
    text.split(['.', '_'])
        .all(|part| !part.is_empty() && is_number(part))
}

/// `1_02.0` is `1.2`: the spelling in which equal versions are equal texts. Anything else as it is.
pub fn normal(text: &str) -> String {
    if !is_dotted(text) {
        return text.to_owned();
    }
    let mut parts: Vec<&str> = text.split(['.', '_']).map(without_zeros).collect();
    while parts.len() > 1 && parts.last() == Some(&"0") {
        parts.pop();
    }
    parts.join(".")
}

/// Compares two normal versions number by number; texts that are none, as texts.
pub fn compare(one: &str, other: &str) -> Ordering {
    let mut ones = one.split('.');
    let mut others = other.split('.');
    loop {
        let order = match (ones.next(), others.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(one), Some(other)) => number_order(one, other),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

fn number_order(one: &str, other: &str) -> Ordering {
    if !is_number(one) || !is_number(other) {
        return one.cmp(other);
    }
    let (one, other) = (without_zeros(one), without_zeros(other));
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_versions_have_one_spelling() {
        for (written, expected) in [
            ("1", "1"),
            ("01_02", "1.2"),
            ("1.0.0", "1"),
            ("0", "0"),
            ("0.0", "0"),
            ("2024.01.10", "2024.1.10"),
            ("1..2", "1..2"),
            ("v1", "v1"),
            ("", ""),
        ] {
            assert_eq!(normal(written), expected, "{written}");
        }
    }

    #[test]
    fn versions_are_compared_as_numbers_of_any_length() {
        let long = format!("1{}", "0".repeat(50));
        for (smaller, greater) in [
            ("9", "10"),
            ("1.9", "1.10"),
            ("1", "1.1"),
            ("20240101", "20240102"),
            ("999999999999999999999", long.as_str()),
        ] {
            assert_eq!(compare(smaller, greater), Ordering::Less, "{smaller}");
            assert_eq!(compare(greater, smaller), Ordering::Greater, "{smaller}");
        }
        assert_eq!(compare("1.2", "1.2"), Ordering::Equal);
        assert_eq!(compare("007", "7"), Ordering::Equal);
    }
}
