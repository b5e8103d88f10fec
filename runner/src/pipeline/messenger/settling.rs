//! From what became of an attempt to what happens next.

use std::time::Duration;

use checkrun_history::notification::{DueMessage, MessageState, RecipientFate, Settlement};

use crate::model::delivery::{Attempt, Cause, Delivery, End, Fate, Means, Phase};
use crate::model::run::Micros;

/// A message that nobody took for so long is given up. What it says is in the history.
pub const GIVE_UP_AFTER: Duration = Duration::from_secs(72 * 3600);

/// But not after fewer attempts: a clock that was set forward by days, or a machine that was switched off
/// for days, says nothing about whether people can be reached. An hour of trying, and more.
const ATTEMPTS_MIN: u32 = 12;

/// Between attempts; the last one goes on.
const PAUSES_S: [u64; 6] = [15, 30, 60, 120, 300, 600];

/// While nobody can be reached at all: short enough that everything is delivered within a minute once
/// somebody can, spread and sending included.
const PAUSE_AWAY_MAX_S: u64 = 30;

/// Pauses differ by up to so much, so that not everything that failed together is tried together.
const SPREAD_PERCENT: u64 = 20;

/// What follows from this attempt; `held` are those whom the message is for later, after another one.
pub(super) fn of(
    message: &DueMessage,
    attempt: &Attempt,
    held: &[String],
    means: Means,
    now: Micros,
) -> Settlement {
    if is_for_other_means(message, attempt) {
        return written_anew(message, attempt, means, now);
    }
    let fates = || attempt.deliveries.iter().map(|one| fate(message, one));
    let is_to_be_tried_again = fates().any(Fate::is_open);
    let is_open = is_to_be_tried_again || !held.is_empty();
    let somebody_has_it = !message.accepted.is_empty() || fates().any(|one| one == Fate::Accepted);
    // For somebody this message is over, or may be: what changes is for all of them the next one.
    let is_as_it_is = message.content.is_some() || fates().any(|one| one != Fate::Deferred);
    let state = if is_open && is_to_be_given_up(message, now) {
        MessageState::Failed
    } else if is_open && is_as_it_is {
        MessageState::Partly
    } else if is_open {
        MessageState::Open
    } else if somebody_has_it {
        MessageState::Sent
    } else {
        MessageState::Failed
    };
    let pause = match is_to_be_tried_again {
        true => pause(message, &attempt.end),
        // As soon as they have what comes before it.
        false => Duration::ZERO,
    };
    let pause = attempt.wait.unwrap_or_default().max(pause);
    Settlement {
        id: message.id,
        state,
        next_us: later(now, pause),
        now_us: now.0,
        error: problem(attempt, means).or_else(|| waiting(held)),
        recipients: recipients(message, attempt),
    }
}

/// What became of a recipient, with what is known from before: twice no clear answer is an answer. Somebody
/// who takes messages and never says so would get this one again and again.
fn fate(message: &DueMessage, delivery: &Delivery) -> Fate {
    match delivery.fate {
        Fate::Uncertain if message.uncertain.contains(&delivery.recipient) => Fate::Refused,
        fate => fate,
    }
}

/// The route has got another way since this was written down, and nobody has it.
fn is_for_other_means(message: &DueMessage, attempt: &Attempt) -> bool {
    matches!(attempt.end, End::Stopped(_, Cause::OtherMeans)) && message.accepted.is_empty()
}

/// It may change, and so it is written down for the new way.
fn written_anew(message: &DueMessage, attempt: &Attempt, means: Means, now: Micros) -> Settlement {
    Settlement {
        id: message.id,
        state: MessageState::Open,
        next_us: later(now, pause(message, &attempt.end)),
        now_us: now.0,
        error: problem(attempt, means),
        recipients: Vec::new(),
    }
}

fn is_to_be_given_up(message: &DueMessage, now: Micros) -> bool {
    let age = Duration::from_micros(now.0.abs_diff(message.created_us));
    age >= GIVE_UP_AFTER && message.attempts >= ATTEMPTS_MIN
}

fn waiting(held: &[String]) -> Option<String> {
    let (first, others) = held.split_first()?;
    let who = match others.len() {
        0 => format!("{first} first has"),
        others => format!("{first} and {others} more first have"),
    };
    Some(format!("{who} to get an earlier message about the same"))
}

/// Longer with each attempt that somebody answered. The number of the message spreads them, the same at every time.
fn pause(message: &DueMessage, end: &End) -> Duration {
    let place = usize::try_from(message.attempts).unwrap_or(usize::MAX);
    let seconds = PAUSES_S
        .get(place)
        .or(PAUSES_S.last())
        .copied()
        .unwrap_or(600);
    let seconds = match is_away(end) {
        true => seconds.min(PAUSE_AWAY_MAX_S),
        false => seconds,
    };
    let step = message.id.0.unsigned_abs() % (2 * SPREAD_PERCENT + 1);
    Duration::from_millis(seconds * 10 * (100 - SPREAD_PERCENT + step))
}

/// Whether there is nobody to ask; who answers and says no, or not now, is asked less and less often.
fn is_away(end: &End) -> bool {
    let End::Stopped(Phase::LookUp | Phase::Connect | Phase::Greeting, cause) = end else {
        return false;
    };
    matches!(
        cause,
        Cause::NoAddress(_)
            | Cause::NoConnection(_)
            | Cause::Silent(_)
            | Cause::Closed
            | Cause::Broken(_)
    )
}

fn problem(attempt: &Attempt, means: Means) -> Option<String> {
    let sentence = |cause: &Cause, phase: Phase| {
        format!("{}; {}", cause.sentence(), cause.advice(phase, means))
    };
    let refused = attempt
        .deliveries
        .iter()
        .find(|delivery| delivery.fate != Fate::Accepted)
        .and_then(|delivery| {
            let reply = delivery.reply.as_ref()?;
            Some(format!(
                "{}: {} {}",
                delivery.recipient, reply.code, reply.text
            ))
        });
    match &attempt.end {
        End::HandedOver => refused,
        End::Uncertain(cause) => Some(sentence(cause, Phase::Acceptance)),
        End::Stopped(phase, cause) => Some(sentence(cause, *phase)),
    }
}

fn recipients(message: &DueMessage, attempt: &Attempt) -> Vec<RecipientFate> {
    let of_recipient = |delivery: &Delivery| {
        let fate = fate(message, delivery);
        let said = delivery.reply.as_ref();
        RecipientFate {
            recipient: delivery.recipient.clone(),
            fate: fate.as_str(),
            said: match (delivery.fate, fate) {
                (Fate::Uncertain, Fate::Refused) => {
                    Some("twice no clear answer: it may have arrived".to_owned())
                }
                _ => said.map(|reply| format!("{} {}", reply.code, reply.text)),
            },
        }
    };
    attempt.deliveries.iter().map(of_recipient).collect()
}

fn later(now: Micros, by: Duration) -> i64 {
    let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
    now.0.saturating_add(by)
}

#[cfg(test)]
mod tests;
