//! Who holds how many: names that users chose, made safe, and never more than a few of them.

use std::collections::BTreeMap;

use crate::text::cut;

/// Names that are told apart in one list; the rest is summed as [`OTHER`].
pub const NAMES_MAX: usize = 10;
/// Names that one piece of evidence shows.
const SHOWN_MAX: usize = 5;
/// Characters of a name that are kept; servers allow 63 to 255.
const NAME_CHARS_MAX: usize = 80;

/// Stands for all names beyond [`NAMES_MAX`].
const OTHER: &str = "other";
/// Stands for a name that is empty or not there.
const NONE: &str = "(none)";

/// Counts by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    counts: BTreeMap<String, u64>,
}

impl Tally {
    /// Counts some more for a name, as the server gives it. Names that look alike are one.
    pub fn add(&mut self, name: Option<&str>, count: u64) {
        *self.counts.entry(shown(name)).or_default() += count;
    }

    /// All that was counted.
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    /// The count for a name, as it is shown.
    pub fn of(&self, name: &str) -> u64 {
        self.counts.get(name).copied().unwrap_or_default()
    }

    /// Names with their counts, the largest first; at most [`NAMES_MAX`], and what is missing to
    /// `total` as `other`.
    pub fn top(&self, total: u64) -> Vec<(String, u64)> {
        let mut names: Vec<(String, u64)> = self
            .counts
            .iter()
            .filter(|(name, _)| *name != OTHER)
            .map(|(name, count)| (name.clone(), *count))
            .collect();
        names.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
        names.truncate(NAMES_MAX);
        let told: u64 = names.iter().map(|(_, count)| count).sum();
        let rest = total.max(self.total()).saturating_sub(told);
        if rest > 0 {
            names.push((OTHER.to_owned(), rest));
        }
        names
    }

    /// The largest in one line: `web 12, batch 3, other 2`.
    pub fn line(&self, total: u64) -> String {
        let top = self.top(total);
        let mut parts: Vec<String> = top
            .iter()
            .take(SHOWN_MAX)
            .map(|(name, count)| format!("{name} {count}"))
            .collect();
        if top.len() > SHOWN_MAX {
            let rest: u64 = top[SHOWN_MAX..].iter().map(|(_, count)| count).sum();
            parts.push(format!("{OTHER} {rest}"));
        }
        parts.join(", ")
    }
}

/// A name as it stands in metrics, keys and sentences: control characters escaped, backslashes doubled
/// so that no two names become one by that, and cut.
pub fn shown(name: Option<&str>) -> String {
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        return NONE.to_owned();
    };
    let mut safe = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '\\' => safe.push_str("\\\\"),
            control if control.is_control() => safe.extend(control.escape_unicode()),
            other => safe.push(other),
        }
    }
    cut(&safe, NAME_CHARS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(counts: &[(&str, u64)]) -> Tally {
        let mut tally = Tally::default();
        for (name, count) in counts {
            tally.add(Some(name), *count);
        }
        tally
    }

    #[test]
    fn the_largest_come_first_and_the_rest_is_summed() {
        let web = tally(&[("batch", 3), ("web", 12), ("cron", 3)]);
        assert_eq!(web.line(18), "web 12, batch 3, cron 3");
        assert_eq!(web.line(20), "web 12, batch 3, cron 3, other 2");
        assert_eq!(web.line(0), "web 12, batch 3, cron 3");
        assert_eq!(Tally::default().line(0), "");
    }

    #[test]
    fn five_hundred_names_stay_few() {
        let names: Vec<String> = (0..500).map(|n| format!("app-{n:03}")).collect();
        let counts: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 2)).collect();
        let top = tally(&counts).top(1_000);
        assert_eq!(top.len(), NAMES_MAX + 1);
        assert_eq!(top[NAMES_MAX], ("other".to_owned(), 980));
        assert_eq!(
            tally(&counts).line(1_000),
            "app-000 2, app-001 2, app-002 2, app-003 2, app-004 2, other 990"
        );
    }

    #[test]
    fn an_application_called_other_is_no_second_one() {
        let top = tally(&[("other", 4), ("web", 1)]).top(9);
        assert_eq!(top, [("web".to_owned(), 1), ("other".to_owned(), 8)]);
    }

    #[test]
    fn names_are_made_safe_and_stay_different() {
        for (name, safe) in [
            (Some("web"), "web"),
            (None, "(none)"),
            (Some(""), "(none)"),
            (Some("\"; DROP ROLE x; --"), "\"; DROP ROLE x; --"),
            (Some("\u{1b}[31mred"), "\\u{1b}[31mred"),
            (Some("\\u{1b}[31mred"), "\\\\u{1b}[31mred"),
            (Some("a\nb\0"), "a\\u{a}b\\u{0}"),
            (Some("größe"), "größe"),
        ] {
            assert_eq!(shown(name), safe);
        }
        assert_eq!(
            shown(Some(&"x".repeat(1_000))).chars().count(),
            NAME_CHARS_MAX + 1
        );
    }
}
