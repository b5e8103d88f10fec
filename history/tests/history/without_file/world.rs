//! A history with a simple machine for incidents and a messenger that always reaches everybody.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use checkrun_history::incident::{
    ChangeRecord, Consider, MovementRecord, StoredPhase, WatchRecord,
};
use checkrun_history::notification::*;
use checkrun_history::record::{RunId, StoredStatus};
use checkrun_history::{Error, IncidentFilter, Reader, Which, Writer};

use crate::notifications::{assert_sound, everything, wait};
use crate::records::*;

pub const MINUTE: i64 = 60_000_000;

pub struct World {
    pub writer: Writer,
    path: PathBuf,
}

impl World {
    pub fn at(path: &Path) -> Self {
        Self {
            writer: Writer::open_for_long(path, NOW_US).unwrap(),
            path: path.to_owned(),
        }
    }

    /// In a folder `home` of this one, which can [`Self::leave`].
    pub fn in_folder(folder: &Path) -> Self {
        let home = folder.join("home");
        std::fs::create_dir(&home).unwrap();
        Self::at(&home.join("checkrun.db"))
    }

    pub fn path(&self) -> PathBuf {
        self.path.clone()
    }

    /// Where the file is while it is not where it should be.
    pub fn away(&self) -> PathBuf {
        let folder = self.path.parent().unwrap().parent().unwrap();
        folder.join("away/checkrun.db")
    }

    pub fn leave(&self) {
        let (home, away) = (self.path(), self.away());
        std::fs::rename(home.parent().unwrap(), away.parent().unwrap()).unwrap();
    }

    pub fn come_back(&self) {
        let (home, away) = (self.path(), self.away());
        std::fs::rename(away.parent().unwrap(), home.parent().unwrap()).unwrap();
    }

    pub fn reader(&self) -> Reader {
        Reader::open(&self.path).unwrap()
    }

    /// A run of this minute was so bad, or well.
    pub fn run(
        &self,
        target: &str,
        job: &str,
        minute: i64,
        severity: Option<StoredStatus>,
    ) -> Result<RunId, Error> {
        let time_us = NOW_US + minute * MINUTE;
        let mut run = run(job, target, time_us);
        run.findings = vec![finding("one")];
        let consider: Consider =
            Arc::new(move |known| vec![movement(known.first(), severity, time_us)]);
        wait(|done| self.writer.record_and_consider(run, consider, done))
    }

    /// What is due at this minute, once everything is decided.
    pub fn due(&self, minute: i64) -> Vec<DueMessage> {
        self.try_due(minute).unwrap()
    }

    fn try_due(&self, minute: i64) -> Result<Vec<DueMessage>, Error> {
        let now_us = NOW_US + minute * MINUTE;
        let question = Question {
            now_us,
            turns_since_us: now_us - 60 * MINUTE,
            messages_since_us: now_us - 10 * MINUTE,
            stuck_before_us: now_us - 10 * MINUTE,
            gate_check: "checkrun/connection",
            routes: &["ops".to_owned()],
        };
        wait(|done| {
            self.writer.reconcile(question, Arc::new(everything), done);
        })
    }

    /// Decides, and everybody gets what is due: what that says.
    pub fn tell(&self, minute: i64) -> Vec<String> {
        self.try_tell(minute).unwrap()
    }

    pub fn try_tell(&self, minute: i64) -> Result<Vec<String>, Error> {
        let due = self.try_due(minute)?;
        for message in &due {
            self.seal(message.id);
            self.settle(message.id, minute, MessageState::Sent, "accepted");
        }
        Ok(due.iter().map(text).collect())
    }

    pub fn seal(&self, id: MessageId) {
        wait(|done| self.writer.seal(NOW_US, id, "as it is".to_owned(), done)).unwrap();
    }

    pub fn settle(&self, id: MessageId, minute: i64, state: MessageState, fate: &'static str) {
        let settlement = Settlement {
            id,
            state,
            next_us: NOW_US + (minute + 1) * MINUTE,
            now_us: NOW_US + minute * MINUTE,
            error: None,
            recipients: vec![RecipientFate {
                recipient: "ops@example.org".to_owned(),
                fate,
                said: None,
            }],
        };
        wait(|done| self.writer.settle(settlement, done)).unwrap();
    }

    /// What the file says, the oldest first.
    pub fn stored_incidents(&self) -> Vec<String> {
        let filter = IncidentFilter {
            which: Which::All,
            ..IncidentFilter::open(99)
        };
        let mut incidents: Vec<String> = self
            .reader()
            .incidents(&filter)
            .unwrap()
            .iter()
            .map(|one| {
                let end = one.closed_us.map_or("open", |_| "over");
                let severity = one.severity.as_str();
                format!("{}/{} {severity} {end}", one.target, one.job)
            })
            .collect();
        incidents.reverse();
        incidents
    }

