//! "Did you mean …": names near to one that does not exist.

/// Names listed in one hint.
const LISTED_MAX: usize = 8;

/// The candidate nearest to `word`, if it is near enough to have been meant.
pub(super) fn nearest<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let folded = fold(word);
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&folded, &fold(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= edits_max(word, candidate))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
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
    format!("there is {}", list(&all))
}

/// `a`, `b` and `c`, shortened when there are many.
pub(super) fn list(names: &[&str]) -> String {
    let mut quoted: Vec<String> = names
        .iter()
        .take(LISTED_MAX)
        .map(|name| format!("`{name}`"))
        .collect();
    if names.len() > LISTED_MAX {
        return format!(
            "{} and {} more",
            quoted.join(", "),
            names.len() - LISTED_MAX
        );
    }
    match quoted.pop() {
        Some(last) if quoted.is_empty() => last,
        Some(last) => format!("{} and {last}", quoted.join(", ")),
        None => String::new(),
    }
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
