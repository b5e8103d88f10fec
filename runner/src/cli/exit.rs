//! Exit codes: those of monitoring plugins for `run`, those of `sysexits.h` for what is not a result.

use std::process::ExitCode;

use crate::model::status::Status;

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0, 1, 2 or 3: ok, warning, critical, unknown, as monitoring plugins do.
    Status(Status),
    /// 1: a database is not ready (`preflight`).
    NotReady,
    /// 64: the command line makes no sense.
    Usage,
    /// 70: a defect of checkrun.
    Defect,
    /// 74: the history cannot be read or written.
    History,
    /// 74: standard output cannot be written, so that nobody may have seen the result.
    Output,
    /// 78: the configuration, or a pack that it names, has problems.
    Configuration,
}

impl Exit {
    /// All is well.
    pub const OK: Self = Self::Status(Status::Ok);

    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Status(Status::Ok) => 0,
            Self::Status(Status::Warning) => 1,
            Self::Status(Status::Critical) => 2,
            Self::Status(Status::Unknown) => 3,
            Self::NotReady => 1,
            Self::Usage => 64,
            Self::Defect => 70,
            Self::History | Self::Output => 74,
            Self::Configuration => 78,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
