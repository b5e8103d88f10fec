//! A pack of one's own, as somebody outside writes it: the template, and checks that misbehave.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use checkrun_testkit::wasm::Toolchain;
use checkrun_testkit::{Servers, account, eventually};
use checkrun_tests::stage::target_folder;
use checkrun_tests::{Notices, Stage, server_target, snapshot};

const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Besides the template's check: one that panics, one that counts its runs, two that ask a server which
/// they do not work on, one that needs a privilege.
const SOURCE: &str = r#"//! The template's check, and five more.

mod long_transactions;

use checkrun_sdk::prelude::*;
use long_transactions::long_transactions;

const RUNS: MetricSpec = MetricSpec::count("runs", "Runs so far");

/// Panics.
#[check(title = "Panics")]
fn panics(_ctx: &Ctx) -> Result<Report> {
    let rows: Vec<u32> = Vec::new();
    Ok(Report::ok(format!("{}", rows[3])))
}

/// Counts its own runs.
#[check(title = "Counts", metrics = [RUNS])]
fn counts(ctx: &Ctx) -> Result<Report> {
    let runs = ctx.state("runs").and_then(|runs| runs.parse::<u32>().ok()).unwrap_or(0) + 1;
    ctx.set_state("runs", &runs.to_string())?;
    Ok(Report::ok(format!("run {runs}")).metric(RUNS.value(f64::from(runs))))
}

/// Asks what only a server to come would answer, and hides that it did not.
#[check(title = "Too new", engines = [postgresql >= "99"])]
fn too_new(ctx: &Ctx) -> Result<Report> {
    let _ = ctx.query("select pg_create_miracle()", ());
    Ok(Report::ok("went on"))
}

/// As `too_new`, for MySQL alone.
#[check(title = "MySQL only", engines = [mysql])]
fn mysql_only(ctx: &Ctx) -> Result<Report> {
    let _ = ctx.query("select miracle()", ());
    Ok(Report::ok("went on"))
}

/// What is asked, and what it needs.
#[derive(Params)]
pub struct Need {
    /// The statement.
    sql: String,
    /// What lets the account run it.
    grant: String,
}

/// Needs a privilege.
#[check(title = "Needs a privilege")]
fn needs(ctx: &Ctx, need: Need) -> Result<Report> {
    match ctx.query(&need.sql, ()) {
        Ok(_) => Ok(Report::ok("it may")),
        Err(DatabaseError::PermissionDenied(_)) => Err(Error::missing_privilege(need.grant)),
        Err(error) => Err(error.into()),
    }
}

checkrun_sdk::pack!(
    name = "acme",
    checks = [long_transactions, panics, counts, too_new, mysql_only, needs]
);
"#;

/// The pack, built once from the template in a folder outside the workspace's packages.
pub(crate) fn pack() -> &'static Path {
    static PACK: OnceLock<PathBuf> = OnceLock::new();
    PACK.get_or_init(|| {
        let folder = target_folder().join("tmp/own-pack");
        let template = Path::new(WORKSPACE).join("sdk/template");
        fs::create_dir_all(folder.join("src")).unwrap();
        let manifest = fs::read_to_string(template.join("Cargo.toml")).unwrap();
        let sdk = Path::new(WORKSPACE)
            .join("sdk/rust")
            .canonicalize()
            .unwrap();
        let manifest = manifest.replace("\"../rust\"", &format!("{sdk:?}"));
        let manifest = manifest.replace("\"acme-checks\"", "\"own-checks\"");
        fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        let lock = Path::new(WORKSPACE).join("Cargo.lock");
        fs::copy(lock, folder.join("Cargo.lock")).unwrap();
        let check = "src/long_transactions.rs";
        fs::copy(template.join(check), folder.join(check)).unwrap();
        fs::write(folder.join("src/lib.rs"), SOURCE).unwrap();
        let (mut cargo, built) = Toolchain::from_environment()
            .cargo_build("release", &target_folder().join("tmp/packs"))
            .unwrap();
        let output = cargo
            .args(["--offline", "--quiet"])
            .current_dir(&folder)
            .env("RUSTFLAGS", "-Dwarnings")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "the pack does not build:\n{said}");
        built.join("own_checks.wasm")
    })
}

