//! What is told, as plain values: what the writer gives to whoever decides, what comes back, and the
//! messages on their way.
//!
//! A route is told of *objects*: something about a job that may be wrong. What it was last told is kept;
//! what it should know follows from the incidents. The difference is the news.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::incident::IncidentId;
use crate::record::StoredStatus;

/// Identifies a message within one history file; never given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub i64);

/// One object of one job, of which somebody knows something or should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// By which the decision names it.
    pub key: ObjectKey,
    /// The target, by which messages are grouped.
    pub target_id: i64,
    /// Its name.
    pub target: String,
    /// Its labels, as of its newest run.
    pub labels: BTreeMap<String, String>,
    /// The job's name.
    pub job: String,
    /// `pack/check`.
    pub check: String,
    /// The newest incident of the object, open or over.
    pub incident: IncidentId,
    /// How bad; none when it is over.
    pub severity: Option<StoredStatus>,
    /// When it opened, or was over.
    pub changed_us: i64,
    /// Somebody has taken it on until then; worth nothing once it is worse than this.
    pub acknowledged: Option<Acknowledgement>,
    /// When incidents of this object opened and were over, oldest first, as far back as was asked.
    pub turns_us: Vec<i64>,
}

/// What tells objects apart within one history file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey {
    /// The job on its target.
    pub job_id: i64,
    /// `metric/…`, `finding/…`, `verdict`, `judging`
    pub object: String,
}

/// Somebody has taken an incident on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    /// Who.
    pub author: String,
    /// What they said.
    pub comment: String,
    /// When.
    pub created_us: i64,
    /// Until when it counts.
    pub until_us: i64,
    /// How bad it was then.
    pub severity: StoredStatus,
    /// Whether it counts although it is worse by now.
    pub is_sticky: bool,
}

impl Acknowledgement {
    /// Whether it counts for an incident that is so bad now: whoever took a warning on has not taken on
    /// what it became.
    #[must_use]
    pub fn covers(&self, severity: StoredStatus) -> bool {
        self.is_sticky || severity <= self.severity
    }
}

/// What a route knows of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// How bad.
    pub severity: StoredStatus,
    /// That it comes and goes.
    pub is_flapping: bool,
}

/// The last of a route's messages about a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastMessage {
    /// Which; later ones have greater numbers, whatever the clock says.
    pub id: MessageId,
    /// When it was written.
    pub created_us: i64,
    /// What it belongs to.
    pub thread: String,
    /// It can still be changed.
    pub is_open: bool,
    /// It is being handed over: it stays as it is, or can be changed again if nobody takes it.
    pub is_leaving: bool,
    /// It was given up, and nobody has it.
    pub is_lost: bool,
}

/// What is on its way to a route, and what was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RouteLoad {
    /// Messages since the time that was asked about, floods not counted.
    pub messages: u32,
    /// When the last flood was told.
    pub last_storm_us: Option<i64>,
}

/// Everything that deciding needs, at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Situation {
    /// Every object with an open incident, or of which a route still thinks that it is open.
    pub standings: Vec<Standing>,
    /// By route and object.
    pub told: BTreeMap<(String, ObjectKey), Told>,
    /// By route and target (none: several at once).
    pub last: BTreeMap<(String, Option<i64>), LastMessage>,
    /// By route and target, of the messages about several at once that were about that one, too.
    pub last_flood: BTreeMap<(String, i64), LastMessage>,
    /// By route.
    pub load: BTreeMap<String, RouteLoad>,
    /// Targets that may just be going down: nothing new is said of their jobs.
    pub doubtful_targets: Vec<i64>,
    /// Mutes that hold now.
    pub silences: Vec<Silence>,
    /// Messages that nobody got for too long, and of them what no other message has said instead.
    pub stuck: Vec<Stuck>,
    /// Open incidents about which a route was asked to do something already.
    pub remedied: BTreeSet<(String, IncidentId)>,
}

/// What is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question<'a> {
    /// Now.
    pub now_us: i64,
    /// How far back turns are wanted.
    pub turns_since_us: i64,
    /// How far back messages count.
    pub messages_since_us: i64,
    /// Messages from before this that nobody has are stuck.
    pub stuck_before_us: i64,
    /// The check whose incidents say that a target is down.
    pub gate_check: &'a str,
    /// Every route there is; what others were told is forgotten.
    pub routes: &'a [String],
}

/// A mute that a person made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silence {
    /// 0 before it is stored.
    pub id: i64,
    /// A glob of targets' names.
    pub target: String,
    /// A glob of jobs' names.
    pub job: String,
    /// Labels that the target must have; the values are globs.
    pub labels: BTreeMap<String, String>,
    /// From.
    pub starts_us: i64,
    /// Until.
    pub ends_us: i64,
    /// Who.
    pub author: String,
    /// Why.
    pub comment: String,
    /// When it was made.
    pub created_us: i64,
    /// When somebody ended it early.
    pub lifted_us: Option<i64>,
}

