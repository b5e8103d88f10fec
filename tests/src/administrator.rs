//! What an administrator of a database types, through the servers' own clients.

use std::process::{Command, Stdio};

use checkrun_testkit::{Endpoint, Engine, account};

/// Runs SQL as the superuser and gives what it answers, without headings.
///
/// # Panics
/// When the client is not there, or the server refuses.
#[track_caller]
pub fn administer(endpoint: &Endpoint, sql: &str) -> String {
    let output = client(endpoint)
        .arg(sql)
        .stdin(Stdio::null())
        .output()
        .expect("the server's own client, which comes with the server");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{sql}\n{said}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn client(endpoint: &Endpoint) -> Command {
    let boss = account::BOSS;
    let port = endpoint.port.to_string();
    match endpoint.engine {
        Engine::Postgres => {
            let mut command = Command::new("psql");
            command.env("PGPASSWORD", boss.password).args([
                "-X",
                "-q",
                "-At",
                "-v",
                "ON_ERROR_STOP=1",
                "-h",
                &endpoint.host,
                "-p",
                &port,
                "-U",
                boss.name,
                "-d",
                account::DATABASE,
                "-c",
            ]);
            command
        }
        Engine::Mariadb => {
            let mut command = Command::new("mariadb");
            command.env("MYSQL_PWD", boss.password).args([
                "--no-defaults",
                "--protocol=tcp",
                "-N",
                "-B",
                "-h",
                &endpoint.host,
                "-P",
                &port,
                "-u",
                boss.name,
                "-e",
            ]);
            command
        }
    }
}
