//! A small strict reader of XML, for what `--format junit` prints.

/// What is wrong with the document, if anything: tags are balanced, markup in text is escaped, and
/// there is no character that XML 1.0 cannot hold.
///
/// # Errors
/// The first fault.
pub fn check(document: &str) -> Result<(), String> {
    if let Some(c) = document
        .chars()
        .find(|c| c.is_control() && !"\n\t".contains(*c))
    {
        return Err(format!("the character {c:?}"));
    }
    let body = document
        .strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        .ok_or("no declaration")?;
    let mut open = Vec::new();
    let mut parts = body.split('<');
    check_text(parts.next().unwrap_or_default())?;
    for part in parts {
        let (tag, text) = part.split_once('>').ok_or("a tag without end")?;
        check_text(text)?;
        check_text(tag)?;
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(format!("</{name}> ends nothing"));
            }
            continue;
        }
        if !tag.matches('"').count().is_multiple_of(2) {
            return Err(format!("<{tag}> has a quotation mark too many"));
        }
        open.push(tag.split(' ').next().unwrap_or_default());
    }
    match open.pop() {
        Some(name) => Err(format!("<{name}> has no end")),
        None => Ok(()),
    }
}

/// Every `&` begins one of the predefined entities.
fn check_text(text: &str) -> Result<(), String> {
    for rest in text.split('&').skip(1) {
        if !["amp;", "lt;", "gt;", "quot;"]
            .iter()
            .any(|entity| rest.starts_with(entity))
        {
            return Err(format!("an entity that nobody knows: &{rest}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_found() {
        let whole = |body: &str| {
            check(&format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}"
            ))
        };
        assert_eq!(whole("<a b=\"c &amp; d\"><e></e>\n</a>\n"), Ok(()));
        for fault in [
            "<a>",
            "<a></b>",
            "</a>",
            "<a>& b</a>",
            "<a b=\"></a>",
            "<a>\u{1b}</a>",
            "<a",
        ] {
            assert!(whole(fault).is_err(), "{fault}");
        }
        assert!(check("<a></a>").is_err());
    }
}
