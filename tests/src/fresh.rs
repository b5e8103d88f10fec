//! A database of a test's own on a shared server.

use std::io::Write;
use std::process::{Command, Stdio};

use checkrun_testkit::{Account, Endpoint, Engine, account};

use crate::configuration::server_target;

/// A database with this name, made for one test and dropped with it.
#[derive(Debug)]
pub struct FreshDatabase {
    endpoint: Endpoint,
    name: String,
}

impl FreshDatabase {
    /// Makes it anew, and runs this SQL in it as the superuser, in UTC.
    #[must_use]
    pub fn new(endpoint: &Endpoint, name: &str, sql: &str) -> Self {
        let database = Self {
            endpoint: endpoint.clone(),
            name: name.to_owned(),
        };
        client(endpoint, account::DATABASE, &drop_statement(endpoint, name));
        client(
            endpoint,
            account::DATABASE,
            &format!("create database {name};"),
        );
        database.run(sql);
        database
    }

    /// Runs SQL in it as the superuser.
    pub fn run(&self, sql: &str) {
        let in_utc = match self.endpoint.engine {
            Engine::Postgres => "set timezone = 'UTC';",
            Engine::Mariadb => "set time_zone = '+00:00';",
        };
        client(&self.endpoint, &self.name, &format!("{in_utc}\n{sql}"));
    }

    /// Lets the account read everything that is in it now.
    pub fn open_to(&self, account: Account) {
        let (account, name) = (account.name, &self.name);
        match self.endpoint.engine {
            Engine::Postgres => self.run(&format!(
                "do $$ declare s name; begin for s in select nspname from pg_namespace \
                 where nspname !~ '^pg_' and nspname <> 'information_schema' loop \
                 execute format('grant usage on schema %I to {account}', s); \
                 execute format('grant select on all tables in schema %I to {account}', s); \
                 end loop; end $$;"
            )),
            Engine::Mariadb => self.run(&format!("grant select on {name}.* to {account}@'%';")),
        }
    }

    /// A `[[target]]` for it.
    #[must_use]
    pub fn target(&self, name: &str, account: Account) -> String {
        let shared = format!("/{}\"", account::DATABASE);
        server_target(name, &self.endpoint, account).replace(&shared, &format!("/{}\"", self.name))
    }
}

impl Drop for FreshDatabase {
    fn drop(&mut self) {
        let statement = drop_statement(&self.endpoint, &self.name);
        client(&self.endpoint, account::DATABASE, &statement);
    }
}

fn drop_statement(endpoint: &Endpoint, name: &str) -> String {
    match endpoint.engine {
        // A run that was killed may still have its session.
        Engine::Postgres => format!("drop database if exists {name} with (force);"),
        Engine::Mariadb => format!("drop database if exists {name};"),
    }
}

/// Runs SQL with the server's own client, as the superuser.
fn client(endpoint: &Endpoint, database: &str, sql: &str) {
    let Account { name, password } = account::BOSS;
    let port = endpoint.port.to_string();
    let mut command = match endpoint.engine {
        Engine::Postgres => {
            let mut psql = Command::new("psql");
            psql.args(["--no-psqlrc", "--quiet", "--output=/dev/null"])
                .args(["--set=ON_ERROR_STOP=1", "--host", &endpoint.host])
                .args(["--port", &port, "--username", name, "--dbname", database])
                .env("PGPASSWORD", password)
                .env("PGOPTIONS", "--client-min-messages=warning");
            psql
        }
        Engine::Mariadb => {
            let mut mariadb = Command::new("mariadb");
            mariadb
                .args(["--no-defaults", "--skip-ssl", "--host", &endpoint.host])
                .args(["--port", &port, "--user", name, database])
                .env("MYSQL_PWD", password);
            mariadb
        }
    };
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
    let mut stdin = child.stdin.take().expect("its input");
    // A client that stops at an error does not read the rest; its exit status says so.
    let _ = stdin.write_all(sql.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("a process to wait for");
    assert!(
        output.status.success(),
        "{}\n{sql}",
        String::from_utf8_lossy(&output.stderr)
    );
}
