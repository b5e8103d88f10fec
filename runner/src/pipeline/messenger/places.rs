//! [`Places`]: how many messages are handed over at the same time, in all and of one route, so that a
//! server that answers slowly keeps the other routes' people waiting for nothing.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Messages that are handed over at the same time.
const IN_ALL: usize = 8;

/// Of one route.
const OF_ROUTE: usize = 3;

/// The places of a messenger.
pub(super) struct Places {
    all: Arc<Semaphore>,
    by_route: HashMap<String, Arc<Semaphore>>,
}

/// Taken until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    _of_all: OwnedSemaphorePermit,
    _of_route: OwnedSemaphorePermit,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            all: Arc::new(Semaphore::new(IN_ALL)),
            by_route: HashMap::new(),
        }
    }
}

impl Places {
    /// A place for a message of this route, if one is free.
    pub(super) fn take(&mut self, route: &str) -> Option<Place> {
        let places = || Arc::new(Semaphore::new(OF_ROUTE));
        let of_route = self.by_route.entry(route.to_owned()).or_insert_with(places);
        Some(Place {
            _of_route: Arc::clone(of_route).try_acquire_owned().ok()?,
            _of_all: Arc::clone(&self.all).try_acquire_owned().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_cannot_take_the_places_of_the_others() {
        let mut places = Places::default();
        let slow: Vec<Place> = (0..10).filter_map(|_| places.take("mail")).collect();
        assert_eq!(slow.len(), OF_ROUTE);
        let others: Vec<Place> = ["pager", "chat", "spare"]
            .iter()
            .flat_map(|route| (0..10).map(move |_| *route))
            .filter_map(|route| places.take(route))
            .collect();
        assert_eq!(slow.len() + others.len(), IN_ALL);
        drop(slow);
        assert!(places.take("mail").is_some(), "free again");
    }
}
