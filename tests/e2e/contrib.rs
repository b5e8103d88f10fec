//! What is shipped beside the program: the systemd unit is sound, and as closed as `docs/schedule.md` says.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use checkrun_tests::Stage;

/// Before it, a unit could not be judged without installing it.
const OFFLINE_SINCE: u32 = 250;

/// Tenths; `docs/schedule.md` has the figure of one version. Above 2.0 it is not "OK" any more.
const EXPOSURE_MAX: &str = "--threshold=20";

/// None where systemd's tool is not there, or too old.
fn analyze(arguments: &[&str], unit: &Path) -> Option<Output> {
    let tool = || Command::new("systemd-analyze");
    let version = tool().arg("--version").output().ok()?;
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let version: u32 = version.split_whitespace().nth(1)?.parse().ok()?;
    let may_run = version >= OFFLINE_SINCE;
    may_run.then(|| tool().args(arguments).arg(unit).output().expect("it runs"))
}

#[test]
fn the_unit_is_sound_and_closed() {
    let unit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../contrib/systemd/checkrun.service");
    let text = fs::read_to_string(unit).unwrap();
    let stage = Stage::new("");
    let binary = stage.shell("command -v checkrun").expect(0).stdout;
    let here = text.replace("/usr/local/bin/checkrun", binary.trim());
    assert_ne!(here, text);
    stage.write("checkrun.service", here);
    let unit = stage.path("checkrun.service");
    let checks: [&[&str]; 2] = [&["verify"], &["security", "--offline=true", EXPOSURE_MAX]];
    for check in checks {
        let Some(said) = analyze(check, &unit) else {
            eprintln!("NOT RUN: systemd-analyze {OFFLINE_SINCE} or newer is not there");
            return;
        };
        let complaints = String::from_utf8_lossy(&said.stderr);
        assert!(said.status.success(), "{check:?}: {complaints}");
        assert_eq!(complaints, "", "{check:?}");
    }
}
