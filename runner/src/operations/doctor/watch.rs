//! Does the schedule run, does it go on, and what has it found out about itself?

use super::facts::{Content, Lock, Setup};
use super::{Examination, Subject, Verdict, in_words, since};
use crate::model::run::Micros;
use crate::model::self_watch::LOOKS_AT_ITSELF_EVERY;
use crate::model::status::Status;
use crate::operations::Remark;
use crate::operations::observation::Observation;

/// A schedule that has not looked at itself for so many of its intervals hangs.
const INTERVALS_MAX: u32 = 3;

/// Whether it runs; and what it found, as long as that is news.
pub(super) fn schedule(setup: &Setup, now: Micros) -> [Examination; 2] {
    let schedule = running(setup, now);
    let goes_on = schedule.status == Verdict::Passed && matches!(setup.lock, Lock::Held(..));
    let own = match look(setup) {
        Ok(Some(look)) if goes_on && is_new(look.started, now) => found(look),
        Err(why) => Examination::skipped(Subject::SelfWatch, why),
        Ok(_) => Examination::skipped(
            Subject::SelfWatch,
            "not looked at: no schedule has looked at itself just now",
        ),
    };
    [schedule, own]
}

fn look(setup: &Setup) -> Result<Option<&Observation>, String> {
    match &setup.history.content {
        Content::Missing => Ok(None),
        Content::Unreadable(_) => Err("not looked at: the history cannot be read".into()),
        Content::Readable(answers) => match &answers.look {
            Ok(look) => Ok(look.as_ref()),
            Err(why) => Err(format!("not looked at: {}", why.text)),
        },
    }
}

fn is_new(time: Micros, now: Micros) -> bool {
    !is_ahead(time, now) && since(time, now) <= LOOKS_AT_ITSELF_EVERY.saturating_mul(INTERVALS_MAX)
}

/// By the clock, which was ahead then, it is still to come; it says nothing of how old it is.
fn is_ahead(time: Micros, now: Micros) -> bool {
    since(now, time) > LOOKS_AT_ITSELF_EVERY
}

fn running(setup: &Setup, now: Micros) -> Examination {
    let what = Subject::Schedule;
    let look = look(setup);
    let last = look.as_ref().ok().copied().flatten().map(|it| it.started);
    match &setup.lock {
        Lock::Unknown(why) => Examination::warning(
            what,
            "nobody knows whether `checkrun schedule` runs",
            vec![Remark {
                text: why.clone(),
                advice: Some("run `checkrun doctor` as the account of the schedule".into()),
            }],
        ),
        Lock::Free => match last {
            None if look.is_err() => Examination::warning(
                what,
                "`checkrun schedule` does not run",
                vec![not_running(
                    "Whether it ever did, the history does not say.".into(),
                )],
            ),
            None => Examination::passed(
                what,
                "none has run on this history: jobs run when `checkrun run` is called",
            ),
            Some(last) => {
                let age = in_words(since(last, now));
                let text = format!("It last looked at itself {age} ago; nothing runs by itself.");
                Examination::warning(
                    what,
                    "`checkrun schedule` does not run",
                    vec![not_running(text)],
                )
            }
        },
        Lock::Held(holder, begun) => {
            // A history that does not answer is told elsewhere.
            let is_known = look.is_ok();
            let seen = || last.into_iter().chain(*begun);
            let is_quiet = seen().next().is_some() && !seen().any(|time| is_new(time, now));
            match last {
                Some(last) if is_known && is_quiet && is_ahead(last, now) => {
                    ahead(holder, last, now)
                }
                _ if is_known && is_quiet => hangs(holder, last, now),
                _ => match last.filter(|last| is_new(*last, now)) {
                    Some(last) => {
                        let age = in_words(since(last, now));
                        Examination::passed(what, format!("{holder}; looked at itself {age} ago"))
                    }
                    None => Examination::passed(what, holder.to_string()),
                },
            }
        }
    }
}

fn not_running(text: String) -> Remark {
    Remark {
        text,
        advice: Some(
            "start it (`systemctl start checkrun`), and look why it ended (`journalctl -u checkrun`)"
                .into(),
        ),
    }
}

fn ahead(holder: &str, last: Micros, now: Micros) -> Examination {
    let by = in_words(since(now, last));
    Examination::warning(
        Subject::Schedule,
        format!("{holder}: nobody knows whether it goes on"),
        vec![Remark {
            text: format!("It last looked at itself {by} from now: the clock was set back."),
            advice: Some("ask again in two minutes, and restart it if that says the same".into()),
        }],
    )
}

fn hangs(holder: &str, last: Option<Micros>, now: Micros) -> Examination {
    let text = match last {
        Some(last) => format!(
            "It looks at itself every {}, and last did {} ago.",
            in_words(LOOKS_AT_ITSELF_EVERY),
            in_words(since(last, now))
        ),
        None => "It has never looked at itself.".to_owned(),
    };
    Examination::failed(
        Subject::Schedule,
        format!("{holder}: it hangs, or cannot write"),
        vec![Remark {
            text,
            advice: Some(
                "read what it said last (`journalctl -u checkrun`), and restart it".into(),
            ),
        }],
    )
}

fn found(look: &Observation) -> Examination {
    let what = Subject::SelfWatch;
    let remarks = || {
        let reason = |reason: &crate::model::run::Reason| Remark {
            text: reason.text.clone(),
            advice: reason.advice.clone(),
        };
        look.reasons.iter().map(reason).collect()
    };
    match look.status {
        Status::Ok => Examination::passed(what, &look.summary),
        Status::Warning => Examination::warning(what, &look.summary, remarks()),
        Status::Unknown | Status::Critical => Examination::failed(what, &look.summary, remarks()),
    }
}
