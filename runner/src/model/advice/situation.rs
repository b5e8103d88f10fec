//! [`Situation`]: what the host notices by itself when it judges a run or answers `preflight`, `status` or
//! `performance`.

use std::time::Duration;

use crate::model::unit::format_duration;

/// Something to know, with its evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Situation<'a> {
    /// A configured threshold has nothing to be held against.
    NotReported {
        /// The threshold's metric.
        metric: &'a str,
    },
    /// The check that an operation asks is not there, or does not work on the target's engine.
    NoCheck {
        /// `pack/check`.
        check: &'a str,
    },
    /// The history knows nothing of a target.
    NoOutcome,
    /// The validation query has no answer, and nothing says why.
    NoAnswer {
        /// The run's summary.
        summary: &'a str,
    },
    /// Connecting took longer than was asked for.
    SlowToConnect {
        /// How long.
        took: Duration,
        /// What was asked for.
        limit: Duration,
    },
    /// The answer took longer than was asked for.
    SlowToAnswer {
        /// How long.
        took: Duration,
        /// What was asked for.
        limit: Duration,
    },
    /// Nothing says which migrations an application expects.
    NothingExpected,
    /// A check is to be given the names in a folder, which could not be read.
    FolderNotRead {
        /// The check's configured name.
        job: &'a str,
        /// Which folder, and why not.
        why: &'a str,
        /// What helps with that.
        hint: Option<&'a str>,
    },
}

impl Situation<'_> {
    /// The stable word for it.
    #[must_use]
    pub fn class(&self) -> &'static str {
        match self {
            Self::NotReported { .. } => "not-reported",
            Self::NoCheck { .. } => "no-check",
            Self::NoOutcome => "no-outcome",
            Self::NoAnswer { .. } => "no-answer",
            Self::SlowToConnect { .. } => "slow-to-connect",
            Self::SlowToAnswer { .. } => "slow-to-answer",
            Self::NothingExpected => "nothing-expected",
            Self::FolderNotRead { .. } => "folder-not-read",
        }
    }

    /// What was seen, with the evidence.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::NotReported { metric } => {
                format!("{metric} was not reported, so its threshold cannot be judged")
            }
            Self::NoCheck { check } => format!("`{check}` cannot be asked of it"),
            Self::NoOutcome => "the history has no outcome of it".into(),
            Self::NoAnswer { summary } => (*summary).to_owned(),
            Self::SlowToConnect { took, limit } => format!(
                "connecting took {}, longer than {}",
                format_duration(*took),
                format_duration(*limit)
            ),
            Self::SlowToAnswer { took, limit } => format!(
                "it answered in {}, slower than {}",
                format_duration(*took),
                format_duration(*limit)
            ),
            Self::NothingExpected => {
                "whether migrations are pending cannot be judged: nothing says \
                                      what the application expects"
                    .into()
            }
            Self::FolderNotRead { job, why, .. } => {
                format!("what `{job}` expects cannot be judged: {why}")
            }
        }
    }

    /// What to try first.
    #[must_use]
    pub fn advice(&self) -> String {
        match self {
            Self::NotReported { .. } => {
                "Remove the threshold for this target, or mend what keeps the check from measuring."
                    .into()
            }
            Self::NoCheck { check } => format!(
                "`checkrun inspect` shows which checks there are, and on which engines they work; \
                 `{check}` comes with every build by `cargo xtask build`."
            ),
            Self::NoOutcome => {
                "Run `checkrun run` for it, or ask it now without `--recorded`.".into()
            }
            Self::NoAnswer { .. } => {
                "Run the check by itself with `checkrun run`: its findings say more.".into()
            }
            Self::SlowToConnect { .. } | Self::SlowToAnswer { .. } => {
                "`checkrun diagnose` says which part of it takes the time".into()
            }
            Self::NothingExpected => {
                "Set `folder` or `expected` of core/migrations for this target, or \
                 `migrations_folder` or `migrations_expected` of core/health."
                    .into()
            }
            Self::FolderNotRead { hint, .. } => hint
                .unwrap_or("Let the account that runs checkrun list the folder.")
                .to_owned(),
        }
    }
}
