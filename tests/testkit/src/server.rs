//! One test server: its data folder, its process, and how to reach it.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::guard::Guard;
use crate::owner::Owner;
use crate::{
    Certificate, Certificates, Endpoint, Engine, KeyPair, Paused, Servers, StartError, deadline,
    mariadb, postgres, signal, template,
};

/// A server that has not answered after this long has failed to start; they take about a second.
const START_LIMIT: Duration = Duration::from_secs(30);

/// Somebody else may take the free port before the server does.
const START_ATTEMPTS: u32 = 3;

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
        let template = servers.template(engine);
        Self::start_in(
            &own_folder(&servers)?,
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
            launch.key_pair = Some(own_copy(pair, &launch.folder, owner)?);
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
        let mut guard = launch.guarded()?;
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

    /// Starts it as [`Server::start_again`] does, and does not wait until it takes connections.
    ///
    /// # Errors
    /// When its program does not start.
    pub fn begin_to_start(&mut self) -> Result<(), StartError> {
        self.stop();
        self.guard = Some(self.launch.guarded()?);
        Ok(())
    }

    /// Asks it to end as soon as the last session has, which is what a service manager asks of
    /// PostgreSQL first.
    ///
    /// # Errors
    /// When the server has ended.
    pub fn ask_to_end(&self) -> io::Result<()> {
        signal::send("TERM", &[self.endpoint().pid])
    }

    /// Where its data is; for changes while it is stopped.
    #[must_use]
    pub fn data_folder(&self) -> PathBuf {
        self.launch.data_folder()
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
    fn guarded(&self) -> Result<Guard, StartError> {
        let command = match self.engine {
            Engine::Postgres => postgres::command(self)?,
            Engine::Mariadb => mariadb::command(self)?,
        };
        Guard::start(self.engine.stop_signal(), &self.log(), &command)
    }

    pub fn data_folder(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub fn socket_folder(&self) -> PathBuf {
        self.folder.join("socket")
    }

    pub fn log(&self) -> PathBuf {
        self.folder.join("log")
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

/// A new folder for one server, in that of the whole set, which everybody may enter.
pub(crate) fn own_folder(servers: &Servers) -> Result<PathBuf, StartError> {
    let folder = tempfile::Builder::new()
        .prefix("own-")
        .permissions(fs::Permissions::from_mode(0o755))
        .tempdir_in(&servers.folder)
        .map_err(|error| {
            let attempt = format!("make a folder in {}", servers.folder.display());
            StartError::new(attempt, error)
        })?;
    Ok(folder.keep())
}

/// Copies a key pair into a folder, to where its owner, and nobody else, may read the key.
pub(crate) fn own_copy(pair: &KeyPair, folder: &Path, owner: Owner) -> Result<KeyPair, StartError> {
    let copy = |from: &Path, name: &str| {
        let to = folder.join(name);
        fs::copy(from, &to)
            .and_then(|_| fs::set_permissions(&to, fs::Permissions::from_mode(0o600)))
            .map_err(|error| StartError::new(format!("copy {}", from.display()), error))?;
        owner.take(&to)?;
        Ok(to)
    };
    Ok(KeyPair {
        certificate: copy(&pair.certificate, "server.pem")?,
        key: copy(&pair.key, "server-key.pem")?,
    })
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
pub(crate) fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

#[cfg(test)]
mod tests;
