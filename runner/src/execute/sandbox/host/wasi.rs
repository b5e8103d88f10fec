//! WASI for packs that bring a language runtime: everything is there, nothing is granted.
//!
//! No arguments, environment, standard input, files or network; the time of day is the run's start;
//! what is written to standard output and error is kept, up to a limit, to explain a failure.

use std::time::Duration;

use wasmtime::component::ResourceTable;
use wasmtime_wasi::{HostWallClock, WasiCtx, WasiCtxView, WasiView};

use super::output::Output;
use crate::execute::sandbox::limits;
use crate::execute::sandbox::run_state::RunState;
use crate::model::run::Micros;

/// Bytes of randomness in one call.
const RANDOM_BYTES: u64 = 64 * 1024;

/// The WASI side of one run.
pub(in crate::execute::sandbox) struct Wasi {
    context: WasiCtx,
    table: ResourceTable,
    stderr: Output,
    stdout: Output,
}

impl Wasi {
    fn new(started: Micros) -> Self {
        let stdout = Output::default();
        let stderr = Output::default();
        let context = WasiCtx::builder()
            .stdout(stdout.clone())
            .stderr(stderr.clone())
            .max_random_size(RANDOM_BYTES)
            .wall_clock(StoppedClock(started))
            .allow_tcp(false)
            .allow_udp(false)
            .allow_ip_name_lookup(false)
            .build();
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits::HANDLES);
        Self {
            context,
            table,
            stderr,
            stdout,
        }
    }

    /// What the pack wrote last, standard error before standard output; nothing when it wrote nothing.
    pub(in crate::execute::sandbox) fn output(&self) -> Option<String> {
        [&self.stderr, &self.stdout]
            .into_iter()
            .map(|pipe| pipe.text().trim().to_owned())
            .find(|text| !text.is_empty())
    }
}

impl WasiView for RunState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let wasi = self
            .wasi
            .get_or_insert_with(|| Box::new(Wasi::new(self.subject.started)));
        WasiCtxView {
            ctx: &mut wasi.context,
            table: &mut wasi.table,
        }
    }
}

/// Always shows the run's start.
struct StoppedClock(Micros);

impl HostWallClock for StoppedClock {
    fn resolution(&self) -> Duration {
        Duration::from_micros(1)
    }

    fn now(&self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.0).unwrap_or(0))
    }
}
