//! What differs from run to run, replaced for snapshots; where text stands in columns, by as many
//! characters.

/// Regular expressions and what stands in their place.
const FILTERS: [(&str, &str); 27] = [
    // A row of `performance` has five times of nine characters; one of a query only the second and fourth.
    (
        r"(?:  [\d.]{4} [mµ]s|   [\d.]{3} [mµ]s|    \d\d [mµ]s|     \d [mµ]s|   [\d.]{4} s|    [\d.]{3} s|      \d s){5}",
        "   [time]   [time]   [time]   [time]   [time]",
    ),
    (
        r"(?: {9}(?:  [\d.]{4} [mµ]s|   [\d.]{3} [mµ]s|    \d\d [mµ]s|     \d [mµ]s|   [\d.]{4} s|    [\d.]{3} s|      \d s)){2} {9}",
        "            [time]            [time]         ",
    ),
    (
        r"(?m)^(?: excellent|      good|acceptable)  ",
        "  [rating]  ",
    ),
    // Where a line is cut depends on the times and counts before it.
    (
        r"(?:excellent|good|acceptable): connected in .*…",
        "[rating]: connected in […]",
    ),
    (
        r"(?:optimal|moderate): \d+ of \d+ connections in use.*(?:\n +oldest for .*)?",
        "[rating]: [used] of [capacity] connections in use […]",
    ),
    (
        r"\d+ (?:of \d+ con[a-z]*(?: [(…].*|….*)|of \d*….*|o….*)",
        "[used] of [capacity] connections […]",
    ),
    (
        r"connections  \d+ of \d+ \([\d.]+ %\)",
        "connections  [used] of [capacity]",
    ),
    (r"(\(means of \d+ rounds\)).*…", "$1[…]"),
    // A column of durations is eight characters wide.
    (
        r" (?: [\d.]{4} [mµ]s|  [\d.]{3} [mµ]s|   \d\d [mµ]s|    \d [mµ]s|  [\d.]{4} s|   [\d.]{3} s|    \d\d s|     \d s)  ",
        "   [took]  ",
    ),
    // The time of a stage, at the end of its line.
    (
        r"(?m)^(  (?:passed|warning|failed) +[a-z]+) +[\d.]+ (?:µs|ms|s)$",
        "$1 [took]",
    ),
    (r"\b\d{4,} days\b", "[count] days"),
    (r"\blocalhost:\d{5}\b", "localhost:[port]"),
    (
        r"\b(PostgreSQL|MariaDB server|SQLite) \(?\d[\w.+-]*\)?",
        "$1 [version]",
    ),
    (
        r"\b(in|for|lasted|took) ( *)[\d.]+ (?:µs|ms|s)\b",
        "$1 $2[time]",
    ),
    (r"\b[\d.]+ (?:µs|ms|s) ago\b", "[time] ago"),
    (r"127\.0\.0\.1:\d{5}\b", "127.0.0.1:[port]"),
    (r"/tmp/\.tmp\w{6}", "[folder]"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "[date and the time]"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", "[timestamp]"),
    (r#"("\w*(?:_ms|_bytes)": )[\d.]+"#, "$1\"[measured]\""),
    (r#" time="[\d.]+""#, " time=\"[time]\""),
    (r"\b\d{10} \(UNIX\)", "[unixtime] (UNIX)"),
    (r"\(\d{9} seconds ago\)", "([seconds] seconds ago)"),
    (r"\b[0-9a-f]{64}\b", "[sha256]"),
    (r"\b[\d.]+ [KMGT]iB free\b", "[space] free"),
    // A place in a pack, which is another one after each change of the pack.
    (
        r"\bcut off after \d+ bytes\b",
        "cut off after [count] bytes",
    ),
    (r"\bat offset 0x[0-9a-f]+\b", "at offset [offset]"),
];

/// Compares a text with the stored snapshot of this name.
#[track_caller]
pub fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../e2e/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (pattern, placeholder) in FILTERS {
        settings.add_filter(pattern, placeholder);
    }
    settings.bind(|| insta::assert_snapshot!(name.to_owned(), text));
}
