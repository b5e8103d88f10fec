//! How MariaDB is found, initialised and started.

use std::io::Read;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::owner::Owner;
use crate::server::{Launch, path_list};
use crate::template::run;
use crate::{Engine, StartError};

/// Small files and no durability: these servers hold nothing that matters.
const SETTINGS: [&str; 6] = [
    "--innodb-log-file-size=4M",
    "--innodb-buffer-pool-size=16M",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-flush-method=nosync",
    "--innodb-fast-shutdown=2",
    "--skip-log-bin",
];

/// Makes a data folder at `data` with the users and databases of the fixtures.
pub(crate) fn initialise(data: &Path, owner: Owner) -> Result<(), StartError> {
    let mut install = owner.command(program(&["mariadb-install-db", "mysql_install_db"])?);
    install.arg("--no-defaults").arg(argument("datadir", data));
    install.args(["--auth-root-authentication-method=normal", "--skip-test-db"]);
    run(install.args(&SETTINGS[..4]), "")?;
    let mut server = owner.command(program(&["mariadbd", "mysqld"])?);
    server
        .args(["--no-defaults", "--bootstrap"])
        .arg(argument("datadir", data));
    run(server.args(SETTINGS), include_str!("fixtures/mariadb.sql"))
}

/// The server's command line.
pub(crate) fn command(launch: &Launch) -> Result<Command, StartError> {
    let mut command = launch.owner.command(program(&["mariadbd", "mysqld"])?);
    command.arg("--no-defaults").args(SETTINGS);
    command.args(["--bind-address=127.0.0.1", "--skip-name-resolve"]);
    command
        .arg(format!("--port={}", launch.port))
        .arg(argument("datadir", &launch.data_folder()))
        .arg(argument(
            "socket",
            &launch.socket_folder().join("mariadb.sock"),
        ))
        .arg(argument(
            "pid-file",
            &launch.data_folder().join("mariadb.pid"),
        ))
        .arg(argument("log-error", &launch.folder.join("log")));
    match &launch.key_pair {
        Some(pair) => {
            command
                .arg(argument("ssl-ca", &launch.ca))
                .arg(argument("ssl-cert", &pair.certificate))
                .arg(argument("ssl-key", &pair.key));
        }
        None => {
            command.arg("--skip-ssl");
        }
    }
    command.args(
        launch
            .settings
            .iter()
            .map(|(name, value)| format!("--{name}={value}")),
    );
    Ok(command)
}

/// Whether the server takes connections: it greets whoever connects.
pub(crate) fn is_ready(launch: &Launch) -> bool {
    let greeted = |mut stream: TcpStream| {
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.read_exact(&mut [0; 5])
    };
    TcpStream::connect((Ipv4Addr::LOCALHOST, launch.port))
        .and_then(greeted)
        .is_ok()
}

fn argument(name: &str, path: &Path) -> String {
    format!("--{name}={}", path.display())
}

/// The path of the first of these programs that is installed.
fn program(names: &[&str]) -> Result<PathBuf, StartError> {
    path_list()
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|path| path.is_file())
        .ok_or_else(|| StartError::not_installed(Engine::Mariadb, names[0]))
}
