//! Who waits for whom: a target that hangs keeps nothing from the others.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::bounds::{IN_FLIGHT_MAX, Place};
use super::*;

mod judging;

/// Runs at once in the tests, in all.
const PARALLEL: usize = 16;

fn job(target: &str) -> Arc<Job> {
    Arc::new(Job::plain("health", target))
}

async fn in_time<F: Future>(what: &str, waiting: F) -> F::Output {
    let waited = tokio::time::timeout(Duration::from_secs(20), waiting).await;
    waited.unwrap_or_else(|_| panic!("not within 20 s: {what}"))
}

#[tokio::test]
async fn jobs_that_wait_for_a_hanging_target_keep_nothing_from_the_others() {
    let (hanging, fast) = (job("hanging"), job("fast"));
    let bounds = Arc::new(Bounds::new(&[hanging.clone(), fast.clone()], PARALLEL));
    let _held = [
        bounds.queue(&hanging).enter().await,
        bounds.queue(&hanging).enter().await,
    ];
    let waiting = Arc::new(AtomicUsize::new(0));
    for _ in 0..IN_FLIGHT_MAX * 2 {
        let (bounds, hanging) = (Arc::clone(&bounds), Arc::clone(&hanging));
        let waiting = Arc::clone(&waiting);
        tokio::spawn(async move {
            // One thread: whoever sees the new number sees us in the queue.
            waiting.fetch_add(1, Ordering::SeqCst);
            bounds
                .queue(&hanging)
                .enter()
                .await
                .map(Place::leave)
                .is_some()
        });
    }
    while waiting.load(Ordering::SeqCst) < IN_FLIGHT_MAX * 2 {
        tokio::task::yield_now().await;
    }
    for _ in 0..100 {
        let place = in_time("a place for the fast one", bounds.queue(&fast).enter()).await;
        assert!(place.is_some());
    }
}

#[tokio::test]
async fn a_run_that_waits_for_the_disk_lets_others_execute() {
    let job = job("orders");
    let bounds = Bounds::new(&[Arc::clone(&job)], 1);
    let mut recording = Vec::new();
    for _ in 0..IN_FLIGHT_MAX {
        let place = in_time("a place", bounds.queue(&job).enter()).await;
        recording.push(place.map(Place::leave));
    }
    // But not without end.
    assert_eq!(bounds.in_flight.available_permits(), 0);
    recording.pop();
    assert_eq!(bounds.in_flight.available_permits(), 1);
}

#[tokio::test]
async fn whoever_waits_for_a_hanging_target_gives_up_when_nothing_is_started_any_more() {
    let hanging = job("hanging");
    let bounds = Bounds::new(&[Arc::clone(&hanging)], PARALLEL);
    let _held = [
        bounds.queue(&hanging).enter().await,
        bounds.queue(&hanging).enter().await,
    ];
    let waiting = tokio::spawn(bounds.queue(&hanging).enter());
    tokio::task::yield_now().await;
    bounds.close();
    let place = in_time("nobody to wait for a place", waiting).await;
    assert!(place.expect("no panic").is_none());
}
