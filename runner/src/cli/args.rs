//! The command line as clap sees it. What a user typed; `cli::run` and its siblings make sense of it.

mod alerts;

use std::path::PathBuf;
use std::time::Duration;

use checkrun_history::record::StoredStatus;
use clap::{Args, Parser, Subcommand, ValueEnum, value_parser};

pub use self::alerts::{
    AcknowledgeArguments, AlertsCommand, AlertsListArguments, AlertsTestArguments,
    DeliverArguments, MessagesArguments, SilenceArguments, SilencesArguments, UnsilenceArguments,
};
use crate::model::unit::parse_duration;
use crate::operations::preflight::MigrationPolicy;
use crate::report::Format;

/// Run read-only, sandboxed checks against databases, and keep every result.
#[derive(Debug, Parser)]
#[command(
    name = "checkrun",
    version,
    max_term_width = 100,
    arg_required_else_help = true
)]
pub struct Arguments {
    /// The command to run.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Watch a small database grow: outcomes and history in half a minute, nothing to set up
    Demo(DemoArguments),
    /// Run the selected jobs once, concurrently
    Run(RunArguments),
    /// Find out why a database cannot be reached, step by step, with what to try first
    Diagnose(DiagnoseArguments),
    /// Run the configured jobs by their schedules, for ever
    Schedule(ScheduleArguments),
    /// Is every database ready? For container entry points and deployments
    Preflight(PreflightArguments),
    /// How long do connecting and asking take, over several rounds?
    Performance(PerformanceArguments),
    /// How are all databases, now or when they were last looked at?
    Status(StatusArguments),
    /// Is checkrun itself sound: its configuration, history, schedule and messages?
    Doctor(DoctorArguments),
    /// Ask the history
    #[command(subcommand)]
    History(HistoryCommand),
    /// What is wrong, and since when
    #[command(subcommand)]
    Alerts(AlertsCommand),
    /// Begin, check or describe the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Show what a pack offers: its checks, their parameters, metrics and privileges
    Inspect(InspectArguments),
    /// Compile one pack, from standard input to standard output
    #[command(hide = true)]
    CompilePack,
}

/// Where the configuration is.
#[derive(Clone, Debug, Args)]
pub struct ConfigLocation {
    /// Configuration file [default: $CHECKRUN_CONFIG, ./checkrun.toml or /etc/checkrun/…]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// `checkrun demo`
#[derive(Debug, Args)]
pub struct DemoArguments {
    /// Folder for all files of the demo [default: a new temporary folder]
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
}

/// `checkrun run`
#[derive(Debug, Args)]
pub struct RunArguments {
    /// Where the configuration is.
    #[command(flatten)]
    pub location: ConfigLocation,
    /// Only these targets; names or globs, may be repeated
    #[arg(long, value_name = "TARGET")]
    pub target: Vec<String>,
    /// Only these jobs; names or globs, may be repeated
    #[arg(long, value_name = "CHECK")]
    pub check: Vec<String>,
    /// Only targets with all of these labels
    #[arg(long, value_name = "KEY=VALUE")]
    pub label: Vec<String>,
    /// How to show the runs
    #[arg(long, value_enum, default_value_t = RunFormat::Human)]
    pub format: RunFormat,
    /// Do not write to the history
    #[arg(long)]
    pub no_record: bool,
}

/// `checkrun diagnose`
#[derive(Debug, Args)]
pub struct DiagnoseArguments {
    /// Only these targets: names, globs or `key=value` of a label; all of them when absent
    #[arg(value_name = "TARGET")]
    pub targets: Vec<String>,
    /// Where the configuration is.
    #[command(flatten)]
    pub location: ConfigLocation,
    /// How to show it
    #[arg(long, value_enum, default_value_t = ListFormat::Human)]
    pub format: ListFormat,
}

/// `checkrun doctor`
#[derive(Debug, Args)]
pub struct DoctorArguments {
    /// Where the configuration is.
    #[command(flatten)]
    pub location: ConfigLocation,
    /// How to show it
    #[arg(long, value_enum, default_value_t = ListFormat::Human)]
    pub format: ListFormat,
}

/// `checkrun schedule`
#[derive(Debug, Args)]
pub struct ScheduleArguments {
    /// Where the configuration is.
    #[command(flatten)]
    pub location: ConfigLocation,
    /// Run every job once, in the order of the schedule, and exit as `run` does
    #[arg(long)]
    pub once: bool,
    /// Show every run, and not only changes
    #[arg(long, short)]
    pub verbose: bool,
}

/// `checkrun preflight`
#[derive(Debug, Args)]
pub struct PreflightArguments {
    /// Targets: names, globs or `key=value` labels [default: all]
    #[arg(value_name = "TARGET")]
    pub targets: Vec<String>,
    /// Where the configuration is.
    #[command(flatten)]
    pub location: ConfigLocation,
    /// Ask again until every database is ready, for at most this time, such as `60s`
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub wait: Option<Duration>,
    /// A warning fails too
    #[arg(long)]
    pub strict: bool,
    /// Longer than this, connecting or answering is a warning
    #[arg(long, value_name = "DURATION", default_value = "1000ms", value_parser = parse_duration)]
    pub slow: Duration,
    /// What migrations that are not as expected mean
    #[arg(long, value_enum, default_value_t = Migrations::Warn)]
    pub migrations: Migrations,
    /// How to show the answer
    #[arg(long, value_enum, default_value_t = ListFormat::Human)]
    pub format: ListFormat,
}

/// What migrations that are not as expected mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Migrations {
    /// Nothing
    Ignore,
    /// A warning
    Warn,
    /// Not ready; nor where that cannot be judged
    Require,
}