fn stage(check: &str) -> Stage {
    let servers = Servers::from_environment();
    stage_on(
        &server_target("pg", &servers.postgres, account::MONITOR),
        check,
    )
}

fn stage_on(target: &str, check: &str) -> Stage {
    let stage = Stage::new(&format!(
        "{target}\n[[pack]]\npath = \"packs/acme.wasm\"\n[[check]]\nuse = \"acme/{check}\"\ntargets = [\"*\"]\n"
    ));
    stage.write("packs/acme.wasm", fs::read(pack()).unwrap());
    stage
}

#[test]
fn heavy_the_template_runs_as_it_is() {
    let stage = stage("long_transactions");
    let document = stage.run(&["run", "--format", "json"]).expect(0).json();
    assert_eq!(
        document["runs"][0]["metrics"][0]["name"],
        "longest_transaction"
    );
    assert_eq!(document["runs"][0]["metrics"][0]["warning"], "> 15m");
    let inspected = stage.run(&["inspect", "packs/acme.wasm"]).expect(0);
    assert!(
        inspected
            .stdout
            .contains("acme/long_transactions  Long transactions"),
        "{}",
        inspected.stdout
    );
}

#[test]
fn heavy_a_check_that_panics_is_told_with_its_message_and_place() {
    let ended = stage("panics").run(&["run"]).expect(3);
    snapshot("a check that panics", &ended.transcript());
}

#[test]
fn heavy_what_a_check_remembers_survives_the_process() {
    let stage = stage("counts");
    for run in 1..=3 {
        let ended = stage.run(&["run"]).expect(0);
        assert!(
            ended.stdout.contains(&format!("run {run}\n")),
            "{}",
            ended.stdout
        );
    }
    // Without a record nothing is remembered either.
    for _ in 0..2 {
        let ended = stage.run(&["run", "--no-record"]).expect(0);
        assert!(ended.stdout.contains("run 4\n"), "{}", ended.stdout);
    }
}

#[test]
fn heavy_a_run_of_a_schedule_finds_what_the_run_before_has_remembered() {
    let mut stage = stage("counts");
    let configuration = fs::read_to_string(stage.path("checkrun.toml")).unwrap();
    stage.write("checkrun.toml", configuration + "every = \"1s\"\n");
    let notices = Notices::on(&mut stage);
    let running = stage.start(&["schedule"]);
    let _ = notices.wait_for("READY=1", Duration::from_secs(25));
    let wait_for_runs = |count: i64| {
        eventually("enough runs", Duration::from_secs(20), || {
            let runs: i64 = stage.value("checkrun.db", "select count(*) from run");
            (runs >= count).then_some(())
        });
    };
    wait_for_runs(3);
    running.signal("HUP");
    let _ = notices.wait_for("RELOADING=1", Duration::from_secs(20));
    let _ = notices.wait_for("READY=1", Duration::from_secs(20));
    wait_for_runs(6);
    running.signal("TERM");
    let _ = running.wait_from_now(Duration::from_secs(12)).expect(0);
    let out_of_order: i64 = stage.value(
        "checkrun.db",
        "select count(*) from (select value, row_number() over (order by time) as place from v_sample where target <> 'checkrun') where value <> place",
    );
    assert_eq!(out_of_order, 0);
}

#[test]
fn heavy_a_server_that_the_check_does_not_work_on_is_not_asked() {
    let servers = Servers::from_environment();
    // Only the server knows that a `mysql:` URL leads to MariaDB.
    let mariadb =
        server_target("shop", &servers.mariadb, account::MONITOR).replace("mariadb://", "mysql://");
    for (check, stage) in [
        ("too_new", stage("too_new")),
        ("mysql_only", stage_on(&mariadb, "mysql_only")),
    ] {
        let ended = stage.run(&["run", "--format", "json"]).expect(0);
        let run = &ended.json()["runs"][0];
        assert_eq!(run["usage"]["queries"], 0, "{run:#}");
        assert_eq!(run["failure"], "not-applicable", "{run:#}");
        let shown = stage.run(&["run"]).expect(0);
        snapshot(
            &format!("a server that {check} does not work on"),
            &shown.transcript(),
        );
    }
}
