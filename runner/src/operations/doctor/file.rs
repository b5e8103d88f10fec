//! The history's file: is it there, can it be read and written, is it whole, has it room?

use checkrun_history::Soundness;

use super::facts::{Content, History};
use super::{Examination, Subject};
use crate::model::self_watch::{FREE_BYTES_LOW, FREE_BYTES_MIN, FULL_DISK, MAKE_ROOM};
use crate::model::unit::format_value;
use crate::operations::Remark;

/// There, of a layout that is known.
pub(super) fn reading(history: &History) -> Examination {
    let (what, path) = (Subject::History, &history.path);
    match &history.content {
        Content::Missing => Examination::warning(
            what,
            format!("{path} is not there yet"),
            vec![Remark {
                text: "Nothing has been recorded.".into(),
                advice: Some(
                    "`checkrun run` begins it; if there were results already, look whether `history.path` is the file you mean"
                        .into(),
                ),
            }],
        ),
        Content::Unreadable(why) => {
            Examination::failed(what, format!("{path} cannot be read"), vec![why.clone()])
        }
        Content::Readable(answers) => {
            let (file, known) = answers.versions;
            let layout = match file.cmp(&known) {
                std::cmp::Ordering::Less => {
                    format!("layout {file}, brought to {known} by the next run")
                }
                std::cmp::Ordering::Equal => format!("layout {file}"),
                std::cmp::Ordering::Greater => format!("layout {file}, of a newer checkrun"),
            };
            Examination::passed(what, format!("{path}: {layout}"))
        }
    }
}

/// Open for writing.
pub(super) fn writing(history: &History) -> Examination {
    let what = Subject::Writing;
    match (&history.writing, &history.content) {
        (Ok(()), Content::Missing) => Examination::passed(what, "its folder can be written"),
        (Ok(()), _) => Examination::passed(what, "can be written"),
        (Err(why), _) => Examination::failed(what, "cannot be written", vec![why.clone()]),
    }
}

/// Not damaged.
pub(super) fn integrity(history: &History) -> Examination {
    let what = Subject::Integrity;
    let Content::Readable(answers) = &history.content else {
        return Examination::skipped(what, "not looked at: there is no history to read");
    };
    match &answers.soundness {
        Ok(Soundness::Sound) if !history.set_aside.is_empty() => {
            damaged_before(&history.set_aside)
        }
        Ok(Soundness::Sound) => Examination::passed(what, "no damage"),
        Ok(Soundness::OutOfTime) => Examination::warning(
            what,
            "not finished in time",
            vec![Remark {
                text: "What was looked at is whole; the file is too large, or its disk too slow, to look at all of it here.".into(),
                advice: Some(
                    "run `sqlite3 FILE 'pragma quick_check'` when there is time for it".into(),
                ),
            }],
        ),
        Ok(Soundness::Damaged(complaints)) => Examination::failed(
            what,
            "it is damaged",
            vec![Remark {
                text: complaints.join("; "),
                advice: Some(
                    "stop the schedule, move the file away with its -wal and -shm, and put a back-up in its place; without one a new file is begun by itself"
                        .into(),
                ),
            }],
        ),
        Err(why) => Examination::failed(what, "it could not be looked through", vec![why.clone()]),
    }
}

/// It is whole because it was begun anew.
fn damaged_before(set_aside: &[String]) -> Examination {
    Examination::warning(
        Subject::Integrity,
        "no damage, but an earlier one was damaged",
        vec![Remark {
            text: format!("What was recorded before is in {}.", set_aside.join(", ")),
            advice: Some(
                "look why (`journalctl -k`, the disk); `sqlite3 FILE .recover` reads what is left; then move it away"
                    .into(),
            ),
        }],
    )
}

/// Room on the disk.
#[expect(clippy::cast_precision_loss, reason = "for people")]
pub(super) fn space(free: Option<u64>) -> Examination {
    let what = Subject::Space;
    let Some(free) = free else {
        return Examination::skipped(what, "the system does not say how much is free");
    };
    let evidence = format!("{} free", format_value(free as f64, "bytes"));
    let remarks = || {
        vec![Remark {
            text: FULL_DISK.into(),
            advice: Some(MAKE_ROOM.into()),
        }]
    };
    match free {
        _ if free < FREE_BYTES_MIN => Examination::failed(what, evidence, remarks()),
        _ if free < FREE_BYTES_LOW => Examination::warning(what, evidence, remarks()),
        _ => Examination::passed(what, evidence),
    }
}
