//! `kill -9` at every system call by which a run that fires, and the telling of it, leave a trace.
//!
//! strace counts the calls of each thread by themselves, so a point is a call's name and a number.

use std::time::Instant;

use checkrun_tests::Stage;

use super::dice::Dice;
use super::sink::{Sink, TEMPLATE};
use super::*;

const CALLS: [&str; 9] = [
    "write",
    "pwrite64",
    "fdatasync",
    "fsync",
    "sendto",
    "writev",
    "rename",
    "unlink",
    "ftruncate",
];

/// Points that the tests of every change take at least, when they do not take all; and of a run.
const POINTS: usize = 90;
const POINTS_OF_A_RUN: usize = 30;

/// The command that is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Victim {
    Run,
    Deliver,
}

impl Victim {
    fn line(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Deliver => "alerts deliver",
        }
    }
}

/// Killed when one of its threads makes this call for the n-th time.
#[derive(Clone, Copy, Debug)]
struct Point {
    victim: Victim,
    call: &'static str,
    number: usize,
}

#[test]
fn killed_at_any_system_call_nothing_is_lost_and_one_alert_is_told() {
    let began = Instant::now();
    let all = Victim::Run
        .points()
        .into_iter()
        .chain(Victim::Deliver.points());
    let all: Vec<Point> = all.collect();
    let points = match std::env::var_os("CHECKRUN_CHAOS_SWEEP") {
        Some(_) => all.clone(),
        None => some_of(&all),
    };
    let (mut killed, mut twice) = (0, 0);
    for point in &points {
        let seen = point.try_out();
        killed += usize::from(seen.is_killed);
        twice += seen.mails - 1;
    }
    eprintln!(
        "{} of {} points in {:?}: {killed} kills, {twice} mails came twice",
        points.len(),
        all.len(),
        began.elapsed()
    );
    assert!(
        killed * 10 >= points.len() * 9,
        "strace kills what it should"
    );
    assert!(points.len() >= POINTS.min(all.len()));
    let of_a_run = |points: &[Point]| {
        let runs = points.iter().filter(|point| point.victim == Victim::Run);
        runs.count()
    };
    assert!(of_a_run(&points) >= POINTS_OF_A_RUN.min(of_a_run(&all)));
}

/// All of handing over, and of a run some that are spread over all of it.
fn some_of(all: &[Point]) -> Vec<Point> {
    let mut dice = Dice::new(number("CHECKRUN_CHAOS_SEED", 1));
    let (mut chosen, run): (Vec<Point>, Vec<Point>) = all
        .iter()
        .partition(|point| point.victim == Victim::Deliver);
    let wanted = POINTS.saturating_sub(chosen.len()).max(POINTS_OF_A_RUN);
    let wanted = wanted.min(run.len());
    for part in 0..wanted {
        // One of each part, which differs from seed to seed.
        let (from, to) = (part * run.len() / wanted, (part + 1) * run.len() / wanted);
        chosen.push(run[dice.within(from as u64..to as u64) as usize]);
    }
    chosen
}

/// What came of a kill.
struct Seen {
    is_killed: bool,
    mails: usize,
}

impl Victim {
    /// Every point of a course that nothing disturbs.
    fn points(self) -> Vec<Point> {
        let sink = Sink::open();
        let stage = stage(&sink);
        if self == Self::Deliver {
            let _ = stage.run(&["run"]).expect(2);
        }
        let _ = stage.shell(&format!(
            "strace -f -o calls -e trace={} checkrun {}",
            CALLS.join(","),
            self.line()
        ));
        let calls = std::fs::read_to_string(stage.path("calls"))
            .expect("strace, as `cargo xtask setup` installs it");
        let most = |call: &str| {
            let mut threads: std::collections::BTreeMap<&str, usize> =
                std::collections::BTreeMap::new();
            for line in calls.lines() {
                let mut words = line.split_whitespace();
                if let (Some(thread), Some(rest)) = (words.next(), words.next())
                    && rest.starts_with(&format!("{call}("))
                {
                    *threads.entry(thread).or_default() += 1;
                }
            }
            threads.into_values().max().unwrap_or_default()
        };
        let points = CALLS.iter().flat_map(|call| {
            (1..=most(call)).map(|number| Point {
                victim: self,
                call,
                number,
            })
        });
        points.collect()
    }
}

impl Point {
    fn try_out(self) -> Seen {
        let mut sink = Sink::open();
        let stage = stage(&sink);
        let mut said = String::new();
        if self.victim == Victim::Deliver {
            said += &stage.run(&["run"]).expect(2).stdout;
        }
        let Self { call, number, .. } = self;
        let ended = stage.shell(&format!(
            "exec strace -f -qq -o calls -e trace={call} -e inject={call}:signal=KILL:when={number} checkrun {}",
            self.victim.line()
        ));
        sink.end_of_life();
        said += &ended.stdout;
        said += &stage.run(&["run"]).expect(2).stdout;
        let _ = stage.run(&["alerts", "deliver"]).expect(0);
        sink.end_of_life();
        let after = stage.run(&["alerts", "deliver"]).expect(0);
        assert_eq!(after.stderr, "", "{self:?}: told again");
        sink.end_of_life();

        let mails = sink.mails();
        let [mail] = &mails[..] else {
            panic!("{self:?}: not one mail: {mails:?}");
        };
        assert!(
            mail.letter.subject().starts_with("CRIT shop: "),
            "{self:?}: {mail:?}"
        );
        assert!(mail.lives.len() <= 2, "{self:?}: {mail:?}");
        assert!(
            mail.lives.len() == 1 || self.victim == Victim::Deliver,
            "{self:?}: {mail:?}"
        );
        assert_eq!(count(&stage, "incident"), 1, "{self:?}");
        let kept = rows(
            &stage,
            "select value from v_sample where metric = 'token'",
            |row| row.get::<_, f64>(0).map(|value| value as i64),
        );
        for token in tokens(&said) {
            assert!(kept.contains(&token), "{self:?}: {token} was acknowledged");
        }
        assert_sound(&stage);
        Seen {
            is_killed: ended.code != Some(0) && ended.code != Some(2),
            mails: mail.lives.len(),
        }
    }
}

fn stage(sink: &Sink) -> Stage {
    let stage = Stage::new(&format!(
        "[email]\nsmtp = \"smtp://{}\"\nfrom = \"checkrun@shop.example\"\ntemplates = \"templates\"\n
         [[route]]\nto = [\"alice@shop.example\"]\n
         [[target]]\nname = \"shop\"\nurl = \"sqlite:./shop.db\"\n
         [[check]]\nuse = \"core/query\"\nname = \"level\"\ntargets = [\"shop\"]\nconfirm = 1\n
         parameters = {{ sql = \"select 7 as n, abs(random()) % 1000000000 as token\" }}\n
         thresholds.n = {{ critical = \"> 5\" }}\n",
        sink.address()
    ));
    stage.write("templates/alert.txt", TEMPLATE);
    stage.sqlite("shop.db", "create table orders (id integer)");
    stage
}
