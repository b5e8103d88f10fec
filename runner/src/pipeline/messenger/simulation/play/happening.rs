//! What happens to the runner in the play: people mute, the configuration changes, processes die.

use super::*;
use crate::pipeline::messenger::simulation::orders::BOB;

impl Play {
    pub(super) async fn happen(&mut self) {
        if self.steady >= self.network_until && self.network_until != 0 {
            self.network_until = 0;
            self.world.away.clear();
            self.note(|| "the network is back".to_owned());
        }
        match self.dice.roll(6000) {
            0..60 => {
                let place = self.dice.place(self.world.workers.len());
                let moods = [
                    Mood::Well,
                    Mood::Well,
                    Mood::Well,
                    Mood::Warning,
                    Mood::Critical,
                    Mood::Restless,
                    Mood::Broken,
                ];
                let mood = *self.dice.pick(&moods);
                let worker = &mut self.world.workers[place];
                worker.mood = mood;
                let name = format!("{} {}", worker.job.target.name, worker.job.name);
                self.note(|| format!("{name} is {mood:?}"));
            }
            60..75 => {
                let target = self.dice.pick(&self.world.targets).clone();
                let gone = !self.world.away.remove(&target);
                if gone {
                    self.world.away.insert(target.clone());
                }
                self.note(|| format!("{target} {}", if gone { "goes away" } else { "comes back" }));
            }
            75..77 => {
                self.world.away = self.world.targets.iter().cloned().collect();
                self.network_until = self.steady + self.dice.seconds(60, 3600);
                self.note(|| "no network".to_owned());
            }
            77..79 => {
                let mood = *self.dice.pick(&[Mood::Critical, Mood::Well, Mood::Warning]);
                for worker in &mut self.world.workers {
                    worker.mood = mood;
                }
                self.note(|| format!("everything is {mood:?}"));
            }
            79..85 => self.mail_goes_away(),
            85..89 | 124..130 => self.lose_the_file(),
            89..95 => self.silence().await,
            95..105 => self.acknowledge().await,
            105..112 => self.reload().await,
            112..117 => {
                let size = *self.dice.pick(&[10, 600, 7200, 2 * 86_400]);
                let by = self.dice.seconds(1, size);
                let by = if self.dice.once_in(2) { by } else { -by };
                self.set_clock(by);
            }
            117..122 => self.kill().await,
            122..124 => self.a_mailbox_is_full(),
            _ => {}
        }
    }

    fn mail_goes_away(&mut self) {
        self.post.away_until = self.steady + self.dice.seconds(60, 4 * 3600);
        self.note(|| "mail is away".to_owned());
    }

    fn a_mailbox_is_full(&mut self) {
        let until = self.steady + self.dice.seconds(3600, 30 * 3600);
        self.post.full_until.insert(BOB.to_owned(), until);
        self.note(|| "a mailbox is full".to_owned());
    }

    async fn silence(&mut self) {
        let silence = Silence {
            id: 0,
            target: self.dice.pick(&self.world.targets).clone(),
            job: "*".to_owned(),
            labels: [].into(),
            starts_us: self.wall,
            ends_us: self.wall + self.dice.seconds(60, 3 * 3600),
            author: "me".to_owned(),
            comment: String::new(),
            created_us: self.wall,
            lifted_us: None,
        };
        let target = silence.target.clone();
        let is_stored = self.recorder.silence(silence).await.is_ok();
        self.note(|| format!("a silence of {target}, stored: {is_stored}"));
    }

    async fn acknowledge(&mut self) {
        let open = "SELECT incident_id FROM incident WHERE closed_us IS NULL ORDER BY 1";
        let open: Vec<i64> = self.column(open);
        if open.is_empty() {
            return;
        }
        let incident = *self.dice.pick(&open);
        let given = Acknowledgement {
            author: "me".to_owned(),
            comment: String::new(),
            created_us: self.wall,
            until_us: self.wall + self.dice.seconds(60, 6 * 3600),
            severity: StoredStatus::Warning,
            is_sticky: self.dice.once_in(2),
        };
        let id = checkrun_history::incident::IncidentId(incident);
        let is_stored = self.recorder.acknowledge(id, given).await.is_ok();
        self.note(|| format!("incident {incident} is taken on, stored: {is_stored}"));
    }

    pub fn column(&self, sql: &str) -> Vec<i64> {
        let mut statement = self.conn.prepare(sql).expect("a statement");
        let rows = statement.query_map([], |row| row.get(0)).expect("rows");
        rows.collect::<Result<_, _>>().expect("numbers")
    }

    /// Another configuration: with or without a job, and with or without a route.
    pub(super) async fn reload(&mut self) {
        if self.dice.once_in(3) {
            self.with_oncall = !self.with_oncall;
        } else {
            let place = self.dice.place(self.world.workers.len());
            let job = &self.world.workers[place].job;
            if job.name == "job-0" {
                // Each target keeps one, and so its gate.
                return;
            }
            let name = (job.target.name.clone(), job.name.clone());
            if !self.world.unconfigured.remove(&name) {
                self.world.unconfigured.insert(name);
            }
        }
        let orders = orders(self.world.jobs(), self.with_oncall);
        self.messenger.replace(Arc::new(orders));
        self.is_begun = false;
        let (oncall, without) = (self.with_oncall, self.world.unconfigured.len());
        self.note(|| format!("reload: on call {oncall}, without {without} jobs"));
    }

    /// The process ends where it is; what was being handed over may have been taken.
    pub(super) async fn kill(&mut self) {
        self.kills += 1;
        self.look_into_the_file();
        let is_lost = self.is_without_file();
        self.note(|| format!("killed, with something in memory: {is_lost}"));
        for flight in std::mem::take(&mut self.flights) {
            if self.dice.once_in(2) {
                let arrived = self.take(&flight);
                self.hold(arrived);
                self.allow_again(&flight);
            }
        }
        if is_lost {
            // A program that ends tries the file once more, and one that is killed does not.
            self.home.leave();
        }
        let now = Micros(self.wall);
        let orders = Arc::clone(&self.messenger.orders);
        // The writer ends with the last of them.
        let idle = Recorder::open_for_simulation(&self.path, now).expect("a history");
        self.recorder = Arc::new(idle);
        self.messenger = Messenger::new(
            orders,
            Arc::clone(&self.recorder),
            self.path.clone(),
            Clock::Fixed(now),
        );
        // What it began with is in the file.
        self.find_the_file();
        match self.absent.take() {
            Some(absent) if is_lost => self.forget(absent),
            // Nothing was written meanwhile.
            _ => self.promises.without_file(None),
        }
        self.is_begun = false;
        self.knocked.clear();
        self.gates = Gates::default();
        let (targets, steady) = (self.world.targets.clone(), Micros(self.steady));
        self.gates
            .replace(targets.iter().map(String::as_str), steady);
        for (target, phase) in stored_gates(&self.path).expect("gates") {
            self.gates.recall(&target, phase, steady);
        }
    }
}
