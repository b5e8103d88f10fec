//! An example configuration, ready to be run against servers of its own.

#![expect(clippy::panic, reason = "this is how a test fails")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use checkrun_testkit::{Endpoint, Engine, Options, Server, account};
use checkrun_tests::{Ended, Stage, snapshot};

/// Commands that show runs in the order in which they end.
const RUNNING: [&str; 2] = ["checkrun run", "checkrun schedule --once"];

/// Nothing listens here.
const DEAD: &str = "127.0.0.1:1";

/// One command of an example, and how it ends.
pub struct Step {
    /// As the header has it.
    pub command: &'static str,
    /// Its exit code.
    pub code: i32,
}

/// An example in a folder of its own, with servers of its own: what other tests do on the shared ones would be
/// told by `core/connections`.
pub struct Rehearsal {
    /// Where its commands are run.
    pub stage: Stage,
    _servers: [Server; 2],
}

impl Rehearsal {
    /// The example and its secrets; the databases called `down` are not there.
    ///
    /// The rule is the same for all examples: each `url` becomes that of the server of its engine, or of a file in
    /// the folder; each secret is that account's password, in the place where the example looks for it. Mail goes
    /// into the folder `outbox`, which takes no password.
    pub fn new(file: &str, down: &[&str]) -> Self {
        let servers = [Engine::Postgres, Engine::Mariadb]
            .map(|engine| Server::start(engine, &Options::default()).unwrap());
        let [postgres, mariadb] = [&servers[0], &servers[1]].map(Server::endpoint);
        Self {
            stage: stage(file, down, &postgres, &mariadb),
            _servers: servers,
        }
    }
}

fn stage(file: &str, down: &[&str], postgres: &Endpoint, mariadb: &Endpoint) -> Stage {
    let mut text = String::new();
    let mut secrets = Vec::new();
    let mut is_mail = false;
    for line in example(file).lines() {
        if line.starts_with('[') {
            is_mail = line == "[email]";
        }
        let line = match line.split_once(" = ") {
            Some(("smtp", _)) => "smtp = \"file:./outbox\"".to_owned(),
            Some(("password", _)) if is_mail => continue,
            Some(("url", url)) => {
                let url = here(url.trim_matches('"'), down, postgres, mariadb);
                format!("url = \"{url}\"")
            }
            Some(("password", place)) => {
                secrets.push(place.to_owned());
                line.replace("/run/secrets/", "./secrets/")
            }
            _ => line.to_owned(),
        };
        text.push_str(&line);
        text.push('\n');
    }
    let mut stage = Stage::new("");
    stage.write(file, text);
    for place in secrets {
        hide(&mut stage, &place);
    }
    let credentials = stage.path("credentials");
    stage.set("CREDENTIALS_DIRECTORY", credentials.as_os_str());
    stage
}

/// The example as it is shipped.
pub fn example(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../examples")
        .join(file);
    fs::read_to_string(path).unwrap()
}

/// The same database here.
fn here(url: &str, down: &[&str], postgres: &Endpoint, mariadb: &Endpoint) -> String {
    let (scheme, rest) = url
        .split_once("://")
        .or_else(|| url.split_once(':'))
        .unwrap();
    let name = rest.rsplit('/').next().unwrap();
    if down
        .iter()
        .any(|down| name.trim_end_matches(".db") == *down)
    {
        return match scheme {
            "sqlite" => format!("sqlite:./gone-{name}"),
            _ => format!("{scheme}://monitor@{DEAD}/{name}"),
        };
    }
    match scheme {
        "postgres" => postgres.url_without_password(account::MONITOR),
        "mariadb" => mariadb.url_without_password(account::MONITOR),
        "sqlite" => format!("sqlite:./{name}"),
        other => panic!("no test server for {other}"),
    }
}

