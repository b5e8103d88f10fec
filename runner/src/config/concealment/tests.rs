//! What is hidden, and what stays readable.

use proptest::prelude::*;

use super::*;

fn visible(text: &str) -> String {
    let mut visible = String::new();
    let mut from = 0;
    for range in concealed_ranges(text) {
        visible.push_str(&text[from..range.start]);
        visible.push('…');
        from = range.end;
    }
    visible + &text[from..]
}

#[test]
fn what_people_write_by_mistake_is_hidden() {
    for (text, expected) in [
        ("password = \"hunter2\"", "password = …"),
        ("pasword = 'hunter2'", "pasword = …"),
        ("password = hunter2 # mine", "password = …"),
        ("password = \"hunter2", "password = …"),
        (
            "password = \"\"\"\nhunter2\n\"\"\"\nx = 1",
            "password = …\nx = 1",
        ),
        (
            "password = [\n\"hunter2\",\n]\nx = 1",
            "password = …\nx = 1",
        ),
        ("password = { value = \"hunter2\" }", "password = { … = … }"),
        ("password = { \"hunter2\" }", "password = { … }"),
        ("password = { hunter2 }", "password = { … }"),
        (
            "[target.password]\nvalue = \"hunter2\"",
            "[target.password]\nvalue = …",
        ),
        ("password.value = \"hunter2\"", "password.value = …"),
        ("\"db_password\" = \"hunter2\"", "\"db_password\" = …"),
        (
            "url = \"postgres://u:hunter2@h/d\"",
            "url = \"postgres://u:…@h/d\"",
        ),
        (
            "url = \"postgres://u:hun/t@er2@h/d\"",
            "url = \"postgres://u:…@h/d\"",
        ),
        ("url = \"postgres://u:hunter2\"", "url = \"postgres://u:…\""),
        (
            "url = \"postgres://h/d?password=hunter2\"",
            "url = \"postgres://h/d?password=…\"",
        ),
        (
            "url = \"host=h password=hunter2 user=u\"",
            "url = \"host=h password=… user=u\"",
        ),
        ("x = 1 # password is hunter2", "x = 1 #…"),
        (
            "webhook = { url = \"https://h/hunter2\", format = \"slack\" }",
            "webhook = { url = …, format = \"slack\" }",
        ),
        ("webhok = 'hunter2'", "webhok = …"),
        ("webhook.url = 'hunter2'", "webhook.url = …"),
        (
            "webhook = { headers = { Authorization = 'hunter2' } }",
            "webhook = { headers = { … = … } }",
        ),
        (
            "[route.webhook]\nurl = 'hunter2'",
            "[route.webhook]\nurl = …",
        ),
        (
            "[heartbeat]\nurl = 'hunter2'\nevery = '1m'",
            "[heartbeat]\nurl = …\nevery = '1m'",
        ),
        ("url = 'https://h/hunter2?x'", "url = 'https://h…'"),
        ("url = 'HTTP://h?hunter2'", "url = 'HTTP://h…'"),
        ("url = 'http:/h/hunter2'", "url = 'http:/h…'"),
    ] {
        assert_eq!(visible(text), expected, "{text}");
    }
}

#[test]
fn what_is_no_secret_stays_readable() {
    for text in [
        "password = { env = \"ORDERS_PASSWORD\" }",
        "password.file = \"/run/secrets/x\"",
        "[target.password]\ncredential = \"x\"\n[other]\nvalue = \"y\"",
        "url = \"postgres://monitor@db1.example:5432/orders\"",
        "url = \"postgres://[::1]:5432/orders\"",
        "url = \"postgres://monitor@[::1]:5432/orders\"",
        "path = \"checkrun.db\"",
        "parallel = 16",
        "thresholds.used_ratio = { warning = \"> 80%\" }",
    ] {
        assert_eq!(visible(text), text);
    }
}

proptest! {
    #[test]
    fn any_text_is_scanned_without_panic(text in "[a-z={}\\[\\]\"'#\\n:/@é\\\\ ]{0,60}|.{0,60}") {
        let ranges = concealed_ranges(&text);
        prop_assert!(ranges.windows(2).all(|pair| pair[0].end < pair[1].start));
        for range in ranges {
            prop_assert!(text.get(range).is_some());
        }
    }

    #[test]
    fn a_password_of_any_characters_is_hidden(tail in "[A-Za-z0-9/:?#%&]{0,8}") {
        let text = format!("url = \"mysql://u:canary{tail}@host/db\"");
        prop_assert!(!visible(&text).contains("canary"));
    }
}
