//! The set of servers that all tests share, and how a test finds it.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::guard::FolderGuard;
use crate::owner::Owner;
use crate::template::open_folder;
use crate::{Certificates, Endpoint, Engine, Options, Server, StartError, template};

/// The environment variable with the path of the file that describes the running set.
pub const VARIABLE: &str = "CHECKRUN_TEST_SERVERS";

/// What tests know of the running set.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Servers {
    /// The shared PostgreSQL server.
    pub postgres: Endpoint,
    /// The shared MariaDB server.
    pub mariadb: Endpoint,
    /// The certificates of all servers; the shared ones show the good one.
    pub certificates: Certificates,
    /// Everything of this set is in here and goes with it.
    pub(crate) folder: PathBuf,
    postgres_template: PathBuf,
    mariadb_template: PathBuf,
}

impl Servers {
    /// The running set, from the file that [`VARIABLE`] names.
    ///
    /// # Panics
    /// When there is none: a test that needs servers fails without them, it is never skipped.
    #[must_use]
    pub fn from_environment() -> Self {
        let Some(path) = env::var_os(VARIABLE) else {
            no_servers(&format!("the variable {VARIABLE} is not set"));
        };
        let read = || -> Result<Self, Box<dyn std::error::Error>> {
            Ok(serde_json::from_slice(&fs::read(&path)?)?)
        };
        read().unwrap_or_else(|error| no_servers(&format!("{}: {error}", path.display())))
    }

    /// The shared server of one kind.
    #[must_use]
    pub fn endpoint(&self, engine: Engine) -> &Endpoint {
        match engine {
            Engine::Postgres => &self.postgres,
            Engine::Mariadb => &self.mariadb,
        }
    }

    pub(crate) fn template(&self, engine: Engine) -> &Path {
        match engine {
            Engine::Postgres => &self.postgres_template,
            Engine::Mariadb => &self.mariadb_template,
        }
    }
}

#[expect(
    clippy::panic,
    reason = "a test without its servers has to fail, and say what to do"
)]
fn no_servers(cause: &str) -> ! {
    panic!(
        "this test needs the test servers ({cause}): run `cargo xtask test`, or \
         `cargo xtask servers` in another terminal and then what it prints"
    )
}

/// A set of servers that this process started; they end with it.
#[derive(Debug)]
pub struct ServerSet {
    // The servers end before their folder is removed: fields are dropped in this order.
    _postgres: Server,
    _mariadb: Server,
    _folder: FolderGuard,
    file: PathBuf,
    servers: Servers,
}

impl ServerSet {
    /// Starts both servers in a new temporary folder; takes some seconds.
    ///
    /// # Errors
    /// When a program is missing or a server does not answer. Nothing is left running then.
    pub fn start() -> Result<Self, StartError> {
        let folder = tempfile::Builder::new()
            .prefix("checkrun-servers-")
            .permissions(fs::Permissions::from_mode(0o755))
            .tempdir()
            .map_err(|error| StartError::new("make a temporary folder", error))?
            .keep();
        let guard = FolderGuard::start(&folder)?;
        let certificates = Certificates::write(&open_folder(
            &folder.join("certificates"),
            Owner::Ourselves,
        )?)?;
        let (postgres, mariadb) = std::thread::scope(|scope| {
            let postgres = scope.spawn(|| start_shared(Engine::Postgres, &folder, &certificates));
            let mariadb = start_shared(Engine::Mariadb, &folder, &certificates);
            (postgres.join(), mariadb)
        });
        let postgres = postgres.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let (postgres, postgres_template) = postgres?;
        let (mariadb, mariadb_template) = mariadb?;
        let servers = Servers {
            postgres: postgres.endpoint(),
            mariadb: mariadb.endpoint(),
            certificates,
            folder,
            postgres_template,
            mariadb_template,
        };
        let file = servers.folder.join("servers.json");
        let failed = |error| StartError::new(format!("write {}", file.display()), error);
        let json = serde_json::to_vec_pretty(&servers).map_err(|error| failed(error.into()))?;
        fs::write(&file, json).map_err(failed)?;
        Ok(Self {
            _postgres: postgres,
            _mariadb: mariadb,
            _folder: guard,
            file,
            servers,
        })
    }

    /// The file that describes the set, the value for [`VARIABLE`].
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// How to reach the servers.
    #[must_use]
    pub fn servers(&self) -> &Servers {
        &self.servers
    }
}

/// Makes the template and starts the shared server of one kind from it.
fn start_shared(
    engine: Engine,
    folder: &Path,
    certificates: &Certificates,
) -> Result<(Server, PathBuf), StartError> {
    let folder = open_folder(&folder.join(engine.name()), Owner::Ourselves)?;
    let template = template::make(engine, &folder)?;
    let server = Server::start_in(
        &folder,
        engine,
        &template,
        certificates,
        &Options::default(),
    )?;
    Ok((server, template))
}
