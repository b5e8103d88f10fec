//! The product seen from outside: the built binary against real servers.

mod formats;
mod selection;
mod thresholds;
