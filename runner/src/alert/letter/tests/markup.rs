//! As much of an HTML parser as the mails need: tags are balanced, attributes quoted, nothing is loaded
//! from anywhere.

/// Elements without an end.
const VOID: [&str; 4] = ["br", "img", "meta", "!doctype"];

/// A page, taken apart.
pub struct Page {
    /// The text between tags, as a browser shows it.
    pub text: String,
    /// Every tag's name.
    pub tags: Vec<String>,
    /// Every attribute.
    pub attributes: Vec<(String, String)>,
}

/// Takes a page apart.
///
/// # Errors
/// The first thing that is not well-formed.
pub fn parse(html: &str) -> Result<Page, String> {
    let mut page = Page {
        text: String::new(),
        tags: Vec::new(),
        attributes: Vec::new(),
    };
    let mut open: Vec<String> = Vec::new();
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        page.text.push_str(&unescaped(text)?);
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").ok_or("an open comment")?.1;
            continue;
        }
        let (tag, after) = after.split_once('>').ok_or("an open tag")?;
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            match open.pop() {
                Some(opened) if opened == name => continue,
                other => return Err(format!("</{name}> closes {other:?}")),
            }
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let name = name.to_lowercase();
        if name != "!doctype" {
            page.attributes.extend(attributes_of(attributes)?);
        }
        if !VOID.contains(&name.as_str()) {
            open.push(name.clone());
        }
        page.tags.push(name);
    }
    page.text.push_str(&unescaped(rest)?);
    match open.pop() {
        Some(name) => Err(format!("<{name}> is not closed")),
        None => Ok(page),
    }
}

fn attributes_of(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut attributes = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"").ok_or(format!("no value: {rest}"))?;
        let (value, after) = after
            .split_once('"')
            .ok_or(format!("an open quote: {rest}"))?;
        if !name.chars().all(|c| c.is_ascii_lowercase() || c == '-') {
            return Err(format!("an attribute's name: {name}"));
        }
        attributes.push((name.to_owned(), unescaped(value)?));
        rest = after.trim_start();
    }
    Ok(attributes)
}

fn unescaped(text: &str) -> Result<String, String> {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let (name, after) = after.split_once(';').ok_or(format!("a bare &: {after}"))?;
        plain.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "#x27" | "#39" => '\'',
            "#x2f" => '/',
            "nbsp" => ' ',
            "middot" => '·',
            "rarr" => '→',
            "#9644" => '▬',
            _ => return Err(format!("an unknown character: &{name};")),
        });
        rest = after;
    }
    match rest.contains(['>']) {
        true => Err(format!("a bare > in {rest}")),
        false => Ok(plain + rest),
    }
}

#[test]
fn what_is_not_well_formed_is_refused() {
    for (reason, html, is_fine) in [
        ("balanced", "<p class=\"a\">x &amp; y<br></p>", true),
        ("not closed", "<p>", false),
        ("crossed", "<p><b></p></b>", false),
        ("no quotes", "<p class=a></p>", false),
        ("a bare &", "<p>a & b</p>", false),
        ("an open tag", "<p", false),
    ] {
        assert_eq!(parse(html).is_ok(), is_fine, "{reason}");
    }
}
