//! [`Post`]: the ways to people, which break in every way there is, and what arrives at the other end.

use std::collections::{BTreeMap, BTreeSet};

use checkrun_history::notification::{DueMessage, Kind, ObjectKey};
use checkrun_history::record::StoredStatus;

use super::dice::Dice;
use crate::model::delivery::{Attempt, Cause, Delivery, End, Fate, Phase, Reply};

/// What somebody believes of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Belief {
    Known(Option<StoredStatus>),
    /// Nobody can say: the route was taken out, and is new.
    Anything,
}

/// Somebody at the end of a route.
pub type Person = (String, String);

#[derive(Default)]
pub struct Post {
    /// No server answers until then, on the steady timeline.
    pub away_until: i64,
    /// Whose mailbox takes nothing until then, on the steady timeline.
    pub full_until: BTreeMap<String, i64>,
    /// Whether it breaks at all.
    pub is_sound: bool,
    /// What each person has, as it came first.
    arrived: BTreeMap<(Person, String), String>,
    /// How often each may have it more than once.
    allowed: BTreeMap<(Person, String), u32>,
    /// Who has learnt of a message, or never will.
    learnt: BTreeSet<(Person, i64)>,
    pub beliefs: BTreeMap<(Person, ObjectKey), Belief>,
    pub deliveries: u64,
    pub duplicates: u64,
}

impl Post {
    /// What the other side makes of it, and for whom it takes it.
    pub fn attempt(&self, open: &[String], now: i64, dice: &mut Dice) -> (Attempt, Vec<String>) {
        if now < self.away_until {
            let cause = Cause::NoConnection("nobody listens".to_owned());
            let end = End::Stopped(Phase::Connect, cause);
            return (Attempt::of_all(open, Fate::Deferred, end), Vec::new());
        }
        let is_full = |one: &&String| self.full_until.get(*one).is_some_and(|until| now < *until);
        let (full, open): (Vec<_>, Vec<_>) = open.iter().partition(is_full);
        let open: Vec<String> = open.into_iter().cloned().collect();
        let no_room = || Cause::Busy(Reply::new(452, "no room"));
        let full = Attempt::of_all(
            full,
            Fate::Deferred,
            End::Stopped(Phase::Recipient, no_room()),
        );
        if open.is_empty() {
            return (full, Vec::new());
        }
        let (mut attempt, taken) = self.attempt_with_room(&open, dice);
        attempt.deliveries.extend(full.deliveries);
        (attempt, taken)
    }

    fn attempt_with_room(&self, open: &[String], dice: &mut Dice) -> (Attempt, Vec<String>) {
        let all = |fate, end| Attempt::of_all(open, fate, end);
        let silent = || Cause::Closed;
        let chance = if self.is_sound { 0 } else { dice.roll(100) };
        match chance {
            0..80 => (all(Fate::Accepted, End::HandedOver), open.to_vec()),
            80..85 => {
                let busy = Cause::Busy(Reply::new(451, "not now"));
                let mut attempt = all(Fate::Deferred, End::Stopped(Phase::Sender, busy));
                attempt.wait = dice
                    .once_in(4)
                    .then_some(std::time::Duration::from_secs(200));
                (attempt, Vec::new())
            }
            85..92 => one_of_them(open, Fate::Deferred, 452, dice),
            92..94 => one_of_them(open, Fate::Refused, 550, dice),
            94..97 => (
                all(Fate::Uncertain, End::Uncertain(silent())),
                open.to_vec(),
            ),
            97..99 => (all(Fate::Uncertain, End::Uncertain(silent())), Vec::new()),
            _ => {
                let refused = Cause::Refused(Reply::new(554, "no"));
                (
                    all(Fate::Refused, End::Stopped(Phase::Content, refused)),
                    Vec::new(),
                )
            }
        }
    }

    /// One more copy than before is nobody's fault.
    pub fn allow(&mut self, person: &Person, id: &str) {
        *self
            .allowed
            .entry((person.clone(), id.to_owned()))
            .or_default() += 1;
    }

