//! [`Error`]: why a check has no report.

use std::fmt;

use crate::sql::error::DatabaseError;
use crate::sql::rows::ColumnError;

/// What a check and most of the SDK's functions return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why there is no report. `?` makes one of a [`DatabaseError`] or a [`ColumnError`]; for any other
/// error, `.map_err(Error::internal)?`.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// The check has nothing to say about this target; not a problem.
    NotApplicable(String),
    /// A parameter's value does not work.
    BadParameter {
        /// Its name.
        parameter: String,
        /// What is wrong, and what would be right.
        why: String,
    },
    /// The account lacks a privilege; the text is the statement that grants it.
    MissingPrivilege(String),
    /// The database did not answer.
    Database(DatabaseError),
    /// The check is broken, or meets something it was not written for.
    Internal(String),
}

impl Error {
    /// The check has nothing to say about this target, and why.
    pub fn not_applicable(why: impl fmt::Display) -> Self {
        Self::NotApplicable(why.to_string())
    }

    /// A parameter's value does not work, and why.
    pub fn bad_parameter(parameter: impl Into<String>, why: impl fmt::Display) -> Self {
        Self::BadParameter {
            parameter: parameter.into(),
            why: why.to_string(),
        }
    }

    /// The statement that grants what the account lacks, such as `GRANT pg_monitor TO <account>`.
    pub fn missing_privilege(grant: impl Into<String>) -> Self {
        Self::MissingPrivilege(grant.into())
    }

    /// Something that the check was not written for.
    pub fn internal(why: impl fmt::Display) -> Self {
        Self::Internal(why.to_string())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotApplicable(why) => write!(f, "not applicable: {why}"),
            Self::BadParameter { parameter, why } => write!(f, "parameter `{parameter}`: {why}"),
            Self::MissingPrivilege(grant) => {
                write!(f, "the account lacks a privilege; run: {grant}")
            }
            Self::Database(error) => error.fmt(f),
            Self::Internal(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Database(error) => Some(error),
            Self::NotApplicable(_)
            | Self::BadParameter { .. }
            | Self::MissingPrivilege(_)
            | Self::Internal(_) => None,
        }
    }
}

impl From<DatabaseError> for Error {
    fn from(error: DatabaseError) -> Self {
        Self::Database(error)
    }
}

impl From<ColumnError> for Error {
    fn from(error: ColumnError) -> Self {
        Self::Internal(error.to_string())
    }
}
