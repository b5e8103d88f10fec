//! The whole server: how many connections of how many, and who holds them.

use checkrun_sdk::prelude::*;

use super::rating::{Rating, number, percent, ratio};
use super::tally::Tally;
use super::{
    BY_APPLICATION, BY_DATABASE, BY_HOST, BY_USER, CAPACITY, CONNECTIONS, USED, USED_RATIO,
};
use crate::advice::connections::Situation;

/// What connections are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// What they do.
    State,
    /// Whose they are.
    User,
    /// What the client calls itself.
    Application,
    /// What they look at.
    Database,
    /// Where they come from.
    Host,
}

impl Dimension {
    /// The metric, and its label.
    fn metric(self) -> (MetricSpec, &'static str) {
        match self {
            Self::State => (CONNECTIONS, "state"),
            Self::User => (BY_USER, "user"),
            Self::Application => (BY_APPLICATION, "application"),
            Self::Database => (BY_DATABASE, "database"),
            Self::Host => (BY_HOST, "host"),
        }
    }

    /// The name of the evidence.
    fn evidence(self) -> &'static str {
        match self {
            Self::State => "states",
            Self::User => "top_users",
            Self::Application => "top_applications",
            Self::Database => "top_databases",
            Self::Host => "top_hosts",
        }
    }
}

/// Whose connections are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Those to a database server.
    Server,
    /// Those of clients to PgBouncer.
    Clients,
}

impl Side {
    fn situation(self, rating: Rating) -> Situation {
        match (self, rating) {
            (Self::Server, Rating::Optimal) => Situation::ServerOptimal,
            (Self::Server, Rating::Moderate) => Situation::ServerModerate,
            (Self::Server, Rating::High) => Situation::ServerHigh,
            (Self::Clients, Rating::Optimal) => Situation::ClientsOptimal,
            (Self::Clients, Rating::Moderate) => Situation::ClientsModerate,
            (Self::Clients, Rating::High) => Situation::ClientsHigh,
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Server => "connections",
            Self::Clients => "client connections",
        }
    }
}

/// What the server says of all its connections, our own among them: it takes a place like any other.
#[derive(Clone, Debug)]
pub struct Usage {
    /// Whose connections these are.
    pub side: Side,
    /// Connections that are open.
    pub used: u64,
    /// Connections that an ordinary account can have open.
    pub capacity: u64,
    /// How the capacity comes about: `max_connections 100, reserved 3`.
    pub capacity_from: String,
    /// The same connections by what tells them apart; as far as the account may know.
    pub counts: Vec<(Dimension, Tally)>,
}

impl Usage {
    /// The report of the whole, to which the parts are added.
    pub fn report(&self) -> Report {
        let rating = Rating::of(self.used, self.capacity);
        let summary = format!(
            "{}: {} of {} {} in use ({})",
            rating.word(),
            self.used,
            self.capacity,
            self.side.noun(),
            percent(self.used, self.capacity)
        );
        let metrics = self.counts.iter().flat_map(|(dimension, tally)| {
            let (metric, label) = dimension.metric();
            tally
                .top(tally.total().max(self.told(*dimension)))
                .into_iter()
                .map(move |(name, count)| metric.value(number(count)).label(label, name))
        });
        Report::ok(summary)
            .metric(USED.value(number(self.used)))
            .metric(CAPACITY.value(number(self.capacity)))
            .metric(USED_RATIO.value(ratio(self.used, self.capacity)))
            .metrics(metrics)
            .finding(self.finding(rating))
    }

    /// What the counts of a dimension must add up to: states are all told, names may be too many.
    fn told(&self, dimension: Dimension) -> u64 {
        match dimension {
            Dimension::State => 0,
            _ => self.used,
        }
    }

    fn finding(&self, rating: Rating) -> Finding {
        let title = format!(
            "{} of {} {} are in use",
            self.used,
            self.capacity,
            self.side.noun()
        );
        let finding = Finding::new("usage", Status::Ok, title)
            .advice(self.side.situation(rating).advice())
            .evidence("rating", rating.word())
            .evidence("efficiency", rating.efficiency())
            .evidence("used", self.used)
            .evidence("capacity", self.capacity)
            .evidence("used_ratio", percent(self.used, self.capacity))
            .evidence("capacity_from", &self.capacity_from);
        self.counts
            .iter()
            .fold(finding, |finding, (dimension, tally)| {
                finding.evidence(dimension.evidence(), tally.line(self.told(*dimension)))
            })
    }
}
