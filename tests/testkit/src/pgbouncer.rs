//! A PgBouncer in front of a test PostgreSQL.
//!
//! It listens on loopback at a free port and on a Unix socket, offers TLS with the good certificate, and
//! runs as the account that PostgreSQL runs as. Behind it is the database [`account::DATABASE`].
//! [`account::MONITOR`] is in its `stats_users`, [`account::BOSS`] in its `admin_users`;
//! [`account::PLAIN`] and [`account::WRITER`] may use the database and not the console.

use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::guard::Guard;
use crate::owner::Owner;
use crate::server::{free_port, own_copy, own_folder, path_list};
use crate::template::open_folder;
use crate::{Account, Endpoint, Engine, Servers, StartError, account, deadline};

/// The Debian package with the program.
const PACKAGE: &str = "pgbouncer";

/// Ends it at once; clients are cut off.
const STOP_SIGNAL: &str = "TERM";

/// It takes a few milliseconds.
const START_LIMIT: Duration = Duration::from_secs(10);

/// Somebody else may take the free port before it does.
const START_ATTEMPTS: u32 = 3;

/// A running PgBouncer that ends, and whose folder is removed, when this is dropped.
#[derive(Debug)]
pub struct PgBouncer {
    guard: Option<Guard>,
    folder: PathBuf,
    port: u16,
}

impl PgBouncer {
    /// Starts one in front of `server`, with these settings in place of the kit's or beside them.
    ///
    /// # Errors
    /// When it does not answer; the error has its log.
    ///
    /// # Panics
    /// Like [`Servers::from_environment`].
    pub fn start(server: &Endpoint, settings: &[(&str, &str)]) -> Result<Self, StartError> {
        let servers = Servers::from_environment();
        let owner = Owner::of(Engine::Postgres)?;
        let mut pooler = Self {
            guard: None,
            folder: own_folder(&servers)?,
            port: 0,
        };
        open_folder(&pooler.socket_folder(), owner)?;
        let pair = own_copy(&servers.certificates.good, &pooler.folder, owner)?;
        let shown = |path: &Path| path.to_string_lossy().into_owned();
        let tls = [
            ("client_tls_sslmode", "allow".to_owned()),
            ("client_tls_cert_file", shown(&pair.certificate)),
            ("client_tls_key_file", shown(&pair.key)),
        ];
        let given = settings
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        let settings: Vec<_> = tls.into_iter().chain(given).collect();
        for attempt in 1.. {
            pooler.port = free_port()
                .map_err(|error| StartError::new("find a free port on 127.0.0.1", error))?;
            pooler.write_configuration(server, owner, &settings)?;
            match pooler.launch(owner) {
                Err(_) if attempt < START_ATTEMPTS => {}
                result => return result.map(|()| pooler),
            }
        }
        unreachable!("the attempts end with one of two results")
    }

    /// The TCP port on `127.0.0.1`.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder of the Unix socket.
    #[must_use]
    pub fn socket_folder(&self) -> PathBuf {
        self.folder.join("socket")
    }

    /// The admin console as a configuration has it: `pgbouncer://monitor@127.0.0.1:6432`.
    #[must_use]
    pub fn console_url(&self, account: Account) -> String {
        format!(
            "pgbouncer://{}@{}:{}",
            account.name,
            Ipv4Addr::LOCALHOST,
            self.port
        )
    }

    /// The database behind it, as a client of PgBouncer reaches it.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        Endpoint {
            engine: Engine::Postgres,
            host: Ipv4Addr::LOCALHOST.to_string(),
            port: self.port,
            socket: self.socket_folder(),
            pid: self.pid(),
            log: self.folder.join("log"),
        }
    }

    /// The process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.guard.as_ref().map_or(0, Guard::server)
    }

    /// Writes `pgbouncer.ini` and the file with its accounts.
    fn write_configuration(
        &self,
        server: &Endpoint,
        owner: Owner,
        settings: &[(&str, String)],
    ) -> Result<(), StartError> {
        let known = [
            account::MONITOR,
            account::BOSS,
            account::PLAIN,
            account::WRITER,
        ];
        let users: String = known
            .iter()
            .map(|Account { name, password }| format!("\"{name}\" \"{password}\"\n"))
            .collect();
        self.write("users.txt", &users, owner)?;
        let database = account::DATABASE;
        let mut text = format!(
            "[databases]\n{database} = host={} port={} dbname={database}\n[pgbouncer]\n\
             listen_addr = 127.0.0.1\nlisten_port = {}\nunix_socket_dir = {}\nunix_socket_mode = 0777\n\
             auth_type = scram-sha-256\nauth_file = {}\nstats_users = {}\nadmin_users = {}\n",
            server.host,
            server.port,
            self.port,
            self.socket_folder().display(),
            self.folder.join("users.txt").display(),
            account::MONITOR.name,
            account::BOSS.name,
        );
        for (name, value) in settings {
            text.push_str(&format!("{name} = {value}\n"));
        }
        self.write("pgbouncer.ini", &text, owner)
    }

    fn write(&self, name: &str, text: &str, owner: Owner) -> Result<(), StartError> {
        let path = self.folder.join(name);
        fs::write(&path, text)
            .map_err(|error| StartError::new(format!("write {}", path.display()), error))?;
        owner.take(&path)
    }

    fn launch(&mut self, owner: Owner) -> Result<(), StartError> {
        let log = self.folder.join("log");
        let mut command = owner.command(program()?);
        command.arg(self.folder.join("pgbouncer.ini"));
        let mut guard = Guard::start(STOP_SIGNAL, &log, &command)?;
        let ready = deadline::poll(START_LIMIT, || {
            if guard.has_ended() {
                return Some(false);
            }
            TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))
                .is_ok()
                .then_some(true)
        });
        if ready == Some(true) {
            self.guard = Some(guard);
            return Ok(());
        }
        Err(StartError::new(
            format!("start PgBouncer on port {}", self.port),
            format!(
                "it gave no answer; its log:\n{}",
                fs::read_to_string(log).unwrap_or_default()
            ),
        ))
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        self.guard = None;
        // What is left is removed with the folder of the whole set.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn program() -> Result<PathBuf, StartError> {
    path_list()
        .map(|folder| folder.join("pgbouncer"))
        .find(|path| path.is_file())
        .ok_or_else(|| StartError::missing_package(PACKAGE, "pgbouncer"))
}
