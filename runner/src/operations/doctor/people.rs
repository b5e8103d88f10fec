//! Is somebody told: messages, routes, mutes; and settings that are better avoided.

use std::time::Duration;

use super::facts::{Answers, Content, Doubt, History};
use super::{Examination, Subject, count, in_words, since};
use crate::model::run::Micros;
use crate::model::self_watch::UNSENT_MAX;
use crate::operations::Remark;

/// A mute that goes on for longer has perhaps been forgotten.
const SILENCE_MAX: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Longest text of an error, characters.
const ERROR_CHARS_MAX: usize = 300;

fn answers(history: &History, what: Subject) -> Result<&Answers, Examination> {
    match &history.content {
        Content::Readable(answers) => Ok(answers),
        Content::Missing | Content::Unreadable(_) => Err(Examination::skipped(
            what,
            "not looked at: there is no history to read",
        )),
    }
}

/// Messages get through.
pub(super) fn outbox(history: &History, now: Micros) -> Examination {
    let what = Subject::Outbox;
    let answers = match answers(history, what) {
        Ok(answers) => answers,
        Err(skipped) => return skipped,
    };
    let (state, given_up) = match (&answers.outbox, &answers.given_up) {
        (Ok(state), Ok(given_up)) => (state, given_up),
        (Err(why), _) | (_, Err(why)) => {
            return Examination::failed(what, "it could not be read", vec![why.clone()]);
        }
    };
    let oldest = state.oldest_us.map(|oldest| since(Micros(oldest), now));
    let stuck = oldest.filter(|age| *age > UNSENT_MAX);
    let mut remarks: Vec<Remark> = stuck.into_iter().map(waits).collect();
    remarks.extend(given_up.iter().map(|message| {
        let error = message.error.as_deref().unwrap_or("it does not say why");
        let error: String = error.chars().take(ERROR_CHARS_MAX).collect();
        Remark {
            text: format!(
                "Message {} to {} was given up: {error}",
                message.id.0, message.route
            ),
            advice: Some(format!(
                "mend the route (`checkrun alerts test --route {}` shows every step), and tell people yourself what is open: `checkrun alerts list`",
                message.route
            )),
        }
    }));
    let evidence = format!(
        "{} to be sent, {} given up within a day",
        count(state.unsent as usize, "message"),
        state.failed
    );
    match (stuck, state.failed) {
        (Some(_), _) => Examination::failed(what, evidence, remarks),
        (None, 0) => Examination::passed(what, evidence),
        (None, _) => Examination::warning(what, evidence, remarks),
    }
}

fn waits(age: Duration) -> Remark {
    Remark {
        text: format!("The oldest message waits for {}.", in_words(age)),
        advice: Some(
            "`checkrun alerts messages` says why; messages are sent by `checkrun schedule` or `checkrun alerts deliver`, so see whether one of them runs"
                .into(),
        ),
    }
}

/// Somebody is told.
pub(super) fn routes(tells_people: bool) -> Examination {
    let what = Subject::Routes;
    if tells_people {
        return Examination::passed(what, "somebody is told");
    }
    let remark = Remark {
        text: "Incidents are kept in the history and told to nobody.".into(),
        advice: Some(
            "add a [[route]], see docs/notifications.md; where another system reads the results, this is as it should be"
                .into(),
        ),
    };
    Examination::warning(what, "nobody is told", vec![remark])
}

/// What works and is better avoided.
pub(super) fn settings(doubts: &[Doubt]) -> Examination {
    let what = Subject::Settings;
    match doubts.len() {
        0 => Examination::passed(what, "nothing doubtful"),
        some => Examination::warning(
            what,
            format!("{some} doubtful"),
            doubts.iter().map(Remark::from).collect(),
        ),
    }
}

impl From<&Doubt> for Remark {
    fn from(doubt: &Doubt) -> Self {
        let (text, advice) = match doubt {
            Doubt::Tls { target, host, mode } => (
                format!(
                    "{target}: TLS is `{mode}`, and {host} is another machine: whoever is between can read along, or answer in its place."
                ),
                "use `verify-full`, with `ca` if the server's authority is your own".to_owned(),
            ),
            Doubt::Privileged { target } => (
                format!(
                    "{target}: `allow_privileged` lets checks use an account that may change things."
                ),
                "make an account that can only read (docs/accounts.md), and take the key out"
                    .to_owned(),
            ),
            Doubt::Mail { host } => (
                format!("Mail, and the password for it, goes to {host} as plain text."),
                "use `smtps://`, or take `tls = \"off\"` out".to_owned(),
            ),
        };
        Self {
            text,
            advice: Some(advice),
        }
    }
}

/// Nobody has been muted for long.
pub(super) fn silences(history: &History, now: Micros) -> Examination {
    let what = Subject::Silences;
    let silences = match answers(history, what).map(|answers| &answers.silences) {
        Ok(Ok(silences)) => silences,
        Ok(Err(why)) => {
            return Examination::failed(what, "they could not be read", vec![why.clone()]);
        }
        Err(skipped) => return skipped,
    };
    let long = silences
        .iter()
        .filter(|silence| since(now, Micros(silence.ends_us)) > SILENCE_MAX);
    let remarks: Vec<Remark> = long
        .map(|silence| Remark {
            text: format!(
                "Silence {} of {} on {} lasts until {}; {} made it: {}",
                silence.id,
                silence.job,
                silence.target,
                Micros(silence.ends_us),
                silence.author,
                silence.comment
            ),
            advice: Some(format!(
                "if it is not needed any more, `checkrun alerts unsilence {}`",
                silence.id
            )),
        })
        .collect();
    match remarks.len() {
        0 => Examination::passed(what, count(silences.len(), "silence")),
        some => {
            let evidence = format!("{} for more than a week", count(some, "silence"));
            Examination::warning(what, evidence, remarks)
        }
    }
}
