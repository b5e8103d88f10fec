//! `checkrun alerts …`: telling people, and keeping still.

use std::time::Duration;

use clap::{Args, Subcommand, value_parser};

use super::{ConfigLocation, HistoryLocation, ListFormat};
use crate::model::unit::parse_duration;

/// `checkrun alerts …`
#[derive(Debug, Subcommand)]
pub enum AlertsCommand {
    /// Open incidents, newest first
    List(AlertsListArguments),
    /// Take an incident on: nobody is reminded of it for a while
    Ack(AcknowledgeArguments),
    /// Say nothing new about some targets for a while; checks go on
    Silence(SilenceArguments),
    /// Silences that hold now or will
    Silences(SilencesArguments),
    /// End a silence early
    Unsilence(UnsilenceArguments),
    /// Messages: those on their way, and what became of the others
    Messages(MessagesArguments),
    /// Tell people now what is to be told, once; for those who run checks by cron
    Deliver(DeliverArguments),
    /// Send a test message as alerts would be sent, and tell every step of it
    Test(AlertsTestArguments),
}

/// `checkrun alerts list`
#[derive(Debug, Args)]
pub struct AlertsListArguments {
    /// Where the history is.
    #[command(flatten)]
    pub history: HistoryLocation,
    /// Also those that are over
    #[arg(long)]
    pub all: bool,
    /// Only this job; a name or a glob
    #[arg(long, value_name = "CHECK")]
    pub check: Option<String>,
    /// Only this target; a name or a glob
    #[arg(long, value_name = "TARGET")]
    pub target: Option<String>,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = value_parser!(u32).range(1..))]
    pub limit: u32,
    /// How to show them
    #[arg(long, value_enum, default_value_t = ListFormat::Human)]
    pub format: ListFormat,
}

/// `checkrun alerts ack`
#[derive(Debug, Args)]
pub struct AcknowledgeArguments {
    /// The incident's number, as `alerts list` and every mail show it
    pub incident: i64,
    /// Where the history is.
    #[command(flatten)]
    pub history: HistoryLocation,
    /// For so long, at most 30d
    #[arg(long = "for", value_name = "DURATION", default_value = "24h", value_parser = parse_duration)]
    pub lasts: Duration,
    /// Who [default: the account]
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// What the others should know
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub comment: String,
    /// Also when it gets worse
    #[arg(long)]
    pub sticky: bool,
}

/// `checkrun alerts silence`
#[derive(Debug, Args)]
pub struct SilenceArguments {
    /// The targets; a name or a glob
    pub target: String,
    /// Where the history is.
    #[command(flatten)]
    pub history: HistoryLocation,
    /// Only this job; a name or a glob
    #[arg(long, value_name = "CHECK", default_value = "*")]
    pub check: String,
    /// Only targets with this label, may be repeated; the value may be a glob
    #[arg(long, value_name = "KEY=VALUE", value_parser = label)]
    pub label: Vec<(String, String)>,
    /// For so long, at most 30d
    #[arg(long = "for", value_name = "DURATION", value_parser = parse_duration)]
    pub lasts: Duration,
    /// From this local time on, such as `2026-11-28T02:00` [default: now]
    #[arg(long, value_name = "TIME")]
    pub from: Option<jiff::civil::DateTime>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub comment: String,
    /// Who [default: the account]
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
}

/// `checkrun alerts silences`
#[derive(Debug, Args)]
pub struct SilencesArguments {
    /// Where the history is.
    #[command(flatten)]
    pub history: HistoryLocation,
    /// How to show them
    #[arg(long, value_enum, default_value_t = ListFormat::Human)]
    pub format: ListFormat,
}

/// `checkrun alerts unsilence`
#[derive(Debug, Args)]
pub struct UnsilenceArguments {
    /// The silence's number, as `alerts silences` shows it
    pub silence: i64,
    /// Where the history is.
    #[command(flatten)]
    pub history: HistoryLocation,
}

/// `checkrun alerts messages`
#[derive(Debug, Args)]
pub struct MessagesArguments {
    /// Where the history is.
    #[command(flatten)]
    pub history: HistoryLocation,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = value_parser!(u32).range(1..))]
    pub limit: u32,
    /// How to show them
    #[arg(long, value_enum, default_value_t = ListFormat::Human)]
    pub format: ListFormat,
}

/// `checkrun alerts deliver`
#[derive(Debug, Args)]
pub struct DeliverArguments {
    /// Where the configuration is.
    #[command(flatten)]
    pub location: ConfigLocation,
}

/// `checkrun alerts test`
#[derive(Debug, Args)]
pub struct AlertsTestArguments {
    /// Where the configuration is.
    #[command(flatten)]
    pub location: ConfigLocation,
    /// Send it by mail to this address, may be repeated [default: everybody in a route by mail]
    #[arg(long, value_name = "ADDRESS", conflicts_with = "route")]
    pub to: Vec<String>,
    /// Send it on the way of this route: its name, or its number in the order of the configuration
    #[arg(long, value_name = "ROUTE")]
    pub route: Option<String>,
    /// How to show what happened
    #[arg(long, value_enum, default_value_t = ListFormat::Human)]
    pub format: ListFormat,
}

fn label(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write `key=value`".to_owned()),
    }
}
