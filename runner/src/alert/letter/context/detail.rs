//! How much a mail says. What is too large in one degree of detail is written again in the next, so that
//! nothing is ever cut in the middle.

/// Limits of what is listed; what is beyond them is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detail {
    /// News with all there is to say.
    pub cards_max: usize,
    /// News, and other problems, in one line each.
    pub lines_max: usize,
    /// Charts; the others have their line of characters.
    pub charts_max: usize,
    /// Findings of one job.
    pub findings_max: usize,
    /// Evidence of one finding.
    pub evidence_max: usize,
    /// Earlier incidents.
    pub past_max: usize,
    /// Longest sentence or advice, characters.
    pub sentence_chars_max: usize,
    /// Longest text of a finding, characters.
    pub text_chars_max: usize,
}

impl Detail {
    /// From the most to the least.
    pub const DEGREES: [Self; 4] = [
        Self {
            cards_max: 6,
            lines_max: 40,
            charts_max: 4,
            findings_max: 5,
            evidence_max: 10,
            past_max: 5,
            sentence_chars_max: 500,
            text_chars_max: 1500,
        },
        Self {
            cards_max: 4,
            lines_max: 20,
            charts_max: 2,
            findings_max: 3,
            evidence_max: 10,
            past_max: 5,
            sentence_chars_max: 300,
            text_chars_max: 600,
        },
        Self {
            cards_max: 2,
            lines_max: 10,
            charts_max: 1,
            findings_max: 3,
            evidence_max: 5,
            past_max: 3,
            sentence_chars_max: 200,
            text_chars_max: 300,
        },
        Self {
            cards_max: 1,
            lines_max: 5,
            charts_max: 0,
            findings_max: 1,
            evidence_max: 3,
            past_max: 3,
            sentence_chars_max: 120,
            text_chars_max: 120,
        },
    ];
}