    /// Everything that is to be the same whether the file was away or not, as text.
    pub fn dump(&self) -> String {
        let conn = rusqlite::Connection::open(&self.path).unwrap();
        [
            "SELECT target, job, object, severity, peak, since_us, opened_us, closed_us, text, phase, incident_id
             FROM v_incident ORDER BY incident_id",
            "SELECT target.name, job.name, object, phase, severity, since_us, count, worse, better
             FROM watch JOIN job USING (job_id) JOIN target USING (target_id) ORDER BY 1, 2, 3",
            "SELECT route, job.name, object, incident_id, severity FROM told JOIN job USING (job_id)
             ORDER BY route, job.name",
            "SELECT outbox_id, route, target.name, kind, thread, created_us, state, attempts, next_us,
                    content, ended_us
             FROM outbox LEFT JOIN target USING (target_id) ORDER BY outbox_id",
            "SELECT outbox_id, job.name, object, incident_id, before, after FROM outbox_item
             JOIN job USING (job_id) ORDER BY outbox_id, job.name",
            "SELECT * FROM outbox_recipient ORDER BY outbox_id, recipient",
            "SELECT * FROM sqlite_sequence ORDER BY name",
        ]
        .map(|question| rows(&conn, question))
        .join("\n\n")
    }

    /// Whatever happened: the file is sound, and what fires or recovers is what has an open incident.
    pub fn assert_consistent(&self, case: &str) {
        assert_sound(&self.path);
        let conn = rusqlite::Connection::open(&self.path).unwrap();
        let odd = rows(
            &conn,
            "SELECT job_id, object FROM incident WHERE closed_us IS NULL
             EXCEPT SELECT job_id, object FROM watch WHERE phase <> 'pending'
             UNION ALL
             SELECT job_id, object FROM watch WHERE phase <> 'pending'
             EXCEPT SELECT job_id, object FROM incident WHERE closed_us IS NULL",
        );
        assert_eq!(odd, "", "{case}");
        assert_eq!(rows(&conn, "PRAGMA foreign_key_check"), "", "{case}");
    }
}

fn rows(conn: &rusqlite::Connection, question: &str) -> String {
    let mut question = conn.prepare(question).unwrap();
    let columns = question.column_count();
    let rows = question.query_map([], |row| {
        let values = (0..columns).map(|column| row.get::<_, rusqlite::types::Value>(column));
        Ok(format!("{:?}", values.collect::<Result<Vec<_>, _>>()?))
    });
    let rows: Vec<String> = rows.unwrap().map(Result::unwrap).collect();
    rows.join("\n")
}

/// `orders: - → warning`
pub fn text(message: &DueMessage) -> String {
    let word = |severity: Option<StoredStatus>| severity.map_or("-", StoredStatus::as_str);
    let items: Vec<String> = message
        .items
        .iter()
        .map(|item| format!("{} → {}", word(item.before), word(item.after)))
        .collect();
    let target = message.target.as_deref().unwrap_or_default();
    format!("{target}: {}", items.join(", "))
}

/// Two in a row confirm either way.
fn movement(
    known: Option<&WatchRecord>,
    severity: Option<StoredStatus>,
    time_us: i64,
) -> MovementRecord {
    use ChangeRecord::{Closes, GoesOn, Opens};
    use StoredPhase::{Firing, Pending, Recovering};
    let phase = known.map(|watch| watch.phase);
    let (phase, change) = match (phase, severity) {
        (None, None) | (Some(Pending), None) => (None, GoesOn),
        (None, Some(_)) => (Some(Pending), GoesOn),
        (Some(Pending), Some(_)) => (Some(Firing), Opens),
        (Some(Firing | Recovering), Some(_)) => (Some(Firing), GoesOn),
        (Some(Firing), None) => (Some(Recovering), GoesOn),
        (Some(Recovering), None) => (None, Closes),
    };
    let object = "metric/response_time".to_owned();
    MovementRecord {
        watch: phase.map(|phase| WatchRecord {
            object: object.clone(),
            phase,
            severity: severity
                .or(known.map(|watch| watch.severity))
                .unwrap_or(StoredStatus::Warning),
            since_us: known.map_or(time_us, |watch| watch.since_us),
            count: 1,
            worse: 0,
            better: 0,
        }),
        object,
        change,
        reason: severity.map(|_| (format!("it is bad at {time_us}"), None)),
    }
}
