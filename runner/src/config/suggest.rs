//! "Did you mean …": names near to one that does not exist.

/// Names listed in one hint.
const LISTED_MAX: usize = 12;

/// Shortest word that is looked for inside of others, characters.
const PART_CHARS_MIN: usize = 4;

/// The candidate nearest to `word`, if it is near enough to have been meant: by few edits, or else
/// because one is a part of the other.
pub(super) fn nearest<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str> + Clone,
) -> Option<&'c str> {
    let folded = fold(word);
    let by_edits = candidates
        .clone()
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&folded, &fold(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= edits_max(word, candidate))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate);
    by_edits.or_else(|| {
        candidates
            .into_iter()
            .find(|candidate| is_part(&folded, &fold(candidate)))
    })
}

/// Whether the shorter one is a part of the longer one, and long enough to mean something.
fn is_part(one: &str, other: &str) -> bool {
    let shorter = one.chars().count().min(other.chars().count());
    shorter >= PART_CHARS_MIN && (one.contains(other) || other.contains(one))
}

/// A hint for an unknown name: the nearest one, or all there are.
pub(super) fn hint<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str> + Clone,
    nothing: &str,
) -> String {
    if let Some(near) = nearest(word, candidates.clone()) {
        return format!("did you mean `{near}`?");
    }
    let all: Vec<&str> = candidates.into_iter().collect();
    if all.is_empty() {
        return nothing.to_owned();
    }
    format!("there is {}", list(&all, "and"))
}

/// `a`, `b` and `c`, shortened when there are many; `last_word` is the word before the last one.
pub(super) fn list(names: &[&str], last_word: &str) -> String {
    let mut quoted: Vec<String> = names
        .iter()
        .take(LISTED_MAX)
        .map(|name| format!("`{name}`"))
        .collect();
    if names.len() > LISTED_MAX {
        return format!(
            "{} {last_word} {} more",
            quoted.join(", "),
            names.len() - LISTED_MAX
        );
    }
    match quoted.pop() {
        Some(last) if quoted.is_empty() => last,
        Some(last) => format!("{} {last_word} {last}", quoted.join(", ")),
        None => String::new(),
    }
}

/// `an integer`, `a string`
pub(super) fn with_article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {noun}")
}

/// Case and the choice of separator are never what somebody meant to be different.
fn fold(text: &str) -> String {
    text.to_lowercase().replace('-', "_")
}

fn edits_max(word: &str, candidate: &str) -> usize {
    let shorter = word.chars().count().min(candidate.chars().count());
    (shorter / 3).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let names = ["target", "timeout", "check", "url", "connect_timeout"];
        for (word, expected) in [
            ("taget", Some("target")),
            ("Targets", Some("target")),
            ("connect-timeout", Some("connect_timeout")),
            ("timeuot", Some("timeout")),
            ("uri", Some("url")),
            ("read_timeout", Some("timeout")),
            ("frequency", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, names), expected, "{word}");
        }
    }

    #[test]
    fn without_a_near_name_all_are_listed() {
        assert_eq!(
            hint("x", ["alpha", "beta", "gamma"], "none"),
            "there is `alpha`, `beta` and `gamma`"
        );
        assert_eq!(hint("x", [], "there are none yet"), "there are none yet");
    }
}
