//! Which statements PgBouncer's console is sent: those of a closed list that only read.
//!
//! What is sent is the list's own text, so no spelling of a check's can carry anything else along:
//! `PAUSE`, `KILL`, `RELOAD`, `SHUTDOWN` and `SET` are not on the list. Nor is `SHOW FDS`: it halts
//! PgBouncer's event loop while it answers, and hands its sockets over to whoever asks.

/// Everything that may be sent; some need a newer PgBouncer than others.
const STATEMENTS: [&str; 18] = [
    "SHOW CLIENTS",
    "SHOW CONFIG",
    "SHOW DATABASES",
    "SHOW DNS_HOSTS",
    "SHOW DNS_ZONES",
    "SHOW LISTS",
    "SHOW MEM",
    "SHOW PEERS",
    "SHOW PEER_POOLS",
    "SHOW POOLS",
    "SHOW SERVERS",
    "SHOW STATE",
    "SHOW STATS",
    "SHOW STATS_AVERAGES",
    "SHOW STATS_TOTALS",
    "SHOW TOTALS",
    "SHOW USERS",
    "SHOW VERSION",
];

/// What the console takes for blanks.
const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

/// The statement to send for what a check asked: two words, in any case, with or without a semicolon.
///
/// # Errors
/// A sentence that says what would be accepted.
pub fn accept(sql: &str) -> Result<&'static str, String> {
    let text = sql.trim_matches(BLANKS);
    let text = text.strip_suffix(';').unwrap_or(text);
    let words: Vec<&str> = text
        .split(BLANKS)
        .filter(|word| !word.is_empty())
        .take(3)
        .collect();
    let asked = words.join(" ");
    STATEMENTS
        .into_iter()
        .find(|statement| statement.eq_ignore_ascii_case(&asked))
        .ok_or_else(refusal)
}

fn refusal() -> String {
    let things: Vec<&str> = STATEMENTS
        .iter()
        .filter_map(|statement| statement.strip_prefix("SHOW "))
        .collect();
    format!(
        "PgBouncer's console is no database, and a check may only ask it for one of SHOW {}; write it \
         without comments and quotes",
        things.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn statements_of_the_list_are_sent_in_the_lists_spelling() {
        for (asked, sent) in [
            ("SHOW POOLS", "SHOW POOLS"),
            ("show pools", "SHOW POOLS"),
            (" \t\r\nShow \n Stats_Totals ; \n", "SHOW STATS_TOTALS"),
            ("SHOW VERSION;", "SHOW VERSION"),
        ] {
            assert_eq!(accept(asked).as_deref(), Ok(sent), "{asked:?}");
        }
    }

    #[test]
    fn nothing_that_changes_or_halts_pgbouncer_is_sent_in_any_spelling() {
        let commands = [
            "PAUSE",
            "PAUSE shop",
            "RESUME",
            "DISABLE shop",
            "ENABLE shop",
            "RECONNECT",
            "KILL shop",
            "KILL_CLIENT 1",
            "SUSPEND",
            "SHUTDOWN",
            "SHUTDOWN WAIT_FOR_CLIENTS",
            "RELOAD",
            "WAIT_CLOSE",
            "SET max_client_conn = 1",
            "SET max_client_conn TO '1'",
            "SHOW FDS",
            "SHOW HELP",
            "SELECT 1",
        ];
        for command in commands {
            for disguised in [
                command.to_owned(),
                command.to_lowercase(),
                format!("  {command} ;"),
                format!("/* SHOW VERSION */ {command}"),
                format!("-- SHOW VERSION\n{command}"),
                format!("SHOW VERSION; {command}"),
                format!("{command}; SHOW VERSION"),
                format!("SHOW VERSION\0{command}"),
                format!("SHOW VERSION {command}."),
                format!("\"{command}\""),
                format!("SHOW \"{command}\""),
                format!("{command}\u{a0}"),
            ] {
                assert!(accept(&disguised).is_err(), "{disguised:?}");
            }
        }
    }

    #[test]
    fn what_is_almost_on_the_list_is_not() {
        for asked in [
            "",
            ";",
            "SHOW",
            "SHOW  VERSION extra",
            "SHOW VERSION;;",
            "SHOW \"VERSION\"",
            "SHOW/**/VERSION",
            "SHOWVERSION",
            "ſHOW VERSION",
            "SHOW VERSİON",
            "SHOW VERSION --",
            "(SHOW VERSION)",
            "SHOW\u{b}VERSION",
            "SHOW VERSION\u{c}",
        ] {
            let refused = accept(asked).expect_err(asked);
            assert!(refused.contains("SHOW CLIENTS, CONFIG"), "{refused}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_asked_only_the_lists_own_text_is_sent(asked in "(?i)(show|set|pause|;|/\\*|[ \t\n\"'])*(show)? ?(pools|fds|version)?[ ;]*.{0,10}") {
            if let Ok(sent) = accept(&asked) {
                prop_assert!(STATEMENTS.contains(&sent));
                let letters = |text: &str| -> String {
                    text.chars().filter(|c| !BLANKS.contains(c) && *c != ';').collect()
                };
                prop_assert!(letters(&asked).eq_ignore_ascii_case(&letters(sent)));
            }
        }
    }
}
