//! `{ env | file | credential = … }`: a reference to a secret, and how it is followed.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::Context;
use crate::config::collector::{Collector, Remark};
use crate::config::environment::Environment;
use crate::config::shape::fields::Fields;
use crate::config::source::Span;
use crate::config::suggest;
use crate::model::secret::Secret;

/// Longest secret in a file, bytes.
const SECRET_BYTES_MAX: u64 = 64 * 1024;

/// Read permission for everybody.
const MODE_OTHERS_READ: u32 = 0o004;

/// The variable in which systemd names the folder with a service's credentials.
const CREDENTIALS_DIRECTORY: &str = "CREDENTIALS_DIRECTORY";

/// Where a secret is found, and where the file says so.
#[derive(Clone, Debug)]
pub(in crate::config) struct SecretReference {
    pub(in crate::config) at: Span,
    place: Place,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Environment(String),
    File(PathBuf),
    Credential(String),
}

/// A secret that was found, and what is doubtful about it.
#[derive(Debug)]
pub(in crate::config) struct Found {
    pub(in crate::config) secret: Secret,
    pub(in crate::config) doubt: Option<Remark>,
}

/// Reads the reference; exactly one of the three keys must be there.
pub(in crate::config) fn decode(
    fields: Fields<'_>,
    context: &mut Context<'_, '_>,
) -> Option<SecretReference> {
    let given = ["env", "file", "credential"].map(|key| fields.text(key).map(|text| (key, text)));
    let mut given = given.into_iter().flatten();
    let example =
        "write one of `{ env = \"NAME\" }`, `{ file = \"/path\" }`, `{ credential = \"name\" }`";
    let Some((key, text)) = given.next() else {
        if !["env", "file", "credential"]
            .iter()
            .any(|key| fields.has(key))
        {
            let remark = Remark::new("nothing says where the secret is found").with_hint(example);
            context.problems.error(&fields.span(), remark);
        }
        return None;
    };
    if let Some((other, at)) = given.next() {
        let remark = Remark::new(format!("`{key}` and `{other}` exclude each other"));
        context
            .problems
            .error(&at.span(), remark.with_hint(example));
        return None;
    }
    let place = match key {
        "env" => environment_name(text.get_ref()).map(Place::Environment),
        "file" => Ok(Place::File(context.source.resolve(text.get_ref()))),
        _ => credential_name(text.get_ref()).map(Place::Credential),
    };
    match place {
        Ok(place) => Some(SecretReference {
            at: text.span(),
            place,
        }),
        Err(remark) => {
            context.problems.error(&text.span(), remark);
            None
        }
    }
}

/// The messages do not repeat the text: somebody may have put the password itself there.
fn environment_name(text: &str) -> Result<String, Remark> {
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if plain && !text.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    Err(
        Remark::new("`env` is not the name of an environment variable").with_hint(
            "name the variable that holds the secret, as in `{ env = \"ORDERS_PASSWORD\" }`",
        ),
    )
}

fn credential_name(text: &str) -> Result<String, Remark> {
    if !text.contains('/') && !text.starts_with('.') {
        return Ok(text.to_owned());
    }
    Err(
        Remark::new("`credential` is not the name of a credential, which has no `/`")
            .with_hint("name it as in `LoadCredential=name:…`, or use `{ file = \"/path\" }`"),
    )
}

impl SecretReference {
    /// `env ORDERS_PASSWORD`, `file /run/secrets/orders`, `credential orders`.
    pub(in crate::config) fn place_in_words(&self) -> String {
        match &self.place {
            Place::Environment(name) => format!("env {name}"),
            Place::File(path) => format!("file {}", path.display()),
            Place::Credential(name) => format!("credential {name}"),
        }
    }

    /// Follows the reference and notes what is wrong; `None` after an error.
    pub(in crate::config) fn look_up(
        &self,
        environment: &Environment,
        problems: &mut Collector<'_>,
    ) -> Option<Secret> {
        match self.resolve(environment) {
            Ok(found) => {
                if let Some(doubt) = found.doubt {
                    problems.warning(&self.at, doubt);
                }
                Some(found.secret)
            }
            Err(remark) => {
                problems.error(&self.at, remark);
                None
            }
        }
    }

    /// Follows the reference.
    pub(in crate::config) fn resolve(&self, environment: &Environment) -> Result<Found, Remark> {
        match &self.place {
            Place::Environment(name) => from_environment(name, environment),
            Place::File(path) => from_file(path),
            Place::Credential(name) => from_credential(name, environment),
        }
    }
}

fn from_environment(name: &str, environment: &Environment) -> Result<Found, Remark> {
    let Some(value) = environment.get(name) else {
        let mut remark = Remark::new(format!("the environment variable `{name}` is not set"));
        remark.hint = Some(match suggest::nearest(name, environment.names()) {
            Some(near) => format!("did you mean `{near}`, which is set?"),
            None => format!("set it where checkrun is started: `export {name}=…`"),
        });
        return Err(remark);
    };
    match value.to_str() {
        Some("") => Err(
            Remark::new(format!("the environment variable `{name}` is empty")).with_hint(
                "give it its value, or leave the key out where nothing secret is needed",
            ),
        ),
        Some(text) => Ok(Found {
            secret: Secret::new(text.to_owned()),
            doubt: None,
        }),
        None => Err(Remark::new(format!(
            "the environment variable `{name}` is not UTF-8"
        ))),
    }
}

