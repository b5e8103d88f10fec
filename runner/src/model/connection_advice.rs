//! What each class of connection error means, and what to try first: the one place for these texts.
//!
//! Checks get them with the error, so a report says the same whichever check noticed.

use super::probe::TlsProblem;
use super::sql::ConnectionClass;
use super::target::{Address, Protocol, ServerAddress};

/// A class of connection error, explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What happened, as the end of "no connection:".
    pub meaning: &'static str,
    /// What to try first.
    pub advice: &'static str,
}

/// Explains a class of connection error.
#[must_use]
#[expect(
    clippy::too_many_lines,
    reason = "a table of texts, a row for each class"
)]
pub fn explain(class: ConnectionClass) -> Explanation {
    let (meaning, advice) = match class {
        ConnectionClass::Refused => (
            "nothing listens at this address and port",
            "See whether the server runs, whether it listens on this interface (listen_addresses, \
             bind-address), and whether the port of the target is right.",
        ),
        ConnectionClass::Unreachable => (
            "there is no route to the host",
            "See whether the host is up, and whether routing, VPN and firewall let this machine reach it.",
        ),
        ConnectionClass::Timeout => (
            "the server did not answer in time",
            "See whether a firewall drops packets to the port, and whether the server is overloaded or frozen.",
        ),
        ConnectionClass::Dns => (
            "the host name does not resolve",
            "See whether the name in the target is spelled right, and whether this machine's resolver knows it.",
        ),
        ConnectionClass::Tls => (
            "the encryption could not be set up",
            "See whether the server's certificate has expired, names this host, and is signed by an \
             authority that this machine trusts.",
        ),
        ConnectionClass::Authentication => (
            "the server refused the account",
            "See whether user and password of the target are right, and whether the server lets this \
             account in from this machine (pg_hba.conf, the account's host part).",
        ),
        ConnectionClass::UnknownDatabase => (
            "there is no such database, or the account may not see it",
            "See whether the database of the target is spelled right, and whether it was renamed or \
             dropped; for MySQL and MariaDB, also whether the account has any right in it; for SQLite, \
             whether the file is there.",
        ),
        ConnectionClass::DatabaseRefused => (
            "the account may not connect to this database",
            "Give the account the right to connect, as the owner of the database or an administrator.",
        ),
        ConnectionClass::TooManyConnections => (
            "the server or the account is at its connection limit",
            "See who holds the connections and close idle ones; then raise the limit \
             (max_connections, the account's own), or put a pooler in front.",
        ),
        ConnectionClass::StartingUp => (
            "the server takes no connections now: it starts up, recovers or shuts down",
            "The server's words say which. Wait for it; if it takes long, its log says what it recovers, \
             or who stopped it.",
        ),
        ConnectionClass::ShuttingDown => (
            "the server is shutting down",
            "See whether this is planned; if not, the server's log says who stopped it.",
        ),
        ConnectionClass::Protocol => (
            "what is there is not a database of this engine",
            "See whether the port belongs to the database, and whether the scheme of the target's URL \
             names the right engine; for SQLite, whether the file is one of its databases.",
        ),
        ConnectionClass::Lost => (
            "the connection broke",
            "See whether the server restarted or killed the session (its log says so), and whether \
             something between closes connections.",
        ),
        ConnectionClass::AccountRefused => (
            "the account may do more than a check needs",
            "Give the target an account of its own with read access only, or set `allow_privileged = \
             true` on the target.",
        ),
        ConnectionClass::Other => (
            "the connection failed",
            "The message says what the system reported; the server's log may say more.",
        ),
    };
    Explanation { meaning, advice }
}

/// Explains what is wrong with an encryption.
#[must_use]
pub fn explain_tls(problem: TlsProblem) -> Explanation {
    let (meaning, advice) = match problem {
        TlsProblem::NotOffered => (
            "the server offers no encryption",
            "Switch it on at the server (ssl = on with ssl_cert_file and ssl_key_file; ssl-cert and \
             ssl-key), or see whether something between answers in its place.",
        ),
        TlsProblem::NotEncrypted => (
            "nothing is encrypted on the way to another machine",
            "Switch encryption on at the server, and set `tls = { mode = \"verify-full\" }` at the target.",
        ),
        TlsProblem::UnreadableFile => (
            "a file with a certificate or key cannot be used",
            "See whether the `tls` of the target names the right PEM files, and whether the account that \
             runs checkrun may read them.",
        ),
        TlsProblem::HandshakeFailed => (
            "the two sides do not agree on an encryption",
            "See which TLS versions the server allows: it must speak 1.2 or 1.3; its log says what it \
             did not accept.",
        ),
        TlsProblem::Expired => (
            "the server's certificate has expired",
            "Renew the certificate and reload the server; until then nothing proves who answers.",
        ),
        TlsProblem::ExpiresSoon => (
            "the server's certificate expires soon",
            "Renew the certificate and reload the server before then.",
        ),
        TlsProblem::NotYetValid => (
            "the server's certificate is not valid yet",
            "See whether the clocks of both machines are right, and whether the certificate was made \
             with the right dates.",
        ),
        TlsProblem::WrongHostName => (
            "the server's certificate is for other hosts",
            "Write one of the certificate's names as the host in the target's `url`, or have the \
             certificate issued for this one.",
        ),
        TlsProblem::SelfSigned => (
            "the server signed its certificate itself",
            "Have it signed by an authority and name that as `ca` in the target's `tls`; a copy of the \
             certificate itself as `ca` does too, unless it is marked as an authority.",
        ),
        TlsProblem::UnknownIssuer => (
            "no authority that this machine trusts signed the server's certificate",
            "Name the PEM file of the authority as `ca` in the target's `tls`; if the authority is the \
             right one already, see whether the server sends its intermediate certificates.",
        ),
        TlsProblem::InvalidCertificate => (
            "the server's certificate is not acceptable",
            "The message says what is wrong with it; have it issued again as a server's certificate.",
        ),
    };
    Explanation { meaning, advice }
}

/// The statement that lets the account in, where this class has one.
#[must_use]
pub fn remedy(class: ConnectionClass, address: &Address) -> Option<String> {
    match (class, address) {
        (
            ConnectionClass::DatabaseRefused,
            Address::Server(ServerAddress {
                protocol: Protocol::Postgresql,
                user,
                database: Some(database),
                ..
            }),
        ) => Some(format!(
            "GRANT CONNECT ON DATABASE {} TO {}",
            quoted(database),
            quoted(user)
        )),
        _ => None,
    }
}

/// PostgreSQL's way to write any name.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_a_meaning_and_advice() {
        let table: Vec<String> = ConnectionClass::ALL
            .iter()
            .map(|class| {
                let Explanation { meaning, advice } = explain(*class);
                format!("{}: {meaning}\n    {advice}", class.as_str())
            })
            .collect();
        insta::assert_snapshot!(table.join("\n"));
    }

    #[test]
    fn every_problem_of_an_encryption_has_a_meaning_and_advice() {
        let table: Vec<String> = TlsProblem::ALL
            .iter()
            .map(|problem| {
                let Explanation { meaning, advice } = explain_tls(*problem);
                format!("{}: {meaning}\n    {advice}", problem.as_str())
            })
            .collect();
        insta::assert_snapshot!(table.join("\n"));
    }
}
