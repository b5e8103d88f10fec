//! What `checkrun doctor` says to people: one line for each examination, what is not as it should be and
//! what to do beneath, a sentence with the counts at the end.

use std::fmt::Write;
use std::time::Duration;

use super::plain::{WIDTH, cut};
use super::tone::{Colour, INDENT, Tone, WORD_WIDTH, paint, push_remark};
use crate::model::unit::format_duration;
use crate::operations::doctor::{Doctor, Examination, Subject, Verdict};

/// Columns of what was looked at.
const SUBJECT_WIDTH: usize = 13;

/// The whole answer.
#[must_use]
pub fn for_people(doctor: &Doctor, colour: Colour) -> String {
    let mut text = String::new();
    for examination in &doctor.examinations {
        push_examination(&mut text, examination, colour);
    }
    text.push_str(&closing_line(doctor));
    text
}

fn push_examination(text: &mut String, examination: &Examination, colour: Colour) {
    let (word, tone) = match examination.status {
        Verdict::Skipped => ("skipped", Tone::Unknown),
        Verdict::Passed => ("passed", Tone::Good),
        Verdict::Warning => ("warning", Tone::Doubtful),
        Verdict::Failed => ("failed", Tone::Bad),
    };
    let painted = paint(word, WORD_WIDTH, tone, colour);
    let subject = subject(examination.what);
    let room = WIDTH.saturating_sub(INDENT + SUBJECT_WIDTH + 2);
    let evidence = cut(&examination.evidence, room);
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{painted}  {subject:<SUBJECT_WIDTH$}  {evidence}");
    for remark in &examination.remarks {
        push_remark(text, &remark.text, remark.advice.as_deref());
    }
}

fn closing_line(doctor: &Doctor) -> String {
    let counts = doctor.summary;
    let took = format_duration(Duration::from_secs_f64(doctor.duration_ms / 1e3));
    let number = doctor.examinations.len();
    let mut line = format!("{number} examinations in {took}: {} passed", counts.passed);
    for (count, word) in [
        (counts.warning, "warning"),
        (counts.failed, "failed"),
        (counts.skipped, "skipped"),
    ] {
        if count > 0 {
            line.push_str(&format!(", {count} {word}"));
        }
    }
    line.push('\n');
    line
}

fn subject(subject: Subject) -> &'static str {
    match subject {
        Subject::Configuration => "configuration",
        Subject::Secrets => "secrets",
        Subject::Packs => "packs",
        Subject::History => "history",
        Subject::Writing => "writing",
        Subject::Integrity => "integrity",
        Subject::Space => "space",
        Subject::Schedule => "schedule",
        Subject::SelfWatch => "self-watch",
        Subject::Outbox => "outbox",
        Subject::Routes => "routes",
        Subject::Settings => "settings",
        Subject::Silences => "silences",
    }
}
