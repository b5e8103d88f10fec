//! Guest CPU: how long the guest itself computed, host calls not counted.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use wasmtime::{CallHook, Store, UpdateDeadline};

use crate::execute::sandbox::limits;
use crate::execute::sandbox::refusal::Refusal;
use crate::execute::sandbox::run_state::RunState;

/// Time spent in the guest.
#[derive(Default)]
pub(in crate::execute::sandbox) struct Cpu {
    used: Duration,
    /// When the guest began to compute; none while it does not. Shared with the future that a guest
    /// waits for at a tick, so that waiting for its turn is not counted.
    entered: Arc<Mutex<Option<Instant>>>,
}

impl Cpu {
    /// What is accounted for so far.
    pub(in crate::execute::sandbox) fn used(&self) -> Duration {
        self.used
    }

    fn enter(&self) {
        *lock(&self.entered) = Some(Instant::now());
    }

    /// Adds the stretch since the guest was entered.
    fn leave(&mut self) {
        let entered = lock(&self.entered).take();
        if let Some(entered) = entered {
            self.used += entered.elapsed().min(limits::CPU_STRETCH);
        }
    }

    fn check(&self) -> Result<(), Refusal> {
        if self.used > limits::CPU {
            return Err(Refusal::Cpu);
        }
        Ok(())
    }

    /// Lets others have their turn; the guest's time goes on when it has its own again.
    fn take_turns(&self) -> impl Future<Output = ()> + Send + use<> {
        let entered = Arc::clone(&self.entered);
        async move {
            tokio::task::yield_now().await;
            *lock(&entered) = Some(Instant::now());
        }
    }
}

fn lock(entered: &Mutex<Option<Instant>>) -> MutexGuard<'_, Option<Instant>> {
    entered.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Accounts the guest's time and ends it when there is too much of it. At every tick the guest also
/// yields, so that the run's timeout is noticed and other runs on the thread get their turn.
pub(in crate::execute::sandbox) fn watch(store: &mut Store<RunState>) {
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(|mut context| {
        let cpu = &mut context.data_mut().cpu;
        cpu.leave();
        cpu.check()?;
        Ok(UpdateDeadline::YieldCustom(1, Box::pin(cpu.take_turns())))
    });
    store.call_hook(|mut context, transition| {
        let cpu = &mut context.data_mut().cpu;
        match transition {
            CallHook::CallingWasm | CallHook::ReturningFromHost => cpu.enter(),
            // Many short stretches may never meet a tick, so it is checked here too.
            CallHook::CallingHost => {
                cpu.leave();
                cpu.check()?;
            }
            CallHook::ReturningFromWasm => cpu.leave(),
        }
        Ok(())
    });
}
