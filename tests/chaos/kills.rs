//! `kill -9` at any time of a schedule whose incidents open and end all the while.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use checkrun_testkit::eventually;
use checkrun_tests::Stage;

use super::dice::Dice;
use super::sink::{Item, Mail, Sink, TEMPLATE};
use super::*;

/// In the tests of every change.
const CYCLES: u64 = 300;

/// Jobs that run every second.
const TARGETS: usize = 25;
const JOBS: usize = 2;

/// From a start to its kill.
const LIFE_MS_MIN: u64 = 50;
const LIFE_MS_MAX: u64 = 1500;

/// An object that comes and goes more often would count as flapping.
const PHASES: u64 = 2;

/// A trouble lasts so many cycles, and so does the peace after it.
const TROUBLE_CYCLES_MIN: u64 = 12;
const TROUBLE_CYCLES_MAX: u64 = 30;

/// Cycles that there are new objects for.
const CYCLES_OF_AN_OBJECT: u64 = 400;

/// Whoever is in trouble for so long is told of it, however often the program is killed.
const TOLD_WITHIN_US: i64 = 5_000_000;

/// Of so many mails, one may be sent again: as many as are under way when a kill comes by chance.
const SENT_AGAIN_ONE_IN: usize = 20;

/// However often it is killed, nobody gets a mail more often.
const COPIES_MAX: usize = 2;

/// Of so many incidents, one may be so short that nobody hears of it.
const UNTOLD_ONE_IN: usize = 10;

/// Until everything is told once the killing is over.
const QUIET_WITHIN: Duration = Duration::from_secs(60);

/// A value that is bad in some cycles.
#[derive(Clone, Debug)]
struct Object {
    target: usize,
    job: usize,
    metric: u64,
    /// First cycle and the one after the last, and how bad.
    phases: Vec<(u64, u64, u64)>,
}

impl Object {
    fn value(&self, cycle: u64) -> u64 {
        let phase = self
            .phases
            .iter()
            .find(|(from, to, _)| (*from..*to).contains(&cycle));
        phase.map_or(0, |(_, _, value)| *value)
    }

    fn place(&self) -> String {
        format!("t{} j{} metric/m{}", self.target, self.job, self.metric)
    }
}

/// What came of it.
struct Figures {
    acknowledged: usize,
    lost: usize,
    incidents: usize,
    mails: usize,
    duplicates: usize,
}

#[test]
fn kill_9_loses_nothing_and_tells_nobody_twice() {
    let cycles: u64 = number("CHECKRUN_CHAOS_CYCLES", CYCLES).max(4 * TROUBLE_CYCLES_MAX);
    let seed: u64 = number("CHECKRUN_CHAOS_SEED", 1);
    let began = Instant::now();
    let mut dice = Dice::new(seed);
    let objects = objects(cycles, &mut dice);
    let mut sink = Sink::open();
    let stage = stage(&objects, &sink);
    let mut acknowledged = Vec::new();
    for cycle in 0..cycles {
        set(&stage, &objects, cycle);
        let running = stage.start(&["schedule", "--verbose"]);
        std::thread::sleep(life(&mut dice));
        let ended = running.kill();
        sink.end_of_life();
        acknowledged.extend(tokens(&ended.stdout));
    }
    set(&stage, &objects, cycles);
    let last = count(&stage, "run");
    let running = stage.start(&["schedule", "--verbose"]);
    eventually("all is well and told", QUIET_WITHIN, || {
        let left = count(&stage, "incident where closed_us is null")
            + count(&stage, "outbox where ended_us is null")
            + count(&stage, "told");
        // Once it has run something, it listens to signals.
        (left == 0 && count(&stage, "run") > last).then_some(())
    });
    running.signal("TERM");
    let ended = running.wait_from_now(Duration::from_secs(14)).expect(0);
    acknowledged.extend(tokens(&ended.stdout));

    let figures = judge(&stage, &objects, &acknowledged, &sink.mails());
    eprintln!(
        "{cycles} kills in {:?} (seed {seed}): {} results acknowledged, {} of them lost; \
         {} incidents, {} mails, {} of them sent once more",
        began.elapsed(),
        figures.acknowledged,
        figures.lost,
        figures.incidents,
        figures.mails,
        figures.duplicates,
    );
    assert_eq!(figures.lost, 0, "acknowledged and not in the history");
    let may_be_sent_again = figures.mails / SENT_AGAIN_ONE_IN;
    assert!(
        figures.duplicates <= may_be_sent_again,
        "{}",
        figures.duplicates
    );
    assert_sound(&stage);
}

