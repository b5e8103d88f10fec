//! One test server: its data folder, its process, and how to reach it.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::guard::Guard;
use crate::owner::Owner;
use crate::{
    Account, Certificate, Certificates, Engine, KeyPair, Paused, Servers, StartError, account,
    deadline, mariadb, postgres, template,
};

/// A server that has not answered after this long has failed to start; they take about a second.
const START_LIMIT: Duration = Duration::from_secs(30);

/// Somebody else may take the free port before the server does.
const START_ATTEMPTS: u32 = 3;

/// How a test server is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// The kind of server.
    pub engine: Engine,
    /// Always `127.0.0.1`; `localhost` is good for the certificate too.
    pub host: String,
    /// The TCP port.
    pub port: u16,
    /// The folder of the Unix socket for PostgreSQL, the socket itself for MariaDB.
    pub socket: PathBuf,
    /// The server's process id (PostgreSQL: of the postmaster).
    pub pid: u32,
    /// The server's log file.
    pub log: PathBuf,
}

impl Endpoint {
    /// `postgres://name:password@127.0.0.1:port/shop`.
    #[must_use]
    pub fn url(&self, account: Account) -> String {
        let Self {
            engine, host, port, ..
        } = self;
        let Account { name, password } = account;
        format!(
            "{}://{name}:{password}@{host}:{port}/{}",
            engine.name(),
            account::DATABASE
        )
    }

    /// The same without the password, as a configuration has it.
    #[must_use]
    pub fn url_without_password(&self, account: Account) -> String {
        let Self {
            engine, host, port, ..
        } = self;
        format!(
            "{}://{}@{host}:{port}/{}",
            engine.name(),
            account.name,
            account::DATABASE
        )
    }
}

/// What a server of one's own should be like; the default is like the shared one.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What it shows to clients that want TLS.
    pub certificate: Certificate,
    /// Further server settings, such as `("max_connections", "5")`; they win over the kit's.
    pub settings: Vec<(String, String)>,
}

/// A running server that ends, and whose folder is removed, when this is dropped.
#[derive(Debug)]
pub struct Server {
    launch: Launch,
    guard: Option<Guard>,
}

/// Everything that starting the server again needs.
#[derive(Debug)]
pub(crate) struct Launch {
    pub engine: Engine,
    pub owner: Owner,
    pub folder: PathBuf,
    pub port: u16,
    pub ca: PathBuf,
    pub key_pair: Option<KeyPair>,
    pub settings: Vec<(String, String)>,
}

impl Server {
    /// Starts a server of one's own, with the accounts and databases of the shared one.
    ///
    /// # Errors
    /// When it does not answer; the error has the end of its log.
    ///
    /// # Panics
    /// Like [`Servers::from_environment`].
    pub fn start(engine: Engine, options: &Options) -> Result<Self, StartError> {
        let servers = Servers::from_environment();
        let folder = tempfile::Builder::new()
            .prefix("own-")
            .permissions(fs::Permissions::from_mode(0o755))
            .tempdir_in(&servers.folder)
            .map_err(|error| {
                StartError::new(
                    format!("make a folder in {}", servers.folder.display()),
                    error,
                )
            })?;
        let template = servers.template(engine);
        Self::start_in(
            &folder.keep(),
            engine,
            template,
            &servers.certificates,
            options,
        )
    }

    /// Starts a server whose files are in `folder`, an existing one that everybody may enter.
    pub(crate) fn start_in(
        folder: &Path,
        engine: Engine,
        template: &Path,
        certificates: &Certificates,
        options: &Options,
    ) -> Result<Self, StartError> {
        let owner = Owner::of(engine)?;
        let mut launch = Launch {
            engine,
            owner,
            folder: folder.to_owned(),
            port: 0,
            ca: certificates.ca.clone(),
            key_pair: None,
            settings: options.settings.clone(),
        };
        template::copy(template, &launch.data_folder())?;
        template::open_folder(&launch.socket_folder(), owner)?;
        if let Some(pair) = certificates.of(options.certificate) {
            launch.key_pair = Some(launch.own_copy(pair)?);
        }
        let mut server = Self {
            launch,
            guard: None,
        };
        let mut attempt = 1;
        loop {
            server.launch.port = free_port()
                .map_err(|error| StartError::new("find a free port on 127.0.0.1", error))?;
            match server.start_again() {
                Err(_) if attempt < START_ATTEMPTS => attempt += 1,
                result => return result.map(|()| server),
            }
        }
    }

    /// How to reach it. The process id changes with [`Server::start_again`].
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        let launch = &self.launch;
        let folder = launch.socket_folder();
        Endpoint {
            engine: launch.engine,
            host: Ipv4Addr::LOCALHOST.to_string(),
            port: launch.port,
            socket: match launch.engine {
                Engine::Postgres => folder,
                Engine::Mariadb => folder.join("mariadb.sock"),
            },
            pid: self.guard.as_ref().map_or(0, Guard::server),
            log: launch.log(),
        }
    }

    /// Ends the server and keeps its data; connections are cut.
    pub fn stop(&mut self) {
        self.guard = None;
    }

    /// Starts it on the same port with the same data, after [`Server::stop`] or a crash.
    ///
    /// # Errors
    /// When it does not answer; the error has the end of its log.
    pub fn start_again(&mut self) -> Result<(), StartError> {
        self.stop();
        let launch = &self.launch;
        let command = match launch.engine {
            Engine::Postgres => postgres::command(launch)?,
            Engine::Mariadb => mariadb::command(launch)?,
        };
        let mut guard = Guard::start(launch.engine.stop_signal(), &launch.log(), &command)?;
        let ready = deadline::poll(START_LIMIT, || match launch.engine {
            _ if guard.has_ended() => Some(false),
            Engine::Postgres => postgres::is_ready(launch).then_some(true),
            Engine::Mariadb => mariadb::is_ready(launch).then_some(true),
        });
        if ready != Some(true) {
            return Err(launch.did_not_start());
        }
        self.guard = Some(guard);
        Ok(())
    }

    /// Stops all processes of the server until the returned value is dropped.
    ///
    /// # Errors
    /// When the server has ended.
    pub fn pause(&self) -> io::Result<Paused> {
        Paused::server(self.endpoint().pid)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
        // What is left is removed with the folder of the whole set.
        let _ = fs::remove_dir_all(&self.launch.folder);
    }
}

