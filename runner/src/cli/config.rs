//! `checkrun config …`: begins, checks and describes the configuration.

use serde_json::json;

use super::args::{ConfigCheckArguments, ConfigCommand, ConfigInitArguments, ListFormat};
use super::exit::Exit;
use super::{output, setup};
use crate::config::{self, Draft, Environment, Need, Problems};
use crate::report::json::{SCHEMA_VERSION, pretty};

/// Runs the command.
///
/// # Errors
/// Shown already; how the command ends.
pub async fn run(command: ConfigCommand, environment: &Environment) -> Result<Exit, Exit> {
    match command {
        ConfigCommand::Init(arguments) => init(&arguments),
        ConfigCommand::Check(arguments) => check(arguments, environment).await,
        ConfigCommand::Schema => {
            output::data(&pretty(&config::schema()));
            Ok(Exit::OK)
        }
    }
}

fn init(arguments: &ConfigInitArguments) -> Result<Exit, Exit> {
    config::init(&arguments.file).map_err(|problems| setup::refuse(&problems))?;
    let file = arguments.file.display();
    let named = match arguments.file.as_os_str() == "checkrun.toml" {
        true => String::new(),
        false => format!(" --config {file}"),
    };
    output::data(&format!(
        "wrote {file}\nnext: write the address of your database into it, then `checkrun run{named}`\n"
    ));
    Ok(Exit::OK)
}

/// Everything that `run` would find, and the secrets of all targets.
async fn check(arguments: ConfigCheckArguments, environment: &Environment) -> Result<Exit, Exit> {
    let path = setup::find(arguments.location.config, environment)?;
    let checked = match Draft::load(&path) {
        Ok(draft) => {
            let packs = setup::packs(&setup::sandbox(environment)?, draft.packs()).await;
            let (jobs, problems) = match draft.plan(&packs.known, Need::Jobs) {
                Ok(planned) => (planned.plan.jobs().len(), planned.warnings),
                Err(problems) => (0, problems),
            };
            Checked {
                problems: problems.and(draft.check_secrets(environment)),
                targets: draft.targets(),
                jobs,
            }
        }
        Err(problems) => Checked {
            problems,
            targets: 0,
            jobs: 0,
        },
    };
    Ok(show(&path, &checked, arguments.format))
}

struct Checked {
    problems: Problems,
    targets: usize,
    jobs: usize,
}

fn show(path: &std::path::Path, checked: &Checked, format: ListFormat) -> Exit {
    let good = !checked.problems.has_error();
    match format {
        ListFormat::Json => output::data(&pretty(&json!({
            "schema_version": SCHEMA_VERSION,
            "file": path.display().to_string(),
            "good": good,
            "targets": checked.targets,
            "jobs": checked.jobs,
            "problems": checked.problems.0,
        }))),
        ListFormat::Human => {
            setup::warn(&checked.problems);
            if good {
                let (targets, jobs) = (checked.targets, checked.jobs);
                output::data(&format!(
                    "{} is good: targets: {targets}, jobs: {jobs}\n",
                    path.display()
                ));
            }
        }
    }
    if good { Exit::OK } else { Exit::Configuration }
}
