//! What the sandbox and the way to a database cost, each against the least that could be done.
//!
//! Prints one line of JSON per figure for `cargo xtask bench`, which makes the table. All figures of
//! one table come from one run on one machine, because only their ratios mean anything elsewhere.
//! Needs the test servers (`CHECKRUN_TEST_SERVERS`).

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use checkrun::execute::sandbox::scripted::ScriptedDatabase;
use checkrun::execute::sandbox::{CompileIn, Pack, PackSource, RunRequest, Sandbox, SandboxOptions};
use checkrun::model::report::Report;
use checkrun::model::run::Micros;
use checkrun::model::status::Status;

mod select_one;

const WARM_UP: usize = 200;
const RUNS: usize = 5_000;

#[expect(clippy::expect_used, reason = "a benchmark has nobody to report to")]
fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        empty_runs().await;
        select_one::measure().await;
    });
}

/// Prints one figure.
#[expect(clippy::print_stdout, reason = "this is the benchmark's output")]
fn figure(name: &str, micros: f64) {
    println!("{{\"name\": \"{name}\", \"micros\": {micros:.3}}}");
}

/// An empty run: fresh store, instance, call, drop.
async fn empty_runs() {
    let pooled = load(Sandbox::new(options()).expect("an engine"), component()).await;
    figure("empty run, sandboxed", median_run(&pooled).await);
    let on_demand = Sandbox::on_demand(options()).expect("an engine");
    let on_demand = load(on_demand, component()).await;
    figure("empty run, instance on demand", median_run(&on_demand).await);
    figure("empty run, native function", median(|| {
        black_box(native as fn(&str) -> Report)(black_box("empty"));
    }));
}

fn options() -> SandboxOptions {
    SandboxOptions { cache: None, compile_in: CompileIn::ThisProcess }
}

async fn load(sandbox: Sandbox, bytes: &'static [u8]) -> Pack {
    sandbox.load(PackSource::Bundled { name: "bench", bytes }).await.expect("the pack loads")
}

async fn median_run(pack: &Pack) -> f64 {
    let mut times = Vec::with_capacity(RUNS);
    for n in 0..WARM_UP + RUNS {
        let request = request(Box::new(ScriptedDatabase::one()));
        let start = Instant::now();
        let result = pack.run(request).await;
        let took = start.elapsed();
        assert!(result.answer.is_ok(), "{:?}", result.answer);
        if n >= WARM_UP {
            times.push(took);
        }
    }
    micros(middle(&mut times))
}
