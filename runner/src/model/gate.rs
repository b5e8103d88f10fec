//! Whether a target can be reached: what runs learn of it by the way ([`Reach`]), what asking for it
//! answers ([`Knock`]), and the job under which that is kept ([`Job::connection`]).

use std::sync::Arc;
use std::time::Duration;

use super::incident::Rules;
use super::job::Job;
use super::pack::CheckInfo;
use super::schedule::Schedule;
use super::sql::{ConnectionError, SqlError};
use super::target::Target;

/// The pack of what checkrun looks at by itself; none that is loaded has this name.
pub const OWN_PACK: &str = "checkrun";

/// The job that every target has by itself; no configured one has this name.
pub const CONNECTION_JOB: &str = "connection";

/// What that job's check is called in the history, `pack/check`.
pub const CONNECTION_CHECK: &str = "checkrun/connection";

/// How long one attempt to connect may take, where the target's own limit is not shorter.
pub const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// How long the answer to the trivial query may take.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// How often it is asked while a target cannot be reached; more often until that is confirmed.
pub const ASKED_EVERY: Duration = Duration::from_secs(30);

/// What a run learnt of whether its target can be reached, whatever its check made of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Reach {
    /// It did not try.
    #[default]
    Untried,
    /// The target answered.
    Reached,
    /// The target answered at first; then a connection broke or was refused, or an answer did not come
    /// in time. Perhaps the target is gone, perhaps it is only this.
    Doubtful,
    /// There was no connection. Address, account, encryption and database are the target's, so every
    /// class of error stands in the way of all its checks.
    Unreachable(ConnectionError),
}

impl Reach {
    /// After an attempt to connect that failed. Who was let in once has reached the target: the account
    /// may only be at its limit.
    #[must_use]
    pub fn not_connected(self, error: &ConnectionError) -> Self {
        match self {
            Self::Untried | Self::Unreachable(_) => Self::Unreachable(error.clone()),
            Self::Reached | Self::Doubtful => Self::Doubtful,
        }
    }

    /// After a connection was opened.
    #[must_use]
    pub fn connected(self) -> Self {
        match self {
            Self::Untried | Self::Reached | Self::Unreachable(_) => Self::Reached,
            Self::Doubtful => Self::Doubtful,
        }
    }

    /// After a query on an open connection failed.
    #[must_use]
    pub fn not_answered(self, error: &SqlError) -> Self {
        match error {
            SqlError::Connection(_) | SqlError::Timeout(_) => self.out_of_time(),
            SqlError::Server(_)
            | SqlError::PermissionDenied(_)
            | SqlError::UndefinedObject(_)
            | SqlError::Forbidden(_)
            | SqlError::InvalidParameter(_)
            | SqlError::LimitExceeded(_) => self,
        }
    }

    /// After the run's time was over.
    #[must_use]
    pub fn out_of_time(self) -> Self {
        match self {
            Self::Reached | Self::Doubtful => Self::Doubtful,
            // What computes without end says nothing about the target.
            Self::Untried => Self::Untried,
            Self::Unreachable(error) => Self::Unreachable(error),
        }
    }
}

/// What came of asking whether a target can be reached.
#[derive(Clone, Debug, PartialEq)]
pub enum Knock {
    /// It let us in and answered.
    Answered {
        /// Opening the connection.
        connect: Duration,
        /// From sending the trivial query to its answer.
        answer: Duration,
    },
    /// A check has reached it a moment ago, so nobody asked.
    Witnessed,
    /// There is no connection, or no answer to the trivial query.
    Failed(ConnectionError),
}

impl Job {
    /// The job that every target has by itself: can it be reached?
    #[must_use]
    pub fn connection(target: &Arc<Target>) -> Self {
        Self {
            name: CONNECTION_JOB.into(),
            pack: OWN_PACK.into(),
            check: Arc::new(CheckInfo {
                id: "connection".into(),
                title: "Connection".into(),
                description: "Connects and asks a trivial query.".into(),
                tags: Vec::new(),
                engines: Vec::new(),
                parameters: Vec::new(),
                metrics: Vec::new(),
                privileges: Vec::new(),
                suggested_interval_seconds: 30,
                free_metrics: false,
            }),
            target: Arc::clone(target),
            parameters: Vec::new(),
            thresholds: Vec::new(),
            rules: Rules::default(),
            timeout: target.connect_timeout.min(CONNECT_WITHIN) + ANSWER_WITHIN,
            schedule: Schedule::Every(ASKED_EVERY),
        }
    }

    /// Whether it is [`Job::connection`] of its target.
    #[must_use]
    pub fn is_connection(&self) -> bool {
        self.pack == OWN_PACK && self.check.id == CONNECTION_JOB
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sql::{ConnectionClass, ServerError};

    fn error(class: ConnectionClass) -> ConnectionError {
        ConnectionError {
            class,
            message: "no".into(),
            attempts: 1,
        }
    }

    #[test]
    fn without_a_connection_every_class_means_that_no_check_can_do_its_work() {
        for class in ConnectionClass::ALL {
            let error = error(class);
            let alone = Reach::Untried.not_connected(&error);
            assert_eq!(alone, Reach::Unreachable(error.clone()), "{class:?}");
            // With a connection, none says so alone.
            for let_in in [Reach::Reached, Reach::Doubtful] {
                assert_eq!(let_in.clone().not_connected(&error), Reach::Doubtful);
                let broken = SqlError::Connection(error.clone());
                assert_eq!(let_in.not_answered(&broken), Reach::Doubtful, "{class:?}");
            }
        }
    }

    #[test]
    fn what_a_query_s_error_says_of_the_target() {
        let server = ServerError::default;
        let second = Duration::from_secs(1);
        for (error, expected) in [
            (SqlError::Timeout(second), Reach::Doubtful),
            (SqlError::Server(server()), Reach::Reached),
            (SqlError::PermissionDenied(server()), Reach::Reached),
            (SqlError::UndefinedObject(server()), Reach::Reached),
            (SqlError::Forbidden(String::new()), Reach::Reached),
            (SqlError::InvalidParameter(String::new()), Reach::Reached),
            (SqlError::LimitExceeded(String::new()), Reach::Reached),
        ] {
            assert_eq!(Reach::Reached.not_answered(&error), expected, "{error:?}");
        }
    }

    #[test]
    fn one_attempt_after_the_other() {
        let refused = error(ConnectionClass::Refused);
        let second = Reach::Untried.not_connected(&refused).connected();
        assert_eq!(second, Reach::Reached, "the second attempt succeeded");
        let limited = error(ConnectionClass::TooManyConnections);
        let doubt = Reach::Reached.not_connected(&limited);
        assert_eq!(doubt.clone().connected(), Reach::Doubtful, "it has been");
        assert_eq!(Reach::Untried.out_of_time(), Reach::Untried);
        assert_eq!(Reach::Reached.out_of_time(), Reach::Doubtful);
        let none = Reach::Unreachable(refused);
        assert_eq!(none.clone().out_of_time(), none);
    }
}
