//! What the sandbox and the way to a database cost, each against the least that could be done.
//!
//! Prints one line of JSON per figure for `cargo xtask bench`, which makes the table. All figures of
//! one table come from one run on one machine, because only their ratios mean anything elsewhere.
//! Needs the test servers (`CHECKRUN_TEST_SERVERS`).

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark has nobody to report to"
)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use checkrun::execute::database::Database;
use checkrun::execute::sandbox::scripted::ScriptedDatabase;
use checkrun::execute::sandbox::{
    CompileIn, Pack, PackSource, RunRequest, Sandbox, SandboxError, SandboxOptions,
};
use checkrun::model::report::Report;
use checkrun::model::run::Micros;
use checkrun::model::status::Status;

mod select_one;

type Start = fn(SandboxOptions) -> Result<Sandbox, SandboxError>;

const WARM_UP: usize = 200;
const RUNS: usize = 5_000;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        empty_runs().await;
        select_one::measure().await;
    });
}

/// An empty run: fresh store, instance, call, drop.
async fn empty_runs() {
    const EMPTY: &str = include_str!("empty.wat");
    for (name, start) in [
        ("empty run, sandboxed", Sandbox::new as Start),
        ("empty run, instance on demand", Sandbox::without_pool),
    ] {
        let pack = load(EMPTY, start).await;
        let mut times = Times::default();
        for n in 0..WARM_UP + RUNS {
            let request = request("empty", Box::new(ScriptedDatabase::one()));
            let start = Instant::now();
            let result = pack.run(request).await;
            let took = start.elapsed();
            if n >= WARM_UP {
                times.push(took);
            }
            assert!(result.answer.is_ok(), "{:?}", result.answer);
        }
        times.print(name);
    }
    let mut times = Times::default();
    for _ in 0..RUNS {
        let check: fn(&str) -> Report = black_box(native);
        let start = Instant::now();
        black_box(check(black_box("empty")));
        times.push(start.elapsed());
    }
    times.print("empty run, native function");
}

fn native(_check: &str) -> Report {
    Report {
        status: Status::Ok,
        summary: "ok".into(),
        metrics: Vec::new(),
        findings: Vec::new(),
    }
}

async fn load(wat: &str, start: Start) -> Pack {
    let options = SandboxOptions {
        cache: None,
        compile_in: CompileIn::ThisProcess,
    };
    let sandbox = start(options).expect("an engine");
    let mut module = wat::parse_str(wat).expect("the guest's text");
    let mut resolve = wit_parser::Resolve::default();
    let contract = include_str!("../../../sdk/wit/check.wit");
    let package = resolve
        .push_str("check.wit", contract)
        .expect("the contract");
    let world = resolve
        .select_world(&[package], Some("pack"))
        .expect("the world");
    wit_component::embed_component_metadata(
        &mut module,
        &resolve,
        world,
        wit_component::StringEncoding::UTF8,
    )
    .expect("the metadata");
    let bytes = Box::leak(module.into_boxed_slice());
    sandbox
        .load(PackSource::Bundled {
            name: "bench",
            bytes,
        })
        .await
        .expect("the pack loads")
}

fn request(check: &str, database: Box<dyn Database>) -> RunRequest {
    RunRequest {
        check: check.into(),
        target: "bench".into(),
        labels: BTreeMap::new(),
        parameters: Vec::new(),
        started: Micros(0),
        timeout: Duration::from_secs(10),
        state: BTreeMap::new(),
        database,
    }
}

/// How long each of many calls took.
#[derive(Default)]
struct Times(Vec<Duration>);

impl Times {
    fn push(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// The median, as a line of JSON.
    fn print(mut self, name: &str) {
        self.0.sort_unstable();
        let median = self.0[self.0.len() / 2].as_secs_f64() * 1e6;
        println!("{{\"name\": \"{name}\", \"median_us\": {median:.3}}}");
    }
}
