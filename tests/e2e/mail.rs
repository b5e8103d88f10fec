//! `checkrun alerts test`: one mail the whole way, to a real mail server, a program and a folder.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use checkrun_testkit::mail::{MailServer, PASSWORD, Senders, USER};
use checkrun_testkit::{Certificate, eventually};
use checkrun_tests::{Stage, snapshot};

const LIMIT: Duration = Duration::from_secs(10);

const ROUTES: &str = "
[[route]]
to = [\"alice@shop.example\", \"Bob <bob@shop.example>\"]

[[route]]
match = { severity = \"critical\" }
to = [\"bob@shop.example\", \"nobody@shop.example\"]
";

fn start(certificate: Certificate, senders: Senders) -> MailServer {
    MailServer::start(certificate, senders).expect("a mail server")
}

/// A folder whose mail goes by way of `smtp`, with further keys of `[email]`.
fn stage(smtp: &str, keys: &str) -> Stage {
    let mut stage = Stage::with_authorities(&format!(
        "[email]\nsmtp = \"{smtp}\"\nfrom = \"checkrun <checkrun@shop.example>\"\n{keys}\n{ROUTES}"
    ));
    stage.set("SMTP_PASSWORD", PASSWORD);
    stage.set("WRONG_PASSWORD", "wrong");
    stage
}

/// By STARTTLS, with a login.
fn protected(server: &MailServer, password: &str) -> Stage {
    let smtp = format!("smtp://{USER}@127.0.0.1:{}", server.address().port());
    let keys = format!("ca = \"ca.pem\"\npassword = {{ env = \"{password}\" }}");
    stage(&smtp, &keys)
}

/// In plain words, as is allowed on one machine.
fn plain(server: &MailServer) -> Stage {
    stage(&format!("smtp://127.0.0.1:{}", server.address().port()), "")
}

/// Without what differs from machine to machine and from mail to mail.
fn steady(transcript: &str) -> String {
    let host = fs::read_to_string("/proc/sys/kernel/hostname").expect("the machine's name");
    let cut = |text: &str, from: &str, to: char| match text.split_once(from) {
        Some((before, rest)) => {
            let rest = rest.find(to).map_or("", |at| &rest[at..]);
            format!("{before}{from}…{rest}")
        }
        None => text.to_owned(),
    };
    let text = cut(transcript, "Message-ID <", '>');
    let text = cut(&text, "250 OK id=", '\n');
    let text = cut(&text, "content     ", '\n');
    text.replace(&format!("Hello {}", host.trim()), "Hello [host]")
}

fn arrived(server: &MailServer, mailbox: &str) -> String {
    eventually("the mail arrives", LIMIT, || {
        server.mailbox(mailbox).expect("a mailbox").pop()
    })
}

#[test]
fn a_mail_arrives_and_every_step_is_told() {
    let server = start(Certificate::Good, Senders::LoggedIn);
    let stage = protected(&server, "SMTP_PASSWORD");
    let ended = stage.run(&["alerts", "test", "--route", "1"]).expect(0);
    snapshot("mail_arrives", &steady(&ended.transcript()));
    let mail = arrived(&server, "alice");
    let file = stage.path("checkrun.toml");
    for part in [
        "Subject: TEST: checkrun on ",
        "Auto-Submitted: auto-generated\n",
        "you are in the route alice@shop.example, bob@shop.example",
        &file.display().to_string(),
    ] {
        assert!(mail.contains(part), "{part}: {mail}");
    }
    assert_eq!(server.mailbox("bob").expect("a mailbox").len(), 1);
}

#[test]
fn one_of_them_does_not_exist() {
    let server = start(Certificate::None, Senders::Anyone);
    let stage = plain(&server);
    let ended = stage.run(&["alerts", "test"]).expect(1);
    snapshot("mail_for_nobody", &steady(&ended.transcript()));
    let json = stage.run(&["alerts", "test", "--route", "2", "--format", "json"]);
    let json = json.expect(1).json();
    assert_eq!(json["outcome"], "handed-over");
    assert_eq!(json["next"], "give-up");
    assert_eq!(json["recipients"][0]["fate"], "accepted");
    assert_eq!(json["recipients"][1]["fate"], "refused");
    assert_eq!(json["recipients"][1]["code"], 550);
    assert_eq!(json["recipients"][1]["reply"], "nobody of this name");
    let busy = stage.run(&[
        "alerts",
        "test",
        "--to",
        "busy@shop.example",
        "--format",
        "json",
    ]);
    let busy = busy.expect(2).json();
    assert_eq!(busy["next"], "again");
    assert_eq!(busy["failure"]["cause"], "busy");
}

#[test]
fn what_stands_in_the_way_is_told_with_what_to_do() {
    let server = start(Certificate::Expired, Senders::LoggedIn);
    let ended = protected(&server, "SMTP_PASSWORD")
        .run(&["alerts", "test"])
        .expect(2);
    snapshot("mail_expired", &steady(&ended.transcript()));

    let server = start(Certificate::Good, Senders::LoggedIn);
    let ended = protected(&server, "WRONG_PASSWORD")
        .run(&["alerts", "test"])
        .expect(2);
    snapshot("mail_wrong_password", &steady(&ended.transcript()));

    let server = start(Certificate::None, Senders::Anyone);
    let ended = protected(&server, "SMTP_PASSWORD")
        .run(&["alerts", "test"])
        .expect(2);
    snapshot("mail_no_tls", &steady(&ended.transcript()));
}

#[test]
fn a_program_of_this_machine_delivers_too() {
    let server = start(Certificate::None, Senders::Anyone);
    let stage = Stage::new("");
    let program = checkrun_testkit::mail::program().expect("exim4");
    let script = format!(
        "#!/bin/sh\nexec {} -C {} \"$@\"\n",
        program.display(),
        server.configuration().display()
    );
    stage.write("sendmail", script);
    let path = stage.path("sendmail");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a program");
    stage.write(
        "checkrun.toml",
        format!(
            "[email]\nsmtp = \"sendmail:{}\"\nfrom = \"checkrun@shop.example\"\n{ROUTES}",
            path.display()
        ),
    );
    let ended = stage
        .run(&["alerts", "test", "--to", "alice@shop.example"])
        .expect(0);
    assert!(
        ended.stdout.contains("program     done"),
        "{}",
        ended.stdout
    );
    let mail = arrived(&server, "alice");
    assert!(mail.contains("To: alice@shop.example\n"), "{mail}");
}

#[test]
fn a_folder_keeps_each_mail_as_a_file() {
    let stage = stage("file:./outbox", "");
    for _ in 0..2 {
        let _ = stage.run(&["alerts", "test"]).expect(0);
    }
    let ended = stage.run(&["alerts", "test", "--format", "json"]).expect(0);
    assert_eq!(ended.json()["steps"][0]["phase"], "file");
    let files: Vec<_> = fs::read_dir(stage.path("outbox"))
        .expect("a folder")
        .flatten()
        .collect();
    assert_eq!(files.len(), 3);
    assert!(
        files
            .iter()
            .all(|file| file.file_name().to_string_lossy().ends_with(".eml"))
    );
}

#[test]
fn what_cannot_be_tried_at_all() {
    let mut text = String::new();
    let stage = stage("file:./outbox", "");
    text += &stage
        .run(&["alerts", "test", "--route", "3"])
        .expect(64)
        .transcript();
    text += &stage
        .run(&["alerts", "test", "--to", "a b@c"])
        .expect(64)
        .transcript();
    stage.write("checkrun.toml", "[run]\nparallel = 4\n");
    text += &stage.run(&["alerts", "test"]).expect(78).transcript();
    text += &stage
        .run(&["alerts", "test", "--to", "a@b.example"])
        .expect(78)
        .transcript();
    stage.write(
        "checkrun.toml",
        "[email]\nsmtp = \"file:./outbox\"\nfrom = \"a@b\"\n",
    );
    text += &stage.run(&["alerts", "test"]).expect(78).transcript();
    stage.write("checkrun.toml", "[email]\nsmtp = \"smtps://me@mail.example\"\nfrom = \"a@b\"\npassword = { env = \"NO_PASSWORD\" }\n");
    text += &stage
        .run(&["alerts", "test", "--to", "a@b.example"])
        .expect(78)
        .transcript();
    snapshot("mail_not_tried", &text);
}
