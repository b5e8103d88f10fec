//! Sessions of a server's own command-line client, for tests that need many real connections.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::{Account, Endpoint, Engine, StartError, account};

/// A session that stays open, idle or at work, until this is dropped.
#[derive(Debug)]
pub struct Client(Child);

impl Client {
    /// Opens a session in the database of the fixtures, and waits for the server's first answer.
    ///
    /// # Errors
    /// When the program is missing, or the server does not let it in.
    pub fn open(
        endpoint: &Endpoint,
        account: Account,
        application: &str,
    ) -> Result<Self, StartError> {
        let mut client = Self::start(endpoint, account, application)?;
        client.send("select 1;")?;
        let mut answer = String::new();
        let stdout = client.0.stdout.as_mut();
        let read = stdout.map_or(Ok(0), |stdout| {
            BufReader::new(stdout).read_line(&mut answer)
        });
        match read {
            Ok(1..) => Ok(client),
            _ => Err(StartError::new(
                format!("open a session as {}", account.name),
                "the client ended without an answer",
            )),
        }
    }

    /// Starts a session and does not wait until the server lets it in.
    ///
    /// # Errors
    /// When the program is missing.
    pub fn start(
        endpoint: &Endpoint,
        account: Account,
        application: &str,
    ) -> Result<Self, StartError> {
        let mut command = command(endpoint, account);
        command
            .env("PGAPPNAME", application)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let child = command
            .spawn()
            .map_err(|error| StartError::new(format!("start {command:?}"), error))?;
        Ok(Self(child))
    }

    /// Sends statements, each ended by a semicolon, without waiting for their answers.
    ///
    /// # Errors
    /// When the client has ended, because it was not let in or the server has gone.
    pub fn send(&mut self, statements: &str) -> Result<(), StartError> {
        let stdin = self.0.stdin.as_mut();
        let sent = stdin.map_or(Ok(()), |stdin| {
            writeln!(stdin, "{statements}").and_then(|()| stdin.flush())
        });
        sent.map_err(|error| StartError::new(format!("send {statements}"), error))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // It may have ended by itself; the server notices the closed socket.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs statements to their end, and returns what they print: values without any frame.
///
/// # Errors
/// What the client says when one of them fails.
pub fn execute(
    endpoint: &Endpoint,
    account: Account,
    statements: &str,
) -> Result<String, StartError> {
    let mut command = command(endpoint, account);
    match endpoint.engine {
        Engine::Postgres => command.args(["-c", statements]),
        Engine::Mariadb => command.args(["-e", statements]),
    };
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| StartError::new(format!("start {command:?}"), error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(StartError::new(format!("run {statements}"), said))
}

/// The client's command line; the password goes by the environment, unseen by other users.
fn command(endpoint: &Endpoint, account: Account) -> Command {
    let port = endpoint.port.to_string();
    let mut command = match endpoint.engine {
        Engine::Postgres => {
            let mut psql = Command::new("psql");
            psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-p", &port]);
            psql.args([
                "-h",
                &endpoint.host,
                "-U",
                account.name,
                "-d",
                account::DATABASE,
            ]);
            psql.env("PGPASSWORD", account.password);
            psql
        }
        Engine::Mariadb => {
            let mut mariadb = Command::new("mariadb");
            mariadb.args([
                "--no-defaults",
                "-N",
                "-B",
                "--unbuffered",
                "--protocol=tcp",
                "--skip-ssl",
                "-P",
                &port,
            ]);
            mariadb.args([
                "-h",
                &endpoint.host,
                "-u",
                account.name,
                "-D",
                account::DATABASE,
            ]);
            mariadb.env("MYSQL_PWD", account.password);
            mariadb
        }
    };
    command.current_dir(Path::new("/"));
    command
}
