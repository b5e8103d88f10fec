//! Telling people in the play: what [`Messenger::turn`] does, with a kill perhaps at every seam.

use super::*;

/// What the messenger says of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Nobody else will have it.
    GivenUp,
    Open,
}

impl Play {
    /// As `checkrun schedule` has it, with a kill perhaps at every seam.
    pub(super) async fn turn(&mut self) {
        self.messenger.clock = Clock::Fixed(Micros(self.wall));
        if !self.is_begun {
            self.begin().await;
        }
        if self.settle_what_ended().await.is_killed() {
            return;
        }
        let due = self.messenger.decide().await;
        if due.is_ok() && !self.with_oncall {
            self.post.forget(ONCALL);
        }
        if self.may_be_killed().await.is_killed() {
            return;
        }
        let Ok(due) = due else { return };
        self.look_into_the_file();
        let promise = self.promises.decided(&self.conn, self.steady, self.wall);
        self.hold(promise);
        for message in due {
            let Some(place) = self.messenger.places.take(&message.route) else {
                continue;
            };
            let promise = self.promises.is_true(&self.conn, &self.truth, &message);
            self.hold(promise);
            let id = message.id;
            let kept = message.clone();
            let mut end = End::GivenUp;
            let mut tell = |news: News<'_>| {
                if !matches!(news, News::Over { .. }) {
                    end = End::Open;
                }
            };
            let Some(parcel) = self.messenger.prepare(message, place, &mut tell).await else {
                self.note(|| format!("message {} is not handed over", id.0));
                self.after_settling(&kept, end);
                continue;
            };
            self.note(|| {
                format!(
                    "message {} to {} leaves: {:?}",
                    id.0, kept.route, kept.items
                )
            });
            if self.may_be_killed().await.is_killed() {
                return;
            }
            self.fly(parcel);
        }
        let _ = self.settle_what_ended().await;
    }

    pub(super) fn fly(&mut self, parcel: Parcel) {
        let (attempt, taken) = self
            .post
            .attempt(&parcel.to.open, self.steady, &mut self.dice);
        let takes = match self.calm {
            true => 0,
            false => *self.dice.pick(&[0, 0, 0, 1, 5, 30, 300]) * SECOND,
        };
        self.flights.push(Flight {
            parcel,
            attempt,
            taken,
            ends: self.steady + takes,
        });
    }

    pub(super) async fn settle_what_ended(&mut self) -> Fortune {
        while let Some(place) = self.flights.iter().position(|one| one.ends <= self.steady) {
            let flight = self.flights.remove(place);
            let arrived = self.take(&flight);
            self.hold(arrived);
            // Between the server's word and ours.
            if !self.calm && self.dice.once_in(300) {
                self.allow_again(&flight);
                self.kill().await;
                return Fortune::Killed;
            }
            let Flight {
                parcel, attempt, ..
            } = flight;
            let kept = parcel.message.clone();
            let id = parcel.content.id();
            for delivery in &attempt.deliveries {
                let person = person(&kept, &delivery.recipient);
                if delivery.fate == Fate::Uncertain && self.post.has(&person, &id) {
                    self.post.allow(&person, &id);
                }
            }
            let fates: Vec<_> = attempt.deliveries.iter().map(|one| one.fate).collect();
            self.note(|| format!("message {} to {}: {fates:?}", kept.id.0, kept.route));
            let clock = Clock::Fixed(Micros(self.wall));
            let handed = parcel
                .settle(&attempt, &self.messenger.recorder, clock)
                .await;
            for fate in &handed.settlement.recipients {
                let person = person(&kept, &fate.recipient);
                if fate.fate == Fate::Refused.as_str() && !self.post.counts(&person, kept.id.0) {
                    self.miss(&person, &kept);
                }
            }
            let end = match handed.settlement.state {
                MessageState::Failed => End::GivenUp,
                _ => End::Open,
            };
            self.messenger.say(Ok(handed), &mut |_: News<'_>| {});
            self.after_settling(&kept, end);
            if self.may_be_killed().await.is_killed() {
                return Fortune::Killed;
            }
        }
        Fortune::Lives
    }

    /// The other side keeps it.
    pub(super) fn take(&mut self, flight: &Flight) -> Result<(), String> {
        let message = &flight.parcel.message;
        let (id, text) = (flight.parcel.content.id(), flight.parcel.content.to_text());
        for recipient in &flight.taken {
            let person = person(message, recipient);
            self.remember(&person, message, Some(id.clone()));
            self.post.arrive(&person, &id, &text, message)?;
        }
        Ok(())
    }

    /// They will never have it.
    fn miss(&mut self, person: &Person, message: &DueMessage) {
        self.remember(person, message, None);
        let promise = self.post.missed(person, message);
        self.hold(promise);
    }

    /// Nobody will have written down that it was taken.
    pub(super) fn allow_again(&mut self, flight: &Flight) {
        for recipient in &flight.taken {
            let person = person(&flight.parcel.message, recipient);
            self.post.allow(&person, &flight.parcel.content.id());
        }
    }

    pub(super) async fn may_be_killed(&mut self) -> Fortune {
        if self.calm || !self.dice.once_in(3000) {
            return Fortune::Lives;
        }
        self.kill().await;
        Fortune::Killed
    }

    pub(super) async fn begin(&mut self) {
        if self.messenger.begin().await.is_ok() {
            self.is_begun = true;
            let jobs = &self.messenger.orders.jobs;
            let is_configured = |target: &str, job: &str| {
                job == CONNECTION_JOB
                    || jobs
                        .iter()
                        .any(|known| known.target.name == target && known.name == job)
            };
            self.truth.removed(is_configured, self.steady);
        }
    }

    /// What became of it, when it is given up: nobody else will have it. What the messenger says of its `end`
    /// is asked only where the file cannot be.
    pub(super) fn after_settling(&mut self, message: &DueMessage, end: End) {
        let is_given_up = match self.is_without_file() {
            true => end == End::GivenUp,
            false => {
                let state = "SELECT state FROM outbox WHERE outbox_id = ?1";
                let row = self.conn.query_row(state, [message.id.0], |row| row.get(0));
                let state: Result<String, _> = row;
                state.as_deref() == Ok("failed")
            }
        };
        if !is_given_up {
            return;
        }
        let route = self.messenger.orders.channels.get(&message.route);
        let Some(channel) = route.cloned() else {
            return;
        };
        for recipient in channel.recipients() {
            let person = person(message, recipient);
            let id = message.id.0;
            if !self.post.counts(&person, id) {
                self.miss(&person, message);
            }
        }
    }
}
