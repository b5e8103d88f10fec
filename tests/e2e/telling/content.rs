//! What stands in a mail about a real incident: what was measured, what is wrong, what was before.

use checkrun_tests::Part;

use super::*;

/// What every picture in this format begins with.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Words, however their lines are broken.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What somebody sees of a page.
fn seen(html: &str) -> String {
    let (_, body) = html.split_once("<body").expect("a page");
    let pieces = body.split('<').map(|piece| match piece.split_once('>') {
        Some((_, text)) => text,
        None => piece,
    });
    let text = pieces.collect::<Vec<_>>().join(" ");
    let marks = [
        // The line that stands for it in the picture.
        ("&#9644;", ""),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#x2f;", "/"),
        ("&amp;", "&"),
    ];
    let text = marks
        .iter()
        .fold(text, |text, (written, meant)| text.replace(written, meant));
    words(&text)
}

/// Both forms of a mail have these words.
#[track_caller]
fn assert_says(letter: &Letter, expected: &[&str]) {
    let (text, page) = (
        words(&letter.part("text/plain")),
        seen(&letter.part("text/html")),
    );
    for expected in expected {
        assert!(text.contains(expected), "{expected}: {text}");
        assert!(page.contains(expected), "{expected}: {page}");
    }
}

/// Under which the page names the picture.
fn cid(html: &str) -> String {
    let (_, rest) = html.split_once("src=\"cid:").expect("a picture");
    rest.split('"').next().unwrap_or_default().to_owned()
}

#[test]
fn a_mail_has_what_was_measured_with_a_picture_and_the_next_one_what_was_before() {
    let (stage, notices) = stage(&format!("{FOLDER}{ALICE}{QUICK}{}", level("shop")));
    let running = start(&stage, &notices, &[]);
    // So that there is a course to draw.
    pass(&stage, 3);
    set(&stage, 7);
    let _ = wait_for_letters(&stage, 1);
    set(&stage, 0);
    let _ = wait_for_letters(&stage, 2);
    set(&stage, 8);
    let letters = wait_for_letters(&stage, 3);
    let _ = stop(running);
    assert_told(
        &subjects(&stage),
        &["CRIT shop: ", "OK shop: ", "CRIT shop: "],
    );
    let (first, second) = (&letters[0], &letters[2]);

    assert_says(first, &["now 7 ", "critical > 5", "warning > 0"]);
    let text = first.part("text/plain");
    assert!(text.contains("  last 24 h  "), "{text}");
    let cid = cid(&first.part("text/html"));
    let parts = first.all_parts();
    let picture = |part: &&Part| part.header("Content-ID") == format!("<{cid}>");
    let picture = parts
        .iter()
        .find(picture)
        .expect("the picture that the page names");
    assert_eq!(picture.header("Content-Type"), "image/png");
    assert_eq!(picture.header("Content-Disposition"), "inline");
    assert!(picture.content.starts_with(PNG) && picture.content.len() > 200);

    assert!(!text.contains("Earlier incidents"), "{text}");
    assert_says(second, &["now 8 ", "Earlier incidents", "incident 2"]);
    let past = words(&second.part("text/plain"));
    let (_, past) = past.split_once("Earlier incidents: ").expect("a list");
    assert!(past.split(' ').any(|word| word == "CRIT"), "{past}");
}

#[test]
fn a_mail_has_the_findings_of_its_check_and_what_to_do() {
    let no_row = "[[target]]\nname = \"shop\"\nurl = \"sqlite:./shop.db\"\n[[check]]\n\
                  use = \"core/query\"\ntargets = [\"shop\"]\nevery = \"1s\"\nconfirm = 1\n\
                  parameters = { sql = \"SELECT 1 AS n WHERE 0\" }\n";
    let (stage, notices) = stage(&format!("{FOLDER}{ALICE}{QUICK}{no_row}"));
    stage.sqlite("shop.db", "CREATE TABLE orders (id INTEGER)");
    let running = start(&stage, &notices, &[]);
    let letters = wait_for_letters(&stage, 1);
    let _ = stop(running);
    let found = |column: &str| -> String {
        let worst = "from v_finding where severity > 0 order by severity desc, run_id desc limit 1";
        stage.value("checkrun.db", &format!("select {column} {worst}"))
    };
    let (title, advice) = (found("title"), found("advice"));
    assert!(!title.is_empty() && !advice.is_empty());
    assert_says(&letters[0], &["Findings", &words(&title), &words(&advice)]);
}