/// Puts the password where `{ env | file | credential = "…" }` says.
fn hide(stage: &mut Stage, place: &str) {
    let password = account::MONITOR.password;
    let words: Vec<&str> = place.split(['"', ' ']).collect();
    let (kind, name) = (words[1], words[4]);
    let file = match kind {
        "env" => return stage.set(name, password),
        "file" => name.replace("/run/secrets/", "secrets/"),
        "credential" => format!("credentials/{name}"),
        other => panic!("an unknown place for a secret: {other}"),
    };
    stage.write(&file, format!("{password}\n"));
    let mode = fs::Permissions::from_mode(0o600);
    fs::set_permissions(stage.path(&file), mode).unwrap();
}

/// The commands that the header of an example names.
fn commands(file: &str) -> Vec<String> {
    let text = example(file);
    let header = text.lines().take_while(|line| line.starts_with('#'));
    header
        .filter_map(|line| line.strip_prefix("#     "))
        .filter(|line| line.starts_with("checkrun "))
        .map(str::to_owned)
        .collect()
}

/// Asserts that these steps are what the header says, so that no command is shipped untried.
#[track_caller]
pub fn covers(file: &str, steps: &[Step]) {
    let steps: Vec<_> = steps.iter().map(|step| step.command).collect();
    assert_eq!(
        steps,
        commands(file),
        "the commands in the header of {file}"
    );
}

/// Runs the steps one after the other and compares what people read with the snapshot of this name.
#[track_caller]
pub fn rehearse(name: &str, stage: &Stage, steps: &[Step]) -> Vec<Ended> {
    let mut transcript = String::new();
    let mut all: Vec<Ended> = Vec::new();
    for step in steps {
        let ended = stage.shell(step.command).expect(step.code);
        let mut shown = ended.clone();
        if step.command.contains("--format json") {
            shown.stdout = "[a document]\n".to_owned();
        } else if RUNNING
            .iter()
            .any(|command| step.command.starts_with(command))
        {
            shown.stdout = in_order(&ended.stdout);
        } else if step.command.starts_with("checkrun diagnose") {
            shown.stdout = stages(&ended.stdout);
        } else if step.command.starts_with("checkrun history list") {
            shown.stdout = listed_in_order(&ended.stdout);
        }
        if all.last().is_some_and(|last| last.stderr == ended.stderr) && !ended.stderr.is_empty() {
            shown.stderr = "[as before]\n".to_owned();
        }
        transcript.push_str(&format!("$ {}\n{}\n", step.command, shown.transcript()));
        all.push(ended);
    }
    snapshot(name, &transcript);
    all
}

/// Runs are told as they end. Here they stand in the order of their targets and jobs, each with what is told
/// beneath it.
fn in_order(said: &str) -> String {
    let mut blocks: Vec<String> = Vec::new();
    for line in said.lines() {
        match blocks.last_mut() {
            Some(block) if line.starts_with("          ") => block.push_str(&format!("{line}\n")),
            _ => blocks.push(format!("{line}\n")),
        }
    }
    let closing = blocks.pop().unwrap_or_default();
    // After the status, which has nine characters.
    blocks.sort_by(|a, b| a.get(9..).cmp(&b.get(9..)));
    blocks.push(closing);
    blocks.concat()
}

/// The same for what was kept of them: ids and moments are in the order in which the runs ended.
fn listed_in_order(said: &str) -> String {
    const AFTER_THE_TIME: usize = "    ID  2026-01-01 00:00:00".len();
    let mut lines = said.lines();
    let mut text = format!("{}\n", lines.next().unwrap_or_default());
    let mut rows: Vec<&str> = lines.collect();
    rows.sort_by_key(|row| row.get(AFTER_THE_TIME..));
    for row in rows {
        text.push_str(&format!("  [id]{}\n", row.get(6..).unwrap_or_default()));
    }
    text
}

/// The stages of a diagnosis with its problems, without what each stage saw: where that is wrapped depends on
/// the times in it, and the tests of `diagnose` hold it.
fn stages(said: &str) -> String {
    let mut is_problem = false;
    let mut text = String::new();
    for line in said.lines() {
        match line.strip_prefix("           ") {
            Some(detail) if !detail.starts_with(' ') => {
                is_problem = detail.starts_with(['✗', '!', '→']);
            }
            Some(_) => {}
            None => is_problem = true,
        }
        if is_problem {
            text.push_str(&format!("{line}\n"));
        }
    }
    text
}