/// A message that nobody got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// Which.
    pub id: MessageId,
    /// Whose.
    pub route: String,
    /// About what; none for several targets.
    pub target_id: Option<i64>,
    /// What nobody else was told instead; of each incident once.
    pub items: Vec<MessageItem>,
}

/// Why a message is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something changed.
    News,
    /// Nothing did, for long.
    Reminder,
    /// So much changed that one message has it all.
    Storm,
    /// Something is to be done about an incident.
    Remedy,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::News, Self::Reminder, Self::Storm, Self::Remedy];

    /// The word in the table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::News => "news",
            Self::Reminder => "reminder",
            Self::Storm => "storm",
            Self::Remedy => "remedy",
        }
    }
}

/// Whether an object began to come and go, or came to rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flapping {
    /// It comes and goes from now on.
    Begins,
    /// It is steady again.
    Ends,
}

impl Flapping {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Begins, Self::Ends];

    /// The word in the table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Begins => "begins",
            Self::Ends => "ends",
        }
    }
}

/// What a message says of one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageItem {
    /// Which.
    pub key: ObjectKey,
    /// The incident that it is about.
    pub incident: IncidentId,
    /// What the route knew: none for nothing, or that all is well.
    pub before: Option<StoredStatus>,
    /// What it knows once it has the message.
    pub after: Option<StoredStatus>,
    /// Whether it is about coming and going.
    pub flapping: Option<Flapping>,
}

/// A message to write, or more for one that is still open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispatch {
    /// To whom.
    pub route: String,
    /// About what; none for several targets.
    pub target_id: Option<i64>,
    /// Why.
    pub kind: Kind,
    /// What it belongs to; none for a thread of its own.
    pub thread: Option<String>,
    /// The open message that these items belong into.
    pub joins: Option<MessageId>,
    /// The message that it stands in for.
    pub fallback_of: Option<MessageId>,
    /// What it says.
    pub items: Vec<MessageItem>,
}

/// Given the situation, the messages to write. Called on the writer's thread in a transaction, perhaps
/// more than once, so it must be quick and pure.
pub type Decide = Arc<dyn Fn(&Situation) -> Vec<Dispatch> + Send + Sync>;

/// Where a message is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageState {
    /// Nobody can have it yet; it may still change.
    Open,
    /// It is being handed over, or the program was killed then.
    Sending,
    /// Somebody may have it, others not; it stays as it is.
    Partly,
    /// Everybody has it.
    Sent,
    /// It is given up.
    Failed,
}

impl MessageState {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Open,
        Self::Sending,
        Self::Partly,
        Self::Sent,
        Self::Failed,
    ];

    /// The word in the table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Sending => "sending",
            Self::Partly => "partly",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }
}

/// A message that is to be handed over now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueMessage {
    /// Which.
    pub id: MessageId,
    /// To whom.
    pub route: String,
    /// About which target; none for several.
    pub target: Option<String>,
    /// Why.
    pub kind: Kind,
    /// What it belongs to.
    pub thread: String,
    /// When it was written.
    pub created_us: i64,
    /// Attempts so far.
    pub attempts: u32,
    /// As it was handed over before; none while it may still change.
    pub content: Option<String>,
    /// What it says.
    pub items: Vec<MessageItem>,
    /// Those who have it.
    pub accepted: Vec<String>,
    /// Those who will never have it.
    pub refused: Vec<String>,
    /// Those who may have it: of them nothing but that was heard last time.
    pub uncertain: Vec<String>,
    /// The others have not got an earlier message about the same yet; none where there is no such message.
    pub only_for: Option<Vec<String>>,
}

impl DueMessage {
    /// Whether nothing is left to do for them.
    #[must_use]
    pub fn is_settled(&self, recipient: &str) -> bool {
        let is_in = |list: &[String]| list.iter().any(|one| one == recipient);
        is_in(&self.accepted) || is_in(&self.refused)
    }
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// Which message.
    pub id: MessageId,
    /// Where it is now.
    pub state: MessageState,
    /// When to try again.
    pub next_us: i64,
    /// When this attempt ended.
    pub now_us: i64,
    /// What went wrong.
    pub error: Option<String>,
    /// Everybody who was part of the attempt.
    pub recipients: Vec<RecipientFate>,
}

/// What became of one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipientFate {
    /// Who.
    pub recipient: String,
    /// `accepted`, `deferred`, `refused`, `uncertain`
    pub fate: &'static str,
    /// What the other side said.
    pub said: Option<String>,
}

/// One message, as a listing shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageSummary {
    /// Which.
    pub id: MessageId,
    /// To whom.
    pub route: String,
    /// About which target; none for several.
    pub target: Option<String>,
    /// Why.
    pub kind: Kind,
    /// Where it is.
    pub state: MessageState,
    /// Attempts so far.
    pub attempts: u32,
    /// When it was written.
    pub created_us: i64,
    /// Not before.
    pub next_us: i64,
    /// When its way ended.
    pub ended_us: Option<i64>,
    /// What went wrong last.
    pub error: Option<String>,
    /// How much it is about.
    pub items: u32,
}