    /// Somebody gets it. What is wrong with that, if something is.
    pub fn arrive(
        &mut self,
        person: &Person,
        id: &str,
        text: &str,
        message: &DueMessage,
    ) -> Result<(), String> {
        let key = (person.clone(), id.to_owned());
        self.deliveries += 1;
        if let Some(first) = self.arrived.get(&key) {
            self.duplicates += 1;
            let left = self.allowed.entry(key).or_default();
            if *left == 0 {
                return Err(format!("{person:?} gets {id} once more"));
            }
            *left -= 1;
            return match first == text {
                true => Ok(()),
                false => Err(format!("{person:?} gets {id} with another text")),
            };
        }
        self.arrived.insert(key, text.to_owned());
        self.learn(person, message)
    }

    /// What a message says must go on from what the person knows.
    fn learn(&mut self, person: &Person, message: &DueMessage) -> Result<(), String> {
        self.learnt.insert((person.clone(), message.id.0));
        // Nobody is told of a course.
        if message.kind == Kind::Remedy {
            return Ok(());
        }
        for item in &message.items {
            let known = self
                .beliefs
                .entry((person.clone(), item.key.clone()))
                .or_insert(Belief::Known(None));
            let goes_on = *known == Belief::Known(item.before) || *known == Belief::Anything;
            if !goes_on {
                return Err(format!(
                    "{person:?} believes {known:?}, and message {} says {item:?}",
                    message.id.0
                ));
            }
            *known = Belief::Known(item.after);
        }
        Ok(())
    }

    /// They will never have it, by their own word: from now on they count as knowing it.
    pub fn missed(&mut self, person: &Person, message: &DueMessage) -> Result<(), String> {
        self.learn(person, message)
    }

    /// Whether they have learnt of it, or never will.
    pub fn counts(&self, person: &Person, message: i64) -> bool {
        self.learnt.contains(&(person.clone(), message))
    }

    /// Whether they have it.
    pub fn has(&self, person: &Person, id: &str) -> bool {
        self.arrived.contains_key(&(person.clone(), id.to_owned()))
    }

    /// Nobody remembers that they got it: the next with this id may have another text.
    pub fn never_arrived(&mut self, person: &Person, id: &str) {
        self.arrived.remove(&(person.clone(), id.to_owned()));
    }

    /// Nobody remembers what this message said to them.
    pub fn may_believe_anything(&mut self, person: &Person, message: &DueMessage) {
        self.learnt.remove(&(person.clone(), message.id.0));
        for item in &message.items {
            let belief = (person.clone(), item.key.clone());
            self.beliefs.insert(belief, Belief::Anything);
        }
    }

    /// The route is not there any more.
    pub fn forget(&mut self, route: &str) {
        for ((person, _), belief) in &mut self.beliefs {
            if person.0 == route {
                *belief = Belief::Anything;
            }
        }
    }
}

/// The same as an acceptance, but for one of them.
fn one_of_them(open: &[String], fate: Fate, code: u16, dice: &mut Dice) -> (Attempt, Vec<String>) {
    let Some(unlucky) = (!open.is_empty()).then(|| dice.place(open.len())) else {
        return (Attempt::of_all(open, fate, End::HandedOver), Vec::new());
    };
    let delivery = |(place, recipient): (usize, &String)| Delivery {
        recipient: recipient.clone(),
        fate: if place == unlucky {
            fate
        } else {
            Fate::Accepted
        },
        reply: (place == unlucky).then(|| Reply::new(code, "not this one")),
    };
    let deliveries: Vec<Delivery> = open.iter().enumerate().map(delivery).collect();
    let taken: Vec<String> = deliveries
        .iter()
        .filter(|delivery| delivery.fate == Fate::Accepted)
        .map(|delivery| delivery.recipient.clone())
        .collect();
    let end = match (taken.is_empty(), fate) {
        (false, _) => End::HandedOver,
        (true, Fate::Refused) => {
            End::Stopped(Phase::Recipient, Cause::Refused(Reply::new(code, "no")))
        }
        (true, _) => End::Stopped(Phase::Recipient, Cause::Busy(Reply::new(code, "full"))),
    };
    let attempt = Attempt {
        end,
        deliveries,
        wait: None,
    };
    (attempt, taken)
}
