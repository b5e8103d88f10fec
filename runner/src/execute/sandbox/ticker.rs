//! The ticker: a thread that lets running guests be looked at every [`TICK`].
//!
//! It rests while nothing runs. It falls asleep only after a while without runs, so that a steady
//! stream of short runs never pays for waking it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, Thread};

use wasmtime::EngineWeak;

use super::limits::TICK;

/// Ticks without any run after which the thread sleeps: one second.
const TICKS_UNTIL_SLEEP: u32 = 100;

/// The ticking thread of an engine; ends when dropped.
pub(super) struct Ticker {
    shared: Arc<Shared>,
    thread: Thread,
}

struct Shared {
    runs: AtomicUsize,
    asleep: AtomicBool,
    stopped: AtomicBool,
}

/// While it lives, the ticker ticks.
pub(super) struct Ticking<'a>(&'a Shared);

impl Ticker {
    /// Starts the thread.
    ///
    /// # Errors
    /// The system has no more threads.
    pub(super) fn start(engine: EngineWeak) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            runs: AtomicUsize::new(0),
            asleep: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
        });
        let seen = Arc::clone(&shared);
        let handle = thread::Builder::new()
            .name("checkrun-ticker".into())
            .spawn(move || tick(&seen, &engine))?;
        Ok(Self {
            shared,
            thread: handle.thread().clone(),
        })
    }

    /// Keeps the ticker awake until the result is dropped.
    pub(super) fn keep_ticking(&self) -> Ticking<'_> {
        self.shared.runs.fetch_add(1, Ordering::SeqCst);
        if self.shared.asleep.load(Ordering::SeqCst) {
            self.thread.unpark();
        }
        Ticking(&self.shared)
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        self.thread.unpark();
    }
}

impl Drop for Ticking<'_> {
    fn drop(&mut self) {
        self.0.runs.fetch_sub(1, Ordering::SeqCst);
    }
}

fn tick(shared: &Shared, engine: &EngineWeak) {
    let mut idle = 0;
    while !shared.stopped.load(Ordering::SeqCst) {
        thread::sleep(TICK);
        if let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
        }
        if shared.runs.load(Ordering::SeqCst) > 0 {
            idle = 0;
            continue;
        }
        idle += 1;
        if idle < TICKS_UNTIL_SLEEP {
            continue;
        }
        shared.asleep.store(true, Ordering::SeqCst);
        // A run that began before `asleep` was set did not wake us, but is counted by now; one that
        // begins later finds `asleep` and leaves a wake-up that `park` returns with at once.
        if shared.runs.load(Ordering::SeqCst) == 0 && !shared.stopped.load(Ordering::SeqCst) {
            thread::park();
        }
        shared.asleep.store(false, Ordering::SeqCst);
        idle = 0;
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use wasmtime::Engine;

    use super::*;

    fn eventually(what: &str, holds: impl Fn() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !holds() {
            assert!(Instant::now() < deadline, "not within 20 s: {what}");
            thread::yield_now();
        }
    }

    #[test]
    fn it_sleeps_without_runs_and_wakes_for_the_next_one() {
        let engine = Engine::default();
        let ticker = Ticker::start(engine.weak()).expect("a thread");
        let asleep = || ticker.shared.asleep.load(Ordering::SeqCst);
        eventually("it sleeps", asleep);
        let run = ticker.keep_ticking();
        eventually("it is awake", || !asleep());
        drop(run);
        eventually("it sleeps again", asleep);
    }

    #[test]
    fn its_thread_ends_with_it() {
        let engine = Engine::default();
        let ticker = Ticker::start(engine.weak()).expect("a thread");
        let seen = Arc::downgrade(&ticker.shared);
        drop(ticker);
        eventually("the thread has let go", || seen.strong_count() == 0);
    }
}
