//! A rule for documents: every relative link leads to a file that is there, and to a heading in it.
//!
//! Markdown is read as far as links need it: fenced blocks and `code` have none, and a heading's anchor is
//! made as GitHub makes it.

use std::collections::BTreeMap;

use super::{Breach, SourceFile};

/// Links that lead out of the repository are not followed.
const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];

/// All links that lead nowhere. `exists` tells of a path from the workspace's folder whether a file or folder
/// is there.
pub fn check(documents: &[SourceFile], exists: &dyn Fn(&str) -> bool) -> Vec<Breach> {
    let anchors: BTreeMap<&str, Vec<String>> = documents
        .iter()
        .map(|document| (document.path.as_str(), anchors(&document.text)))
        .collect();
    documents
        .iter()
        .flat_map(|document| {
            links(&document.text)
                .into_iter()
                .map(move |link| (document, link))
        })
        .filter_map(|(document, (line, link))| {
            let rule = fault(&document.path, &link, &anchors, exists)?;
            Some(Breach {
                path: document.path.clone(),
                line,
                rule,
                remedy: "correct the link; it is relative to the file that it stands in".to_owned(),
            })
        })
        .collect()
}

/// What is wrong with a link in the document at `from`.
fn fault(
    from: &str,
    link: &str,
    anchors: &BTreeMap<&str, Vec<String>>,
    exists: &dyn Fn(&str) -> bool,
) -> Option<String> {
    if SCHEMES.iter().any(|scheme| link.starts_with(scheme)) {
        return None;
    }
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let Some(path) = resolve(from, file) else {
        return Some(format!("`{link}` leads out of the repository"));
    };
    if !exists(&path) {
        return Some(format!("`{link}` leads to no file"));
    }
    let of_file = anchors.get(path.as_str())?;
    let is_there = anchor.is_empty() || of_file.iter().any(|it| it == anchor);
    (!is_there).then(|| format!("`{link}` leads to no heading of {path}"))
}

/// The path from the workspace's folder; none above it.
fn resolve(from: &str, link: &str) -> Option<String> {
    if link.is_empty() {
        return Some(from.to_owned());
    }
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The target of every link with its line.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut links = Vec::new();
    for (line, text) in prose(text) {
        let text = without_code(text);
        let mut rest = text.as_str();
        while let Some((_, after)) = rest.split_once("](") {
            let (target, remainder) = after.split_once(')').unwrap_or((after, ""));
            // A title may follow the target.
            links.extend(
                target
                    .split_whitespace()
                    .next()
                    .map(|link| (line, link.to_owned())),
            );
            rest = remainder;
        }
        // `[name]: target`
        if let Some((_, target)) = text.split_once("]: ").filter(|_| text.starts_with('[')) {
            links.push((line, target.trim().to_owned()));
        }
    }
    links
}

/// The anchors of all headings.
fn anchors(text: &str) -> Vec<String> {
    let mut anchors: Vec<String> = Vec::new();
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for (_, line) in prose(text) {
        let heading = line.trim_start_matches('#');
        let depth = line.len() - heading.len();
        if !(1..=6).contains(&depth) || !heading.starts_with(' ') {
            continue;
        }
        let slug = slug(heading);
        let times = seen.entry(slug.clone()).or_default();
        anchors.push(match *times {
            0 => slug,
            n => format!("{slug}-{n}"),
        });
        *times += 1;
    }
    anchors
}

/// Letters in lower case, digits, `-` and `_`; spaces become `-`.
fn slug(heading: &str) -> String {
    heading
        .trim()
        .chars()
        .filter_map(|c| match c {
            ' ' => Some('-'),
            '-' | '_' => Some(c),
            c if c.is_alphanumeric() => Some(c),
            _ => None,
        })
        .flat_map(char::to_lowercase)
        .collect()
}

/// The lines outside fenced blocks, with their numbers from 1.
fn prose(text: &str) -> Vec<(usize, &str)> {
    let mut fence = None;
    let mut lines = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let begin = line.trim_start();
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| begin.starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (None, None) => lines.push((n + 1, line)),
            (Some(open), Some(mark)) if open == mark => fence = None,
            (Some(_), _) => {}
        }
    }
    lines
}

/// The line without what stands between two backticks; the marks of an odd one stay.
fn without_code(line: &str) -> String {
    let parts: Vec<&str> = line.split('`').collect();
    let last = parts.len() - 1;
    parts
        .into_iter()
        .enumerate()
        .filter(|(n, _)| n % 2 == 0 || *n == last)
        .map(|(_, part)| part)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const THERE: [&str; 4] = ["README.md", "docs/guide.md", "docs", "sdk/python"];

    /// The broken rules of a repository whose guide has this text.
    fn rules(guide: &str) -> Vec<String> {
        let documents = [
            SourceFile::new("README.md", "# Read `me` first\n\n## Use it\n\n## Use it\n"),
            SourceFile::new("docs/guide.md", guide),
        ];
        let breaches = check(&documents, &|path| THERE.contains(&path));
        breaches.into_iter().map(|breach| breach.rule).collect()
    }

    #[test]
    fn a_link_leads_to_a_file_and_a_heading() {
        for (reason, guide, expected) in [
            ("a file", "[a](../README.md)", None),
            ("a folder", "[a](../sdk/python) and [b](.)", None),
            ("a heading elsewhere", "[a](../README.md#use-it)", None),
            ("the second of its name", "[a](../README.md#use-it-1)", None),
            ("code in a heading", "[a](../README.md#read-me-first)", None),
            ("a heading here", "# Steps, 1–2\n[a](#steps-12)", None),
            ("out in the world", "[a](https://example.org/x#y)", None),
            ("in a block", "```\n[a](nowhere.md)\n```\n", None),
            ("in code", "`[a](nowhere.md)` is a link", None),
            ("with a title", "[a](../README.md \"Read me\")", None),
            (
                "no file",
                "text [a](nowhere.md) and [b](../README.md)",
                Some("`nowhere.md` leads to no file"),
            ),
            (
                "no such heading",
                "[a](../README.md#use)",
                Some("`../README.md#use` leads to no heading of README.md"),
            ),
            (
                "a heading in a block",
                "```\n# Steps\n```\n[a](#steps)",
                Some("`#steps` leads to no heading of docs/guide.md"),
            ),
            (
                "above the repository",
                "[a](../../README.md)",
                Some("`../../README.md` leads out of the repository"),
            ),
            (
                "by reference",
                "[a]\n\n[a]: nowhere.md",
                Some("`nowhere.md` leads to no file"),
            ),
        ] {
            let expected: Vec<_> = expected.into_iter().map(str::to_owned).collect();
            assert_eq!(rules(guide), expected, "{reason}");
        }
    }

    #[test]
    fn a_breach_names_the_line() {
        let documents = [SourceFile::new("a.md", "# A\n\n```\n```\n[b](c.md)\n")];
        let breaches = check(&documents, &|_| false);
        assert_eq!(breaches[0].line, 5);
    }
}
