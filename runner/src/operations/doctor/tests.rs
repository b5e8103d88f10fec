//! Tables of cases: what was seen, and what it means.

use std::collections::BTreeMap;

use checkrun_history::notification::Silence;
use checkrun_history::{OutboxState, Soundness};

use super::facts::{Answers, Content, Doubt, History, Lock, Packs, Setup};
use super::*;
use crate::model::run::Reason;
use crate::model::self_watch::{FREE_BYTES_LOW, FREE_BYTES_MIN};
use crate::model::status::Status;
use crate::operations::observation::Observation;
use crate::report::doctor::for_people;
use crate::report::tone::Colour;

const NOW: Micros = Micros(1_795_456_328_000_000);
const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

fn ago(seconds: i64) -> Micros {
    Micros(NOW.0 - seconds * SECOND)
}

fn look(started: Micros, status: Status) -> Observation {
    let reason = Reason {
        object: None,
        status,
        text: "No job runs".into(),
        advice: Some("restart the schedule".into()),
    };
    Observation {
        run_id: Some(7),
        job: "runner".into(),
        check: "checkrun/runner".into(),
        target: "checkrun".into(),
        labels: BTreeMap::new(),
        engine: None,
        started,
        duration: Duration::from_millis(3),
        status,
        summary: match status {
            Status::Ok => "3 jobs in time; 0 messages to be sent".into(),
            _ => "No job runs".into(),
        },
        reasons: match status {
            Status::Ok => Vec::new(),
            _ => vec![reason],
        },
        failure: None,
        metrics: Vec::new(),
        findings: Vec::new(),
    }
}

fn silence(ends_us: i64) -> Silence {
    Silence {
        id: 4,
        target: "shop".into(),
        job: "*".into(),
        labels: BTreeMap::new(),
        starts_us: NOW.0,
        ends_us,
        author: "ada".into(),
        comment: "rebuilt".into(),
        created_us: NOW.0,
        lifted_us: None,
    }
}

fn trouble(text: &str) -> Remark {
    Remark {
        text: text.into(),
        advice: Some("mend it".into()),
    }
}

/// Nothing is wrong, and a schedule runs.
struct Case {
    facts: Facts,
    setup: Setup,
    answers: Answers,
    content: Option<Content>,
}

impl Case {
    fn sound() -> Self {
        let history = History {
            path: "checkrun.db".into(),
            content: Content::Missing,
            writing: Ok(()),
            free_bytes: Some(20 << 30),
            set_aside: Vec::new(),
        };
        Self {
            facts: Facts {
                file: Some("checkrun.toml".into()),
                targets: 2,
                jobs: 3,
                problems: Vec::new(),
                secrets: Some(Vec::new()),
                packs: Some(Packs {
                    loaded: vec!["core 0.1.0".into()],
                    problems: Vec::new(),
                }),
                setup: None,
            },
            setup: Setup {
                history,
                lock: Lock::Held("process 7".into(), Some(ago(4_000))),
                tells_people: true,
                doubts: Vec::new(),
            },
            answers: Answers {
                versions: (6, 6),
                soundness: Ok(Soundness::Sound),
                look: Ok(Some(look(ago(20), Status::Ok))),
                outbox: Ok(OutboxState::default()),
                given_up: Ok(Vec::new()),
                silences: Ok(Vec::new()),
            },
            content: None,
        }
    }

    fn judge(self) -> Doctor {
        let content = Content::Readable(Box::new(self.answers));
        let mut setup = self.setup;
        setup.history.content = self.content.unwrap_or(content);
        let facts = Facts {
            setup: Some(setup),
            ..self.facts
        };
        Doctor::judge(&facts, NOW, Duration::from_millis(12))
    }
}

fn faults(doctor: &Doctor) -> Vec<(Subject, Verdict)> {
    let examinations = doctor.examinations.iter();
    examinations
        .map(|one| (one.what, one.status))
        .filter(|(_, verdict)| *verdict != Verdict::Passed)
        .collect()
}

