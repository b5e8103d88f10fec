//! Globs, by which targets, checks and routes are selected: `*` is any characters, `?` is one.

/// Whether all of `text` fits `glob`. Going back to the last `*` only keeps hostile globs cheap.
#[must_use]
pub fn fits_glob(glob: &str, text: &str) -> bool {
    let glob: Vec<char> = glob.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut g, mut t) = (0, 0);
    let mut last_star: Option<(usize, usize)> = None;
    while t < text.len() {
        match glob.get(g) {
            Some('*') => {
                last_star = Some((g, t));
                g += 1;
            }
            Some(&c) if c == '?' || c == text[t] => {
                g += 1;
                t += 1;
            }
            _ => match &mut last_star {
                Some((star, from)) => {
                    *from += 1;
                    g = *star + 1;
                    t = *from;
                }
                None => return false,
            },
        }
    }
    glob[g..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_fits_a_glob() {
        for (glob, text, fits) in [
            ("*", "", true),
            ("*", "orders", true),
            ("ord*", "orders", true),
            ("*ers", "orders", true),
            ("o*d*s", "orders", true),
            ("order?", "orders", true),
            ("order?", "order", false),
            ("orders", "orders", true),
            ("orders", "orders2", false),
            ("*/health", "core/health", true),
            ("Orders", "orders", false),
        ] {
            assert_eq!(fits_glob(glob, text), fits, "{glob} {text}");
        }
    }

    #[test]
    fn a_hostile_glob_costs_little() {
        assert!(!fits_glob(&"*a".repeat(2_000), &"a".repeat(1_999)));
    }

    proptest! {
        #[test]
        fn a_text_fits_itself_and_anything_fits_a_star(text in "[^*?]{0,20}") {
            prop_assert!(fits_glob(&text, &text));
            prop_assert!(fits_glob("*", &text));
            let (start, end) = ("*".to_owned() + &text, text.clone() + "*");
            prop_assert!(fits_glob(&start, &text) && fits_glob(&end, &text));
        }
    }
}