impl From<Migrations> for MigrationPolicy {
    fn from(migrations: Migrations) -> Self {
        match migrations {
            Migrations::Ignore => Self::Ignore,
            Migrations::Warn => Self::Warn,
            Migrations::Require => Self::Require,
        }
    }
}

/// `checkrun performance`
#[derive(Debug, Args)]
pub struct PerformanceArguments {
    /// Targets: names, globs or `key=value` labels [default: all]
    #[arg(value_name = "TARGET")]
    pub targets: Vec<String>,
    /// Where the configuration is.
    #[command(flatten)]
    pub location: ConfigLocation,
    /// How often to connect and ask [default: as configured, or 3]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=20))]
    pub rounds: Option<u32>,
    /// A query to measure, may be repeated [default: as configured, or two that every database answers]
    #[arg(long, value_name = "SQL")]
    pub query: Vec<String>,
    /// How to show the answer
    #[arg(long, value_enum, default_value_t = ListFormat::Human)]
    pub format: ListFormat,
}

/// `checkrun status`
#[derive(Debug, Args)]
pub struct StatusArguments {
    /// Targets: names, globs or `key=value` labels [default: all]
    #[arg(value_name = "TARGET")]
    pub targets: Vec<String>,
    /// Where the configuration is.
    #[command(flatten)]
    pub location: ConfigLocation,
    /// From the newest recorded outcome of every job, without asking any database
    #[arg(long)]
    pub recorded: bool,
    /// How to show the answer
    #[arg(long, value_enum, default_value_t = ListFormat::Human)]
    pub format: ListFormat,
}

/// The formats of `run`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RunFormat {
    /// For people
    Human,
    /// One JSON document
    Json,
    /// Monitoring plugin output
    Nagios,
    /// Prometheus text format
    Prometheus,
    /// JUnit XML
    Junit,
}

impl From<RunFormat> for Format {
    fn from(format: RunFormat) -> Self {
        match format {
            RunFormat::Human => Self::Human,
            RunFormat::Json => Self::Json,
            RunFormat::Nagios => Self::Nagios,
            RunFormat::Prometheus => Self::Prometheus,
            RunFormat::Junit => Self::Junit,
        }
    }
}

/// The formats of listings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For people
    Human,
    /// One JSON document
    Json,
}

/// A status as a word, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListStatus {
    /// All runs
    Ok,
    /// At least a warning
    Warning,
    /// Not judged, or critical
    Unknown,
    /// Critical only
    Critical,
}

impl From<ListStatus> for StoredStatus {
    fn from(status: ListStatus) -> Self {
        match status {
            ListStatus::Ok => Self::Ok,
            ListStatus::Warning => Self::Warning,
            ListStatus::Unknown => Self::Unknown,
            ListStatus::Critical => Self::Critical,
        }
    }
}

/// `checkrun history …`
#[derive(Debug, Subcommand)]
pub enum HistoryCommand {
    /// The newest runs
    List(HistoryListArguments),
    /// One run with everything it reported
    Show(HistoryShowArguments),
}

/// Where the history is.
#[derive(Debug, Args)]
pub struct HistoryLocation {
    /// Where the configuration is.
    #[command(flatten)]
    pub location: ConfigLocation,
    /// History file [default: as configured]
    #[arg(long, value_name = "FILE", conflicts_with = "config")]
    pub file: Option<PathBuf>,
}

/// `checkrun history list`
#[derive(Debug, Args)]
pub struct HistoryListArguments {
    /// Where the history is.
    #[command(flatten)]
    pub history: HistoryLocation,
    /// Only this job; a name or a glob
    #[arg(long, value_name = "CHECK")]
    pub check: Option<String>,
    /// Only this target; a name or a glob
    #[arg(long, value_name = "TARGET")]
    pub target: Option<String>,
    /// Only this status or worse
    #[arg(long, value_enum, value_name = "STATUS", default_value_t = ListStatus::Ok)]
    pub at_least: ListStatus,
    /// Only runs younger than this, such as `24h` or `7d`
    #[arg(long, value_name = "DURATION")]
    pub since: Option<String>,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = value_parser!(u32).range(1..))]
    pub limit: u32,
    /// How to show them
    #[arg(long, value_enum, default_value_t = ListFormat::Human)]
    pub format: ListFormat,
}

/// `checkrun history show`
#[derive(Debug, Args)]
pub struct HistoryShowArguments {
    /// The run's id, as `history list` shows it
    pub id: i64,
    /// Where the history is.
    #[command(flatten)]
    pub history: HistoryLocation,
    /// How to show it
    #[arg(long, value_enum, default_value_t = ListFormat::Human)]
    pub format: ListFormat,
}

/// `checkrun config …`
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Write a first configuration with comments
    Init(ConfigInitArguments),
    /// Report every problem of the configuration at once
    Check(ConfigCheckArguments),
    /// Print the JSON Schema, for editors
    Schema,
}

/// `checkrun config init`
#[derive(Debug, Args)]
pub struct ConfigInitArguments {
    /// The file to write; it must not exist yet
    #[arg(default_value = "checkrun.toml")]
    pub file: PathBuf,
}

/// `checkrun config check`
#[derive(Debug, Args)]
pub struct ConfigCheckArguments {
    /// Where the configuration is.
    #[command(flatten)]
    pub location: ConfigLocation,
    /// How to show the problems
    #[arg(long, value_enum, default_value_t = ListFormat::Human)]
    pub format: ListFormat,
}

/// `checkrun inspect`
#[derive(Debug, Args)]
pub struct InspectArguments {
    /// A bundled pack's name, or a `.wasm` file; all bundled packs when absent
    pub pack: Option<String>,
    /// How to show it
    #[arg(long, value_enum, default_value_t = ListFormat::Human)]
    pub format: ListFormat,
}
