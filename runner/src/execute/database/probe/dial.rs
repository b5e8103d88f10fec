//! The first two steps: the name, and a connection to one of its addresses.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

use super::Line;
use crate::clock::Clock;
use crate::execute::database::network;
use crate::model::probe::{Dial, LookUp, Obstacle};
use crate::model::sql::ConnectionClass;

/// Looks a host's name up.
pub async fn look_up(name: &str, limit: Duration) -> LookUp {
    let start = Clock::System.start();
    let addresses = match timeout(limit, tokio::net::lookup_host((name, 0))).await {
        Ok(Ok(found)) => {
            let mut addresses: Vec<IpAddr> = Vec::new();
            for address in found.map(|found| found.ip()) {
                if !addresses.contains(&address) {
                    addresses.push(address);
                }
            }
            match addresses.is_empty() {
                true => Err(unresolved("the name has no address".into())),
                false => Ok(addresses),
            }
        }
        Ok(Err(error)) => Err(unresolved(error.to_string())),
        Err(_) => Err(unresolved(format!(
            "the resolver did not answer within {limit:?}"
        ))),
    };
    LookUp {
        addresses,
        took: start.elapsed(),
    }
}

fn unresolved(message: String) -> Obstacle {
    Obstacle {
        class: ConnectionClass::Dns,
        message,
    }
}

/// Tries the addresses in their order until one accepts. What is left of `limit` is shared out among
/// those that are left, so that one that swallows packets does not hide the others.
pub async fn dial(addresses: &[SocketAddr], limit: Duration) -> (Vec<Dial>, Option<Line>) {
    let start = Clock::System.start();
    let mut dials = Vec::new();
    for (index, address) in addresses.iter().enumerate() {
        let left = u32::try_from(addresses.len() - index).unwrap_or(u32::MAX);
        let share = limit.saturating_sub(start.elapsed()) / left;
        let (dial, stream) = attempt(address.to_string(), share, TcpStream::connect(address)).await;
        dials.push(dial);
        if let Some(stream) = stream {
            // Without it the second of two small packets waits for the first one's acknowledgement.
            let _ = stream.set_nodelay(true);
            return (dials, Some(Line::Tcp(stream)));
        }
    }
    (dials, None)
}

/// Opens a Unix socket.
pub async fn dial_socket(path: &Path, limit: Duration) -> (Vec<Dial>, Option<Line>) {
    let to = path.display().to_string();
    let (dial, stream) = attempt(to, limit, UnixStream::connect(path)).await;
    (vec![dial], stream.map(Line::Socket))
}

async fn attempt<S>(
    to: String,
    limit: Duration,
    connecting: impl Future<Output = io::Result<S>>,
) -> (Dial, Option<S>) {
    let start = Clock::System.start();
    let (obstacle, stream) = match timeout(limit, connecting).await {
        Ok(Ok(stream)) => (None, Some(stream)),
        Ok(Err(error)) => (Some(obstacle(&error)), None),
        Err(_) => {
            let message = format!("no answer within {limit:.1?}");
            let class = ConnectionClass::Timeout;
            (Some(Obstacle { class, message }), None)
        }
    };
    let took = start.elapsed();
    (Dial { to, took, obstacle }, stream)
}

/// What an error of the operating system stands for.
pub(super) fn obstacle(error: &io::Error) -> Obstacle {
    Obstacle {
        class: network::classify(error),
        message: error.to_string(),
    }
}