impl Launch {
    pub fn data_folder(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub fn socket_folder(&self) -> PathBuf {
        self.folder.join("socket")
    }

    pub fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// Copies a key pair to where the server, and only it, may read the key.
    fn own_copy(&self, pair: &KeyPair) -> Result<KeyPair, StartError> {
        let copy = |from: &Path, name: &str| {
            let to = self.folder.join(name);
            fs::copy(from, &to)
                .and_then(|_| fs::set_permissions(&to, fs::Permissions::from_mode(0o600)))
                .map_err(|error| StartError::new(format!("copy {}", from.display()), error))?;
            self.owner.take(&to)?;
            Ok(to)
        };
        Ok(KeyPair {
            certificate: copy(&pair.certificate, "server.pem")?,
            key: copy(&pair.key, "server-key.pem")?,
        })
    }

    fn did_not_start(&self) -> StartError {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        let end = lines[lines.len().saturating_sub(15)..].join("\n");
        let attempt = format!(
            "start the {} test server on port {}",
            self.engine.name(),
            self.port
        );
        StartError::new(
            attempt,
            format!("it gave no answer; the end of its log:\n{end}"),
        )
    }
}

/// The folders where programs are, system administration included.
pub(crate) fn path_list() -> impl Iterator<Item = PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = std::env::split_paths(&path).collect();
    folders
        .into_iter()
        .chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from))
}

/// A port that nobody listened on a moment ago.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use super::*;

    /// Whether a PostgreSQL server says yes when asked for TLS.
    fn offers_tls(endpoint: &Endpoint) -> bool {
        let mut stream = TcpStream::connect((endpoint.host.as_str(), endpoint.port)).unwrap();
        stream.write_all(&[0, 0, 0, 8, 4, 210, 22, 47]).unwrap();
        let mut answer = [0];
        stream.read_exact(&mut answer).unwrap();
        answer == *b"S"
    }

    #[test]
    fn the_shared_servers_run_and_have_sockets() {
        let servers = Servers::from_environment();
        for endpoint in [&servers.postgres, &servers.mariadb] {
            assert!(TcpStream::connect((endpoint.host.as_str(), endpoint.port)).is_ok());
            assert!(endpoint.socket.exists(), "{}", endpoint.socket.display());
            assert!(Path::new(&format!("/proc/{}", endpoint.pid)).exists());
        }
        assert!(offers_tls(&servers.postgres));
    }

    #[test]
    fn an_own_server_survives_a_stop_and_leaves_nothing_behind() {
        for engine in [Engine::Postgres, Engine::Mariadb] {
            let mut server = Server::start(engine, &Options::default()).unwrap();
            let first = server.endpoint();
            assert!(first.log.exists());
            server.stop();
            assert!(TcpStream::connect((first.host.as_str(), first.port)).is_err());
            server.start_again().unwrap();
            let second = server.endpoint();
            assert_eq!(second.port, first.port);
            assert_ne!(second.pid, first.pid);
            drop(server);
            assert!(!Path::new(&format!("/proc/{}", second.pid)).exists());
            assert!(!first.log.exists());
        }
    }

    #[test]
    fn a_server_without_certificate_offers_no_tls() {
        let options = Options {
            certificate: Certificate::None,
            ..Options::default()
        };
        let server = Server::start(Engine::Postgres, &options).unwrap();
        assert!(!offers_tls(&server.endpoint()));
    }

    #[test]
    fn a_server_that_does_not_start_shows_its_log() {
        let settings = vec![("max_connections".to_owned(), "many".to_owned())];
        let options = Options {
            settings,
            ..Options::default()
        };
        let error = Server::start(Engine::Postgres, &options)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("could not start the postgres test server"),
            "{error}"
        );
        assert!(
            error.contains("invalid value for parameter \"max_connections\""),
            "{error}"
        );
    }

    #[test]
    fn a_paused_server_answers_again_after_the_pause() {
        let server = Server::start(Engine::Postgres, &Options::default()).unwrap();
        let pause = server.pause().unwrap();
        let endpoint = server.endpoint();
        let mut stream = TcpStream::connect((endpoint.host.as_str(), endpoint.port)).unwrap();
        stream.write_all(&[0, 0, 0, 8, 4, 210, 22, 47]).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_millis(200)))
            .unwrap();
        assert!(stream.read(&mut [0]).is_err());
        drop(pause);
        stream.set_read_timeout(Some(START_LIMIT)).unwrap();
        assert_eq!(stream.read(&mut [0]).unwrap(), 1);
    }

    #[test]
    fn a_server_that_is_dropped_while_paused_ends() {
        let server = Server::start(Engine::Mariadb, &Options::default()).unwrap();
        let endpoint = server.endpoint();
        let pause = server.pause().unwrap();
        drop(server);
        assert!(!Path::new(&format!("/proc/{}", endpoint.pid)).exists());
        drop(pause);
    }
}
