//! Whom a server runs as, since PostgreSQL refuses to run as root.
//!
//! Root starts servers as the account that the Debian package made, or as `nobody`; anybody else
//! starts them as themselves.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;
use std::process::Command;

use crate::{Engine, StartError};

/// The system account that a server's files and processes belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The one who runs the tests.
    Ourselves,
    /// Another account, because we are root.
    Account { uid: u32, gid: u32 },
}

impl Owner {
    /// The account for a server of this kind.
    pub fn of(engine: Engine) -> Result<Self, StartError> {
        Self::named(&[engine.system_account(), "nobody"])
    }

    /// The first of these accounts that there is, if we are root.
    pub fn named(names: &[&str]) -> Result<Self, StartError> {
        let failed = |cause| StartError::new("find out which user we are", cause);
        let we = fs::metadata("/proc/self").map_err(|error| failed(error.to_string()))?;
        if we.uid() != 0 {
            return Ok(Self::Ourselves);
        }
        let accounts =
            fs::read_to_string("/etc/passwd").map_err(|error| failed(error.to_string()))?;
        names
            .iter()
            .find_map(|name| account(&accounts, name))
            .ok_or_else(|| failed(format!("no user {}", names.join(" or "))))
    }

    /// A command that runs `program` as this account.
    pub fn command(self, program: impl AsRef<OsStr>) -> Command {
        match self {
            Self::Ourselves => Command::new(program),
            Self::Account { uid, gid } => {
                let mut command = Command::new("setpriv");
                command.args([format!("--reuid={uid}"), format!("--regid={gid}")]);
                command.arg("--clear-groups").arg("--").arg(program);
                command
            }
        }
    }

    /// Gives one file or folder (not what is in it) to this account.
    pub fn take(self, path: &Path) -> Result<(), StartError> {
        match self {
            Self::Ourselves => Ok(()),
            Self::Account { uid, gid } => chown(path, Some(uid), Some(gid)).map_err(|error| {
                StartError::new(format!("give {} to user {uid}", path.display()), error)
            }),
        }
    }
}

/// The line of `/etc/passwd` for `name`: `name:password:uid:gid:…`.
fn account(accounts: &str, name: &str) -> Option<Owner> {
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next() != Some(name) {
            return None;
        }
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(Owner::Account { uid, gid })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_by_its_whole_name() {
        let accounts =
            "root:x:0:0::/root:/bin/sh\nmysqld:x:7:8::/:\nmysql:x:102:105:x:/:/bin/false\n";
        assert_eq!(
            account(accounts, "mysql"),
            Some(Owner::Account { uid: 102, gid: 105 })
        );
        assert_eq!(account(accounts, "postgres"), None);
    }
}