/// Shorter lives are likelier: most kills hit what a start does.
fn life(dice: &mut Dice) -> Duration {
    let share = dice.within(0..1_000_000) as f64 / 1e6;
    let more = (LIFE_MS_MAX - LIFE_MS_MIN) as f64 * share.powf(1.5);
    Duration::from_millis(LIFE_MS_MIN + more as u64)
}

fn objects(cycles: u64, dice: &mut Dice) -> Vec<Object> {
    let part = cycles / PHASES;
    let mut phases = || -> Vec<(u64, u64, u64)> {
        let phase = |number: u64| {
            let lasts = dice.within(TROUBLE_CYCLES_MIN..TROUBLE_CYCLES_MAX);
            // The peace after it is within the part.
            let from = number * part + dice.within(0..part - lasts - TROUBLE_CYCLES_MIN);
            let value = [1, 7][dice.within(0..2) as usize];
            (from, from + lasts, value)
        };
        (0..PHASES).map(phase).collect()
    };
    let mut objects = Vec::new();
    for target in 0..TARGETS {
        for job in 0..JOBS {
            for metric in 0..=cycles / CYCLES_OF_AN_OBJECT {
                objects.push(Object {
                    target,
                    job,
                    metric,
                    phases: phases(),
                });
            }
        }
    }
    objects
}

