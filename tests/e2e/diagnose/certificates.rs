//! Certificates that prove nothing, in the mode that asks for proof and in the one that does not.

use checkrun_testkit::{Certificate, Engine, Options, Server, Servers, account};
use checkrun_tests::{Stage, snapshot};

use super::{diagnose, target};

const VERIFY: &str = "tls = { mode = \"verify-full\", ca = \"ca.pem\" }";
const REQUIRE: &str = "tls = { mode = \"require\" }";
const PREFER: &str = "tls = { mode = \"prefer\" }";

fn stage(engine: Engine, port: u16, tls: &str) -> Stage {
    let url = format!("{}://monitor@localhost:{port}/shop", engine.name());
    Stage::with_authorities(&target("shop", &url, tls))
}

#[test]
fn what_is_wrong_with_a_certificate_fails_where_proof_is_asked_for_and_warns_elsewhere() {
    for (certificate, class) in [
        (Certificate::Expired, "certificate-expired"),
        (Certificate::NotYetValid, "certificate-not-yet-valid"),
        (Certificate::WrongHost, "certificate-wrong-host-name"),
        (Certificate::Foreign, "certificate-unknown-issuer"),
        (Certificate::SelfSigned, "certificate-self-signed"),
        (Certificate::None, "tls-not-offered"),
    ] {
        for engine in [Engine::Postgres, Engine::Mariadb] {
            let options = Options {
                certificate,
                ..Options::default()
            };
            let server = Server::start(engine, &options).unwrap();
            let port = server.endpoint().port;
            let name = engine.name();
            let failed = format!("failed tls {class}");
            let strict = diagnose(&stage(engine, port, VERIFY), &[]);
            assert_eq!(
                strict.problems(),
                [&*failed],
                "{name}, {certificate:?}: {}",
                strict.ended.stdout
            );
            // Without an authority to trust, nobody that is known signed it, too.
            let lenient = diagnose(&stage(engine, port, REQUIRE), &[]).problems();
            let expected = match certificate {
                Certificate::None => failed,
                _ => format!("warning tls {class}"),
            };
            assert!(
                lenient.contains(&expected),
                "{name}, {certificate:?}: {lenient:?}"
            );
            let alike = |problem: &String| problem[..11] == expected[..11];
            assert!(
                lenient.iter().all(alike),
                "{name}, {certificate:?}: {lenient:?}"
            );
            // On this machine, by default, only a certificate's time matters.
            let local = diagnose(&stage(engine, port, PREFER), &[]);
            let expected = match certificate {
                Certificate::Expired | Certificate::NotYetValid => format!("warning tls {class}"),
                _ => "nothing".to_owned(),
            };
            assert_eq!(local.first(), expected, "{name}, {certificate:?}");
        }
    }
}

#[test]
fn a_good_certificate_is_shown_and_verified() {
    let servers = Servers::from_environment();
    for endpoint in [&servers.postgres, &servers.mariadb] {
        let diagnosed = diagnose(&stage(endpoint.engine, endpoint.port, VERIFY), &[]);
        assert_eq!(diagnosed.first(), "nothing", "{}", diagnosed.ended.stdout);
        assert!(diagnosed.fact("tls", "encrypted").starts_with("TLS 1."));
        assert!(diagnosed.fact("tls", "verified").starts_with("yes"));
        let certificate = diagnosed.fact("tls", "certificate");
        for part in [
            "CN=localhost",
            "from 2000-01-01 to 2100-01-01",
            "localhost 127.0.0.1 ::1",
            "signed by CN=checkrun test authority",
        ] {
            assert!(certificate.contains(part), "{certificate}");
        }
    }
}

#[test]
fn a_client_certificate_is_shown_as_the_login_shows_it() {
    let servers = Servers::from_environment();
    let tls = "tls = { mode = \"verify-full\", ca = \"ca.pem\", certificate = \"client.pem\", key = \"client-key.pem\" }";
    for endpoint in [&servers.postgres, &servers.mariadb] {
        let url = endpoint.url_without_password(account::CERTIFIED);
        let stage = Stage::with_authorities(&format!(
            "[[target]]\nname = \"shop\"\nurl = \"{url}\"\n{tls}\n"
        ));
        let client = &servers.certificates.client;
        for (from, to) in [
            (&client.certificate, "client.pem"),
            (&client.key, "client-key.pem"),
        ] {
            stage.write(to, std::fs::read(from).unwrap());
        }
        let diagnosed = diagnose(&stage, &[]);
        assert_eq!(diagnosed.first(), "nothing", "{}", diagnosed.ended.stdout);
        assert_eq!(diagnosed.fact("secret", "password"), "none is configured");
    }
}

#[test]
fn files_of_the_target_that_cannot_be_used_are_told_before_anything_is_said() {
    let servers = Servers::from_environment();
    for endpoint in [&servers.postgres, &servers.mariadb] {
        for tls in [
            "tls = { mode = \"verify-full\", ca = \"missing.pem\" }",
            "tls = { mode = \"verify-full\", ca = \"empty.pem\" }",
            "tls = { mode = \"verify-full\", ca = \"ca.pem\", certificate = \"ca.pem\", key = \"missing.pem\" }",
        ] {
            let stage = stage(endpoint.engine, endpoint.port, tls);
            stage.write("empty.pem", "no certificate\n");
            let diagnosed = diagnose(&stage, &[]);
            assert_eq!(diagnosed.first(), "failed tls tls-file-unreadable", "{tls}");
        }
        let other = "tls = { mode = \"verify-full\", ca = \"other-ca.pem\" }";
        let diagnosed = diagnose(&stage(endpoint.engine, endpoint.port, other), &[]);
        assert_eq!(diagnosed.first(), "failed tls certificate-unknown-issuer");
    }
}

#[test]
fn people_read_what_the_certificate_says_and_what_is_wrong_with_it() {
    let mut text = String::new();
    for (engine, certificate, tls) in [
        (Engine::Postgres, Certificate::WrongHost, VERIFY),
        (Engine::Mariadb, Certificate::Expired, REQUIRE),
    ] {
        let options = Options {
            certificate,
            ..Options::default()
        };
        let server = Server::start(engine, &options).unwrap();
        let ended = stage(engine, server.endpoint().port, tls).run(&["diagnose"]);
        text.push_str(&format!(
            "# {}, {certificate:?}\n{}\n",
            engine.name(),
            ended.transcript()
        ));
    }
    snapshot("diagnose certificates", &text);
}
