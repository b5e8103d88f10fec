//! Pieces of configuration.

use checkrun_testkit::{Account, Endpoint};

/// The variable in which every command finds the account's password.
#[must_use]
pub fn password_variable(account: Account) -> String {
    format!("{}_PASSWORD", account.name.to_uppercase())
}

/// A `[[target]]` for a test server, to which further keys can be added.
#[must_use]
pub fn server_target(name: &str, endpoint: &Endpoint, account: Account) -> String {
    format!(
        "[[target]]\nname = \"{name}\"\nurl = \"{}\"\npassword = {{ env = \"{}\" }}\n",
        endpoint.url_without_password(account),
        password_variable(account)
    )
}