fn from_credential(name: &str, environment: &Environment) -> Result<Found, Remark> {
    let Some(folder) = environment.get(CREDENTIALS_DIRECTORY) else {
        return Err(Remark::new(format!(
            "the credential `{name}` needs systemd, but ${CREDENTIALS_DIRECTORY} is not set"
        ))
        .with_hint(format!(
            "add `LoadCredential={name}:/path` to the unit's [Service], or use `{{ file = \"/path\" }}`"
        )));
    };
    // systemd guards the folder itself, so the file's own mode says nothing here.
    let found = from_file(&Path::new(folder).join(name))?;
    Ok(Found {
        doubt: None,
        ..found
    })
}

fn from_file(path: &Path) -> Result<Found, Remark> {
    let shown = path.display();
    let failed = |error: io::Error| {
        let remark = Remark::new(format!("the secret file {shown} cannot be read: {error}"));
        match error.kind() {
            io::ErrorKind::NotFound => remark.with_hint(
                "create it, or correct the path; relative ones begin at this file's folder",
            ),
            io::ErrorKind::PermissionDenied => {
                remark.with_hint("let the account that runs checkrun read it")
            }
            _ => remark,
        }
    };
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if !metadata.is_file() {
        return Err(Remark::new(format!(
            "the secret file {shown} is not a plain file"
        )));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(SECRET_BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(failed)?;
    if bytes.len() as u64 > SECRET_BYTES_MAX {
        return Err(Remark::new(format!(
            "the secret file {shown} is larger than {SECRET_BYTES_MAX} bytes"
        )));
    }
    let Ok(text) = String::from_utf8(bytes) else {
        return Err(Remark::new(format!(
            "the secret file {shown} is not UTF-8 text"
        )));
    };
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        return Err(Remark::new(format!("the secret file {shown} is empty")));
    }
    let doubt = (metadata.permissions().mode() & MODE_OTHERS_READ != 0).then(|| {
        Remark::new(format!(
            "every account on this machine can read the secret file {shown}"
        ))
        .with_hint(format!("chmod 600 {shown}"))
    });
    Ok(Found {
        secret: Secret::new(text.to_owned()),
        doubt,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(place: Place, environment: &Environment) -> Result<Found, Remark> {
        SecretReference { at: 0..0, place }.resolve(environment)
    }

    #[test]
    fn a_variable_is_read_from_the_environment_given() {
        let environment = Environment::from_iter([("ORDERS_PASSWORD", "canary"), ("EMPTY", "")]);
        let found =
            resolve(Place::Environment("ORDERS_PASSWORD".into()), &environment).expect("set");
        assert_eq!(found.secret.reveal(), "canary");
        let near = resolve(Place::Environment("ORDER_PASSWORD".into()), &environment)
            .expect_err("not set");
        assert_eq!(
            near.hint.as_deref(),
            Some("did you mean `ORDERS_PASSWORD`, which is set?")
        );
        let empty = resolve(Place::Environment("EMPTY".into()), &environment).expect_err("empty");
        assert_eq!(empty.message, "the environment variable `EMPTY` is empty");
    }

    #[test]
    fn one_newline_at_the_end_of_a_file_is_not_part_of_the_secret() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secret");
        for (content, secret) in [
            ("canary", "canary"),
            ("canary\n", "canary"),
            ("canary\r\n", "canary"),
            ("canary\n\n", "canary\n"),
            (" canary ", " canary "),
        ] {
            std::fs::write(&path, content).expect("written");
            let found = resolve(Place::File(path.clone()), &Environment::default()).expect("found");
            assert_eq!(found.secret.reveal(), secret, "{content:?}");
        }
    }

    #[test]
    fn a_file_that_everybody_can_read_is_doubtful_and_a_credential_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secret");
        std::fs::write(&path, "canary").expect("written");
        for (mode, doubtful) in [(0o644, true), (0o640, false), (0o600, false)] {
            std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).expect("set");
            let found = resolve(Place::File(path.clone()), &Environment::default()).expect("found");
            assert_eq!(found.doubt.is_some(), doubtful, "{mode:o}");
        }
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).expect("set");
        let environment = Environment::from_iter([(CREDENTIALS_DIRECTORY, folder.path())]);
        let found = resolve(Place::Credential("secret".into()), &environment).expect("found");
        assert!(found.doubt.is_none());
    }

    #[test]
    fn a_file_that_is_no_secret_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secret");
        for content in [vec![], vec![b'\n'], vec![0xff, 0xfe], vec![b'x'; 70_000]] {
            std::fs::write(&path, content).expect("written");
            assert!(resolve(Place::File(path.clone()), &Environment::default()).is_err());
        }
        assert!(resolve(Place::File(folder.path().into()), &Environment::default()).is_err());
        assert!(
            resolve(
                Place::File(folder.path().join("none")),
                &Environment::default()
            )
            .is_err()
        );
    }
}
