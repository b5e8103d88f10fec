//! The form that Slack takes, and Mattermost, Rocket.Chat and others with it: `{"text": …}`.

use serde_json::json;

/// As Slack has it: three characters begin mark-up, and are written in another way. With them mentions
/// (`<!channel>`, `<@U1>`) and links go that a database server may have put into a text.
#[must_use]
pub fn body(text: &str) -> String {
    json!({ "text": escaped(text) }).to_string()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mark_up_and_mentions_of_others_are_text() {
        for (text, expected) in [
            (
                "lag > 300 s & rising",
                r#"{"text":"lag &gt; 300 s &amp; rising"}"#,
            ),
            (
                "<!channel> <@U1> <http://x|y>",
                r#"{"text":"&lt;!channel&gt; &lt;@U1&gt; &lt;http://x|y&gt;"}"#,
            ),
            ("&lt;", r#"{"text":"&amp;lt;"}"#),
            ("a\n\"b\"\u{1b}", r#"{"text":"a\n\"b\"\u001b"}"#),
        ] {
            assert_eq!(body(text), expected);
        }
    }
}