fn stage(objects: &[Object], sink: &Sink) -> Stage {
    let mut text = format!(
        "[email]\nsmtp = \"smtp://{}\"\nfrom = \"checkrun@shop.example\"\ntemplates = \"templates\"\n
         [[route]]\nto = [\"alice@shop.example\"]\n
         [alerts]\ngroup_wait = \"1s\"\ngroup_interval = \"1s\"\n
         limit = {{ messages = 1000, within = \"1s\" }}\n",
        sink.address()
    );
    let stage = Stage::new("");
    let mut tables: BTreeMap<usize, String> = BTreeMap::new();
    for target in 0..TARGETS {
        text.push_str(&format!(
            "[[target]]\nname = \"t{target}\"\nurl = \"sqlite:./t{target}.db\"\n"
        ));
    }
    let mut jobs: BTreeMap<(usize, usize), Vec<&Object>> = BTreeMap::new();
    for object in objects {
        jobs.entry((object.target, object.job))
            .or_default()
            .push(object);
    }
    for ((target, job), objects) in &jobs {
        let each = |write: &dyn Fn(u64) -> String| -> String {
            objects.iter().map(|object| write(object.metric)).collect()
        };
        text.push_str(&format!(
            "[[check]]\nuse = \"core/query\"\nname = \"j{job}\"\ntargets = [\"t{target}\"]\nevery = \"1s\"\n\
             confirm = 1\nrecover_after = 1\n\
             parameters = {{ sql = \"select {}abs(random()) % 1000000000 as token from j{job}\" }}\n{}",
            each(&|metric| format!("m{metric}, ")),
            each(&|metric| format!("thresholds.m{metric} = {{ warning = \"> 0\", critical = \"> 5\" }}\n")),
        ));
        let columns = each(&|metric| format!("m{metric} integer default 0, "));
        tables.entry(*target).or_default().push_str(&format!(
            "create table j{job} ({columns}id integer primary key); insert into j{job} (id) values (1);"
        ));
    }
    stage.write("checkrun.toml", text);
    stage.write("templates/alert.txt", TEMPLATE);
    for (target, sql) in tables {
        stage.sqlite(&format!("t{target}.db"), &sql);
    }
    stage
}

/// Makes every object as it should be in this cycle.
fn set(stage: &Stage, objects: &[Object], cycle: u64) {
    for object in objects {
        let value = object.value(cycle);
        let before = cycle.checked_sub(1).map_or(0, |cycle| object.value(cycle));
        if value != before {
            stage.sqlite(
                &format!("t{}.db", object.target),
                &format!("update j{} set m{} = {value}", object.job, object.metric),
            );
        }
    }
}

/// An incident as the history has it.
struct Incident {
    id: i64,
    place: String,
    lasted_us: i64,
}

fn judge(stage: &Stage, objects: &[Object], acknowledged: &[i64], mails: &[Mail]) -> Figures {
    let kept: BTreeSet<i64> = rows(
        stage,
        "select value from v_sample where metric = 'token'",
        |row| row.get::<_, f64>(0).map(|value| value as i64),
    )
    .into_iter()
    .collect();
    let incidents = rows(
        stage,
        "select incident_id, target || ' ' || job || ' ' || object, closed_us - opened_us from v_incident",
        |row| {
            Ok(Incident {
                id: row.get(0)?,
                place: row.get(1)?,
                lasted_us: row.get(2)?,
            })
        },
    );
    assert_incidents(&incidents, objects);
    assert_told(&incidents, mails);
    Figures {
        acknowledged: acknowledged.len(),
        lost: acknowledged
            .iter()
            .filter(|token| !kept.contains(token))
            .count(),
        incidents: incidents.len(),
        mails: mails.len(),
        duplicates: mails.iter().map(|mail| mail.lives.len() - 1).sum(),
    }
}

/// Each trouble is one incident, and there is no other.
fn assert_incidents(incidents: &[Incident], objects: &[Object]) {
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    for incident in incidents {
        *found.entry(&incident.place).or_default() += 1;
    }
    for object in objects {
        let found = found.remove(&*object.place()).unwrap_or_default();
        assert_eq!(
            found,
            object.phases.len(),
            "{}: {:?}",
            object.place(),
            object.phases
        );
    }
    assert!(found.is_empty(), "never in trouble: {found:?}");
}

fn assert_told(incidents: &[Incident], mails: &[Mail]) {
    let mut said: BTreeMap<i64, Vec<(&str, &Mail)>> = BTreeMap::new();
    for mail in mails {
        let lives: BTreeSet<_> = mail.lives.iter().collect();
        assert_eq!(
            lives.len(),
            mail.lives.len(),
            "sent twice without a kill: {mail:?}"
        );
        assert!(lives.len() <= COPIES_MAX, "again and again: {mail:?}");
        for Item {
            what,
            incident,
            place,
        } in &mail.items
        {
            let known = incidents.iter().find(|known| known.id == *incident);
            assert!(
                known.is_some_and(|known| known.place == *place),
                "never was: {mail:?}"
            );
            said.entry(*incident).or_default().push((what, mail));
        }
    }
    let mut untold = 0;
    for incident in incidents {
        let said = said.remove(&incident.id).unwrap_or_default();
        let news: Vec<&str> = said
            .iter()
            .map(|(what, _)| *what)
            .filter(|what| *what != "goes_on")
            .collect();
        let is_told = news == ["new", "recovered"];
        let was_short =
            incident.lasted_us < TOLD_WITHIN_US && (news.is_empty() || news == ["recovered"]);
        assert!(
            is_told || was_short,
            "incident {} on {} for {} µs: {said:?}",
            incident.id,
            incident.place,
            incident.lasted_us
        );
        untold += usize::from(!is_told);
    }
    assert!(
        untold <= incidents.len() / UNTOLD_ONE_IN,
        "{untold} of {} incidents were too short to be told",
        incidents.len()
    );
}
