//! [`Pack`]: a loaded pack, with everything that its runs share.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use wasmtime::Store;

use super::bindings::{self, PackPre, exports::checkrun::check::checks};
use super::engine_room::EngineRoom;
use super::explain::{NotStarted, explain};
use super::host::cpu;
use super::limits;
use super::report::{accept, accept_failure};
use super::run_state::{Deadline, RunRequest, RunState};
use crate::model::gate::Reach;
use crate::model::pack::PackInfo;
use crate::model::report::{Failure, Report};
use crate::model::run::{RunResult, Usage};

/// A pack that is ready to run. Runs share its code and nothing else.
pub struct Pack {
    pub(super) info: Arc<PackInfo>,
    pub(super) sha256: String,
    pub(super) prepared: Prepared,
}

/// A pack's code, linked with what it may call.
pub(super) struct Prepared {
    pub(super) room: Arc<EngineRoom>,
    pub(super) pre: PackPre<RunState>,
    /// For all linear memories of one run together.
    pub(super) memory_bytes: usize,
}

impl Pack {
    /// What it says of itself.
    #[must_use]
    pub fn info(&self) -> &Arc<PackInfo> {
        &self.info
    }

    /// The sha256 of the file it was loaded from, lower-case hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Runs one check in a sandbox of its own. Whatever the check does is in the result, which comes
    /// at the latest when the request's timeout is over. Needs a tokio runtime with time.
    ///
    /// More runs at once than [`limits::POOLED_RUNS`] wait for each other, before their time begins.
    pub async fn run(&self, request: RunRequest) -> RunResult {
        // Never closed, so waiting for a place does not fail.
        let _place = self.prepared.room.places.acquire().await.ok();
        let check = request.check.clone();
        let engines = self
            .info
            .check(&check)
            .map_or_else(Vec::new, |check| check.engines.clone());
        let state = RunState::new(request, engines, self.prepared.memory_bytes);
        let mut store = self.prepared.store(state);
        let deadline = store.data().deadline;
        let ended = guard(deadline, self.prepared.call_run(&mut store, &check)).await;
        let returned = matches!(ended, Ended::Returned(Ok(_)));
        let answer = self.prepared.answer(ended, &store);
        // A job may not be applicable for years; its server's log is not to fill with broken connections.
        let orderly = returned || matches!(answer, Err(Failure::NotApplicable(_)));
        let mut state = store.into_data();
        let database = state.asked.take_database();
        let reach = database.as_ref().map(|database| database.reach());
        let result = result(answer, state, deadline, reach.unwrap_or_default());
        if let Some(database) = database
            && orderly
        {
            // A goodbye that fails or takes too long changes nothing for the result.
            let goodbye = AssertUnwindSafe(database.close()).catch_unwind();
            let _ = tokio::time::timeout(limits::CLOSE_TIME, goodbye).await;
        }
        result
    }
}

/// How a guest's call ended, before anyone looked at what it returned.
enum Ended<T> {
    Returned(wasmtime::Result<T>),
    TimedOut,
    /// A host function panicked: what it said.
    Defect(String),
}

/// Ends the call with the deadline, and keeps a defect in the host from going further.
async fn guard<T>(deadline: Deadline, call: impl Future<Output = wasmtime::Result<T>>) -> Ended<T> {
    // What a panic leaves behind is the run's own store, which is dropped with it.
    let call = AssertUnwindSafe(tokio::time::timeout(deadline.remaining(), call));
    match call.catch_unwind().await {
        Ok(Ok(returned)) => Ended::Returned(returned),
        Ok(Err(_elapsed)) => Ended::TimedOut,
        Err(panic) => Ended::Defect(
            panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("without a text")
                .to_owned(),
        ),
    }
}

impl Prepared {
    fn store(&self, state: RunState) -> Store<RunState> {
        let mut store = Store::new(&self.room.engine, state);
        store.limiter(|state| &mut state.limiter);
        store.set_hostcall_fuel(limits::CALL_BYTES);
        store.set_max_component_handles(limits::HANDLES);
        cpu::watch(&mut store);
        store
    }

    async fn instantiate(&self, store: &mut Store<RunState>) -> wasmtime::Result<bindings::Pack> {
        self.pre
            .instantiate_async(store)
            .await
            .map_err(|error| error.context(NotStarted))
    }

    async fn call_run(
        &self,
        store: &mut Store<RunState>,
        check: &str,
    ) -> wasmtime::Result<Result<checks::Report, checks::Failure>> {
        let _ticking = self.room.ticker.keep_ticking();
        let pack = self.instantiate(store).await?;
        pack.checkrun_check_checks().call_run(store, check).await
    }

    fn answer(
        &self,
        ended: Ended<Result<checks::Report, checks::Failure>>,
        store: &Store<RunState>,
    ) -> Result<Report, Failure> {
        match ended {
            Ended::Returned(Ok(Ok(report))) => accept(report),
            Ended::Returned(Ok(Err(failure))) => Err(accept_failure(failure)),
            Ended::Returned(Err(error)) => Err(explain(&error, store.data())),
            Ended::TimedOut => Err(timed_out(store)),
            Ended::Defect(text) => Err(defect(&text)),
        }
    }

    /// Asks the pack what it is, once, with nothing behind its imports.
    pub(super) async fn describe(&self) -> Result<checks::PackInfo, Failure> {
        let _place = self.room.places.acquire().await.ok();
        let state = RunState::for_describe(limits::DESCRIBE_TIME, self.memory_bytes);
        let mut store = self.store(state);
        let deadline = store.data().deadline;
        let call = async {
            let _ticking = self.room.ticker.keep_ticking();
            let pack = self.instantiate(&mut store).await?;
            pack.checkrun_check_checks().call_describe(&mut store).await
        };
        match guard(deadline, call).await {
            Ended::Returned(Ok(info)) => Ok(info),
            Ended::Returned(Err(error)) => Err(explain(&error, store.data())),
            Ended::TimedOut => Err(timed_out(&store)),
            Ended::Defect(text) => Err(defect(&text)),
        }
    }
}

fn timed_out(store: &Store<RunState>) -> Failure {
    Failure::TimedOut {
        limit: store.data().deadline.timeout,
        during: store.data().asked.during(),
    }
}

fn defect(text: &str) -> Failure {
    Failure::Defect(format!(
        "checkrun itself failed while it served the check, which is not to blame: {text}; please report this"
    ))
}

fn result(
    answer: Result<Report, Failure>,
    state: RunState,
    deadline: Deadline,
    reach: Reach,
) -> RunResult {
    RunResult {
        reach: match answer {
            Err(Failure::TimedOut { .. }) => reach.out_of_time(),
            _ => reach,
        },
        usage: Usage {
            queries: state.asked.queries,
            rows: state.asked.rows,
            bytes: state.asked.bytes,
            database: state.asked.waited(deadline),
            memory_bytes: state.limiter.memory_peak() as u64,
            cpu: state.cpu.used(),
        },
        log: state.log.into_lines(),
        // A run without a report has seen nothing worth remembering.
        state_changes: if answer.is_ok() {
            state.check_state.into_changes()
        } else {
            Vec::new()
        },
        duration: deadline.began.elapsed(),
        answer,
    }
}
