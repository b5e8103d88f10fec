//! A real mail server, Exim, that delivers into folders which a test can read.
//!
//! Two mailboxes, `alice` and `bob`, at any domain; `busy` is told to come back later, and everybody
//! else is refused. One account, [`USER`] with [`PASSWORD`], inside TLS only.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::guard::Guard;
use crate::owner::Owner;
use crate::server::path_list;
use crate::{Certificate, Certificates, Servers, StartError, deadline};

/// The account that may log in.
pub const USER: &str = "alerts";

/// Its password.
pub const PASSWORD: &str = "mail-password";

/// The Debian package.
pub const DEBIAN_PACKAGE: &str = "exim4-daemon-light";

/// The account of that package; Exim's daemon starts for it and for root only.
const ACCOUNT: &str = "Debian-exim";

/// It starts in a fraction of a second.
const START_LIMIT: Duration = Duration::from_secs(30);

/// Somebody else may take the free ports before the server does.
const START_ATTEMPTS: u32 = 3;

/// Whom the server takes mail from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Senders {
    /// Everybody.
    #[default]
    Anyone,
    /// Those who have logged in.
    LoggedIn,
}

/// A running mail server that ends, and whose folder is removed, when this is dropped.
#[derive(Debug)]
pub struct MailServer {
    folder: PathBuf,
    ports: [u16; 2],
    guard: Option<Guard>,
}

impl MailServer {
    /// Starts one that shows this certificate.
    ///
    /// # Errors
    /// When it does not answer; the error has its log.
    ///
    /// # Panics
    /// Like [`Servers::from_environment`].
    pub fn start(certificate: Certificate, senders: Senders) -> Result<Self, StartError> {
        let servers = Servers::from_environment();
        let folder = tempfile::Builder::new()
            .prefix("mail-")
            .permissions(fs::Permissions::from_mode(0o755))
            .tempdir_in(&servers.folder)
            .map_err(|error| StartError::new("make a folder for a mail server", error))?;
        let mut server = Self {
            folder: folder.keep(),
            ports: [0; 2],
            guard: None,
        };
        let owner = Owner::named(&[ACCOUNT])?;
        server.prepare(owner, certificate, &servers.certificates)?;
        let mut attempt = 1;
        loop {
            match server.launch(owner, certificate, senders) {
                Err(_) if attempt < START_ATTEMPTS => attempt += 1,
                result => return result.map(|()| server),
            }
        }
    }

    /// Where it speaks plainly, and offers STARTTLS if it has a certificate.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.ports[0]).into()
    }

    /// Where TLS comes first.
    #[must_use]
    pub fn tls_address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.ports[1]).into()
    }

    /// Ends it; nothing listens at its addresses then.
    pub fn stop(&mut self) {
        self.guard = None;
    }

    /// Starts it again at the same addresses.
    ///
    /// # Errors
    /// When it does not answer; the error has its log.
    pub fn start_again(&mut self) -> Result<(), StartError> {
        self.listen(Owner::named(&[ACCOUNT])?)
    }

    /// A configuration of the server, for its own `sendmail`.
    #[must_use]
    pub fn configuration(&self) -> PathBuf {
        self.folder.join("exim.conf")
    }

    /// The mails in a mailbox, in no order.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub fn mailbox(&self, name: &str) -> std::io::Result<Vec<String>> {
        let folder = self.folder.join("mail").join(name).join("new");
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        fs::read_dir(folder)?
            .map(|entry| Ok(String::from_utf8_lossy(&fs::read(entry?.path())?).into_owned()))
            .collect()
    }

    fn prepare(
        &self,
        owner: Owner,
        certificate: Certificate,
        certificates: &Certificates,
    ) -> Result<(), StartError> {
        let failed = |error| StartError::new("prepare the folder of a mail server", error);
        for name in ["spool", "mail"] {
            let path = self.folder.join(name);
            fs::create_dir(&path).map_err(failed)?;
            owner.take(&path)?;
        }
        if let Some(pair) = certificates.of(certificate) {
            for (from, name) in [(&pair.certificate, "cert.pem"), (&pair.key, "key.pem")] {
                let to = self.folder.join(name);
                fs::copy(from, &to).map_err(failed)?;
                fs::set_permissions(&to, fs::Permissions::from_mode(0o600)).map_err(failed)?;
                owner.take(&to)?;
            }
        }
        Ok(())
    }

    fn launch(
        &mut self,
        owner: Owner,
        certificate: Certificate,
        senders: Senders,
    ) -> Result<(), StartError> {
        self.guard = None;
        let failed = |error| StartError::new("start a mail server", error);
        self.ports = [free_port().map_err(failed)?, free_port().map_err(failed)?];
        let configuration = self.configuration();
        fs::write(&configuration, self.settings(certificate, senders)).map_err(failed)?;
        self.listen(owner)
    }

    fn listen(&mut self, owner: Owner) -> Result<(), StartError> {
        let configuration = self.configuration();
        let mut command: Command = owner.command(program()?);
        command.arg("-C").arg(&configuration).arg("-bdf");
        let log = self.folder.join("log");
        let mut guard = Guard::start("TERM", &log, &command)?;
        let address = self.address();
        let ready = deadline::poll(START_LIMIT, || {
            if guard.has_ended() {
                return Some(false);
            }
            TcpStream::connect(address).is_ok().then_some(true)
        });
        if ready == Some(true) {
            self.guard = Some(guard);
            return Ok(());
        }
        let said = [log, self.folder.join("spool/log-main")]
            .map(|path| fs::read_to_string(path).unwrap_or_default());
        Err(StartError::new(
            "start a mail server",
            format!(
                "Exim gave no answer; it starts for root, {ACCOUNT} and members of that group. It said:\n{}",
                said.concat()
            ),
        ))
    }

    fn settings(&self, certificate: Certificate, senders: Senders) -> String {
        let folder = self.folder.display();
        let tls = match certificate {
            Certificate::None => "tls_advertise_hosts =\n".to_owned(),
            _ => format!(
                "tls_on_connect_ports = {}\ntls_advertise_hosts = *\n\
                 tls_certificate = {folder}/cert.pem\ntls_privatekey = {folder}/key.pem\n",
                self.ports[1]
            ),
        };
        let login = match senders {
            Senders::Anyone => "",
            Senders::LoggedIn => "  deny !authenticated = *\n  message = log in first\n",
        };
        include_str!("fixtures/exim.conf")
            .replace("@FOLDER@", &folder.to_string())
            .replace("@PLAIN_PORT@", &self.ports[0].to_string())
            .replace("@TLS_PORT@", &self.ports[1].to_string())
            .replace("@TLS@", &tls)
            .replace("@LOGIN@", login)
            .replace("@USER@", USER)
            .replace("@PASSWORD@", PASSWORD)
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.guard = None;
        // What is left is removed with the folder of the whole set.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Exim's program; its `sendmail` is the same one under another name.
///
/// # Errors
/// It is not installed.
pub fn program() -> Result<PathBuf, StartError> {
    path_list()
        .map(|folder: PathBuf| folder.join("exim4"))
        .find(|path: &PathBuf| Path::is_file(path))
        .ok_or_else(|| {
            StartError::new(
                "find the program exim4",
                format!("install it with `apt-get install {DEBIAN_PACKAGE}`"),
            )
        })
}

fn free_port() -> std::io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
