//! `core/health` beside migrations: told, required, ignored.

use checkrun_testkit::{Servers, account};
use checkrun_tests::{FreshDatabase, Stage, snapshot};

use super::fixture;

/// A name, and the parameters.
const MODES: [(&str, &str); 5] = [
    ("ignored", "migrations = 'ignore'"),
    ("told", ""),
    ("told-with-a-folder", "migrations_folder = './sql'"),
    ("required", "migrations = 'require'"),
    (
        "required-with-a-folder",
        "migrations = 'require', migrations_folder = './sql'",
    ),
];

#[test]
fn migrations_matter_to_health_only_where_they_are_required() {
    let postgres = Servers::from_environment().postgres;
    let sql = fixture("sqlx", "postgres");
    let open = FreshDatabase::new(&postgres, "health_open", &sql);
    open.open_to(account::MONITOR);
    let closed = FreshDatabase::new(&postgres, "health_closed", &sql);
    let mut configuration = open.target("open", account::MONITOR);
    configuration += &closed.target("closed", account::MONITOR);
    configuration += "[[target]]\nname = \"bare\"\nurl = \"sqlite:./bare.db\"\n";
    for (name, parameters) in MODES {
        configuration += &format!(
            "[[check]]\nname = \"{name}\"\nuse = \"core/health\"\ntargets = [\"*\"]\nparameters = {{ {parameters} }}\n"
        );
    }
    let stage = Stage::new(&configuration);
    stage.sqlite("bare.db", "create table orders (id integer);");
    stage.write("sql/20240101000000_create_orders.sql", "");
    stage.write("sql/20240102000000_add_note.sql", "");
    stage.write("sql/20240103000000_more.sql", "");

    let run = stage
        .run(&["run", "--format", "json", "--no-record"])
        .expect(3)
        .json();
    let mut lines = Vec::new();
    for run in run["runs"].as_array().expect("runs") {
        let text = |key: &str| run[key].as_str().unwrap_or_default().to_owned();
        let titles = run["findings"].as_array().expect("findings").iter();
        let titles = titles.map(|it| format!("\n    {}: {}", it["severity"], it["title"]));
        let metrics = run["metrics"].as_array().expect("metrics").iter();
        let metrics = metrics
            .filter(|it| {
                it["name"]
                    .as_str()
                    .is_some_and(|name| name.starts_with("migrations"))
            })
            .map(|it| format!("\n    {} = {}", it["name"], it["value"]));
        let word = text("summary")
            .split(':')
            .next()
            .unwrap_or_default()
            .to_owned();
        lines.push(format!(
            "{} {}: {}, {word}{}{}",
            text("target"),
            text("job"),
            text("status"),
            titles.collect::<String>(),
            metrics.collect::<String>()
        ));
    }
    lines.sort();
    snapshot("health beside migrations", &lines.join("\n"));
}

#[test]
fn a_folder_that_cannot_be_read_is_a_problem_of_the_configuration() {
    let stage = Stage::new(
        "[[target]]\nname = \"bare\"\nurl = \"sqlite:./bare.db\"\n\
         [[check]]\nuse = \"core/health\"\ntargets = [\"*\"]\nparameters = { migrations_folder = \"./none\" }\n\
         [[check]]\nuse = \"core/migrations\"\ntargets = [\"*\"]\nparameters = { folder = \"checkrun.toml\" }\n",
    );
    stage.sqlite("bare.db", "create table orders (id integer);");
    let ended = stage.run(&["config", "check"]).expect(78);
    snapshot("folders that cannot be read", &ended.transcript());
}