#[test]
#[expect(
    clippy::too_many_lines,
    clippy::type_complexity,
    reason = "a table of cases"
)]
fn each_fault_is_one_verdict() {
    use Subject as S;
    use Verdict::{Failed, Skipped, Warning};
    type Change = fn(&mut Case);
    let table: &[(&str, Change, &[(Subject, Verdict)])] = &[
        ("nothing", |_| (), &[]),
        (
            "a warning of the configuration",
            |it| {
                it.facts.problems = vec![Problem {
                    verdict: Warning,
                    remark: trouble("without effect"),
                }];
            },
            &[(S::Configuration, Warning)],
        ),
        (
            "a secret is missing",
            |it| {
                it.facts.secrets = Some(vec![Problem {
                    verdict: Failed,
                    remark: trouble("not set"),
                }]);
            },
            &[(S::Secrets, Failed)],
        ),
        (
            "it cannot be written",
            |it| it.setup.history.writing = Err(trouble("it is read-only")),
            &[(S::Writing, Failed)],
        ),
        (
            "it is not there",
            |it| {
                it.content = Some(Content::Missing);
                it.setup.lock = Lock::Free;
            },
            &[
                (S::History, Warning),
                (S::Integrity, Skipped),
                (S::SelfWatch, Skipped),
                (S::Outbox, Skipped),
                (S::Silences, Skipped),
            ],
        ),
        (
            "it is damaged",
            |it| it.answers.soundness = Ok(Soundness::Damaged(vec!["page 3".into()])),
            &[(S::Integrity, Failed)],
        ),
        (
            "an earlier one was damaged",
            |it| it.setup.history.set_aside = vec!["checkrun.db.corrupt-20261123T191745Z".into()],
            &[(S::Integrity, Warning)],
        ),
        (
            "it is too large to look through",
            |it| it.answers.soundness = Ok(Soundness::OutOfTime),
            &[(S::Integrity, Warning)],
        ),
        (
            "little room",
            |it| it.setup.history.free_bytes = Some(FREE_BYTES_LOW - 1),
            &[(S::Space, Warning)],
        ),
        (
            "no room",
            |it| it.setup.history.free_bytes = Some(FREE_BYTES_MIN - 1),
            &[(S::Space, Failed)],
        ),
        (
            "it hangs",
            |it| it.answers.look = Ok(Some(look(ago(181), Status::Ok))),
            &[(S::Schedule, Failed), (S::SelfWatch, Skipped)],
        ),
        (
            "it looked last while the clock was ahead",
            |it| it.answers.look = Ok(Some(look(ago(-61), Status::Ok))),
            &[(S::Schedule, Warning), (S::SelfWatch, Skipped)],
        ),
        (
            "it began while the clock was ahead, and goes on",
            |it| it.setup.lock = Lock::Held("process 7".into(), Some(ago(-7_200))),
            &[],
        ),
        (
            "it began while the clock was ahead, and hangs",
            |it| {
                it.setup.lock = Lock::Held("process 7".into(), Some(ago(-7_200)));
                it.answers.look = Ok(Some(look(ago(181), Status::Ok)));
            },
            &[(S::Schedule, Failed), (S::SelfWatch, Skipped)],
        ),
        (
            "it is at the edge",
            |it| it.answers.look = Ok(Some(look(ago(180), Status::Ok))),
            &[],
        ),
        (
            "it has just begun after a pause",
            |it| {
                it.setup.lock = Lock::Held("process 7".into(), Some(ago(2)));
                it.answers.look = Ok(Some(look(ago(9_000), Status::Critical)));
            },
            &[(S::SelfWatch, Skipped)],
        ),
        (
            "it has never looked",
            |it| it.answers.look = Ok(None),
            &[(S::Schedule, Failed), (S::SelfWatch, Skipped)],
        ),
        (
            "it ended",
            |it| it.setup.lock = Lock::Free,
            &[(S::Schedule, Warning), (S::SelfWatch, Skipped)],
        ),
        (
            "there never was one",
            |it| {
                it.setup.lock = Lock::Free;
                it.answers.look = Ok(None);
            },
            &[(S::SelfWatch, Skipped)],
        ),
        (
            "it is not well",
            |it| it.answers.look = Ok(Some(look(ago(5), Status::Critical))),
            &[(S::SelfWatch, Failed)],
        ),
        (
            "it is not quite well",
            |it| it.answers.look = Ok(Some(look(ago(5), Status::Warning))),
            &[(S::SelfWatch, Warning)],
        ),
        (
            "a message waits",
            |it| {
                it.answers.outbox = Ok(OutboxState {
                    unsent: 1,
                    oldest_us: Some(ago(601).0),
                    failed: 0,
                });
            },
            &[(S::Outbox, Failed)],
        ),
        (
            "a message is young",
            |it| {
                it.answers.outbox = Ok(OutboxState {
                    unsent: 1,
                    oldest_us: Some(ago(600).0),
                    failed: 0,
                });
            },
            &[],
        ),
        (
            "a message was given up",
            |it| {
                it.answers.outbox = Ok(OutboxState {
                    failed: 1,
                    ..OutboxState::default()
                });
            },
            &[(S::Outbox, Warning)],
        ),
        (
            "nobody is told",
            |it| it.setup.tells_people = false,
            &[(S::Routes, Warning)],
        ),
        (
            "mail as plain text",
            |it| {
                it.setup.doubts = vec![Doubt::Mail {
                    host: "mx.example".into(),
                }];
            },
            &[(S::Settings, Warning)],
        ),
        (
            "a mute for a week",
            |it| it.answers.silences = Ok(vec![silence(NOW.0 + 7 * DAY)]),
            &[],
        ),
        (
            "a mute for longer",
            |it| it.answers.silences = Ok(vec![silence(NOW.0 + 7 * DAY + 1)]),
            &[(S::Silences, Warning)],
        ),
    ];
    for (name, change, expected) in table {
        let mut case = Case::sound();
        change(&mut case);
        assert_eq!(faults(&case.judge()), *expected, "{name}");
    }
}

#[test]
fn a_configuration_with_problems_leaves_the_rest_to_later() {
    let facts = Facts {
        problems: vec![Problem {
            verdict: Verdict::Failed,
            remark: trouble("it is no TOML"),
        }],
        ..Facts::default()
    };
    let doctor = Doctor::judge(&facts, NOW, Duration::ZERO);
    assert_eq!(doctor.status, Verdict::Failed);
    assert_eq!(doctor.examinations.len(), 13);
    assert_eq!(doctor.summary.skipped, 12);
}

#[test]
fn people_read_one_line_for_each_and_what_to_do_beneath() {
    let sound = for_people(&Case::sound().judge(), Colour::None);
    let mut case = Case::sound();
    case.setup.lock = Lock::Held("process 7\u{1b}[2J".into(), None);
    case.setup.doubts = vec![
        Doubt::Tls {
            target: "orders".into(),
            host: "db.example".into(),
            mode: "prefer",
        },
        Doubt::Privileged {
            target: "orders".into(),
        },
    ];
    case.setup.tells_people = false;
    case.answers.look = Ok(Some(look(ago(7_300), Status::Ok)));
    case.answers.silences = Ok(vec![silence(NOW.0 + 30 * DAY)]);
    let bad = for_people(&case.judge(), Colour::None);
    insta::assert_snapshot!(format!("{sound}\n{bad}"));
}
