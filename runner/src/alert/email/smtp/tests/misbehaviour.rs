//! Servers that misbehave, one row each: what is made of it, in what time, and that a mail never counts
//! as accepted which the server has not taken.

mod mail;
mod opening;
mod silence;

use std::time::Instant;

use checkrun_testkit::eventually;
use checkrun_testkit::mail_script::{Act, Moment, Script, ScriptedServer};

use self::mail::MAIL;
use self::opening::OPENING;

use super::*;

/// For what is known to hang.
const SHORT: Duration = Duration::from_millis(400);

/// What a machine with other work may need beyond a limit.
const SLACK: Duration = Duration::from_secs(5);

const TO: [&str; 3] = ["a@x.example", "b@x.example", "c@x.example"];

const A: Fate = Fate::Accepted;
const D: Fate = Fate::Deferred;
const R: Fate = Fate::Refused;
const U: Fate = Fate::Uncertain;

/// What the client asks for.
#[derive(Clone, Copy)]
enum Client {
    Plain,
    StartTls,
    Tls,
    LoggingIn,
}

struct Row {
    what: &'static str,
    client: Client,
    /// The limits; short where something is expected not to come.
    limit: Duration,
    script: (Moment, Act),
    ending: &'static str,
    fates: [Fate; 3],
}

const fn row(
    what: &'static str,
    limit: Duration,
    script: (Moment, Act),
    ending: &'static str,
    fates: [Fate; 3],
) -> Row {
    Row {
        what,
        client: Client::Plain,
        limit,
        script,
        ending,
        fates,
    }
}

const fn client(client: Client, row: Row) -> Row {
    Row { client, ..row }
}

const TEN_MIB: usize = 10 * 1024 * 1024;
const SECOND: Duration = Duration::from_secs(1);
const MOMENT: Duration = Duration::from_millis(100);

async fn check(row: &Row) {
    check_within(row, limits(row.limit)).await;
}

async fn check_within(row: &Row, limits: Limits) {
    let offers: &[&str] = match row.client {
        Client::StartTls if row.ending == "starttls: no-tls" => &["SIZE"],
        Client::StartTls => &["STARTTLS"],
        Client::LoggingIn => &["auth plain login"],
        Client::Plain | Client::Tls => &["8BITMIME"],
    };
    let script = Script {
        offers,
        acts: vec![row.script],
    };
    let scripted = ScriptedServer::open(script).expect("a free port");
    let mut server = server(scripted.address());
    match row.client {
        Client::Plain => {}
        Client::StartTls => server.protection = Protection::StartTls,
        Client::Tls => server.protection = Protection::Tls,
        Client::LoggingIn => server.login = login("canary-password"),
    }
    let began = Instant::now();
    let (attempt, steps) = send(server, limits, &TO).await;
    let took = began.elapsed();
    assert_eq!(ending(&attempt), row.ending, "{}: {attempt:?}", row.what);
    assert_eq!(fates(&attempt), row.fates, "{}: {attempt:?}", row.what);
    assert!(took < row.limit + SLACK, "{}: {took:?}", row.what);
    let heard = scripted.heard();
    let is_accepted = fates(&attempt).contains(&A);
    assert_eq!(heard.taken > 0, is_accepted, "{}: {heard:?}", row.what);
    if fates(&attempt).contains(&U) {
        assert_eq!(
            heard.mails.len(),
            1,
            "{}: only what was sent whole is uncertain",
            row.what
        );
    }
    let shown = format!("{attempt:?} {steps:?}");
    assert!(!shown.contains("canary"), "{}: {shown}", row.what);
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_mail_every_misbehaviour_defers_it() {
    for row in &OPENING {
        check(row).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_mail_on_nothing_is_lost_and_only_silence_after_the_final_dot_is_uncertain() {
    for row in &MAIL {
        check(row).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_recipient_refused_is_no_mail() {
    for (answer, ending_, fate) in [
        (&b"550 no\r\n"[..], "recipient: refused", R),
        (b"450 later\r\n", "recipient: busy", D),
    ] {
        let acts = (0..3).map(|n| (Moment::Recipient(n), Act::Say(answer)));
        let script = Script {
            offers: &[],
            acts: acts.collect(),
        };
        let scripted = ScriptedServer::open(script).expect("a free port");
        let (attempt, _) = send(server(scripted.address()), limits(PATIENT), &TO).await;
        assert_eq!(
            (ending(&attempt), fates(&attempt)),
            (ending_.to_owned(), vec![fate; 3])
        );
        let commands = scripted.heard().commands;
        assert!(!commands.contains(&"DATA".to_owned()), "{commands:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_gets_the_mail_as_it_was_written_and_a_goodbye() {
    let scripted = ScriptedServer::open(Script::default()).expect("a free port");
    let (attempt, _) = send(server(scripted.address()), limits(PATIENT), &TO[..1]).await;
    assert_eq!(attempt.end, End::HandedOver);
    let heard = eventually("a goodbye", SLACK, || {
        let heard = scripted.heard();
        (heard.commands.last()? == "QUIT").then_some(heard)
    });
    let commands = [
        "EHLO host.example",
        "MAIL FROM:<checkrun@host.example>",
        "RCPT TO:<a@x.example>",
        "DATA",
        "QUIT",
    ];
    assert_eq!(heard.commands, commands);
    let written = crate::alert::email::compose::compose(&message(&TO[..1])).expect("sound");
    assert_eq!(
        String::from_utf8_lossy(&heard.mails[0]),
        String::from_utf8_lossy(&written)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_the_answer_to_the_goodbye() {
    let script = Script {
        offers: &[],
        acts: vec![(Moment::Goodbye, Act::Silence)],
    };
    let scripted = ScriptedServer::open(script).expect("a free port");
    let began = Instant::now();
    let patient = Limits {
        goodbye: Duration::from_secs(3),
        ..limits(PATIENT)
    };
    let (attempt, _) = send(server(scripted.address()), patient, &TO).await;
    assert_eq!(attempt.end, End::HandedOver);
    assert!(began.elapsed() < patient.goodbye);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_knows_only_login_asks_for_account_and_password() {
    let script = Script {
        offers: &["AUTH LOGIN"],
        acts: vec![
            (Moment::Login(0), Act::Say(b"334 VXNlcm5hbWU6\r\n")),
            (Moment::Login(1), Act::Say(b"334 UGFzc3dvcmQ6\r\n")),
        ],
    };
    let scripted = ScriptedServer::open(script).expect("a free port");
    let mut server = server(scripted.address());
    server.login = login("secret");
    let (attempt, _) = send(server, limits(PATIENT), &TO).await;
    assert_eq!(attempt.end, End::HandedOver, "{attempt:?}");
    let commands = scripted.heard().commands;
    assert_eq!(commands[1..4], ["AUTH LOGIN", "YWxlcnRz", "c2VjcmV0"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_not_sent_before_tls() {
    let script = Script {
        offers: &["AUTH PLAIN"],
        acts: Vec::new(),
    };
    let scripted = ScriptedServer::open(script).expect("a free port");
    let mut server = server(scripted.address());
    server.protection = Protection::StartTls;
    server.login = login("canary-password");
    let (attempt, _) = send(server, limits(PATIENT), &TO).await;
    assert_eq!(ending(&attempt), "starttls: no-tls");
    assert_eq!(scripted.heard().commands, ["EHLO host.example"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_there() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .expect("a port")
        .local_addr()
        .expect("its address");
    let (attempt, _) = send(server(closed), limits(PATIENT), &TO).await;
    assert_eq!(
        (ending(&attempt), fates(&attempt)),
        ("connect: no-connection".into(), vec![D; 3])
    );

    let hole = checkrun_testkit::listener::BlackHole::open().expect("a full queue");
    let began = Instant::now();
    let (attempt, _) = send(server(hole.address().expect("open")), limits(SHORT), &TO).await;
    assert_eq!(
        (ending(&attempt), fates(&attempt)),
        ("connect: silent".into(), vec![D; 3])
    );
    assert!(began.elapsed() < SHORT + SLACK);

    let mut nowhere = server(closed);
    nowhere.host = "nowhere.invalid".to_owned();
    let (attempt, _) = send(nowhere, limits(PATIENT), &TO).await;
    assert_eq!(fates(&attempt), [D; 3]);
    assert!(
        matches!(attempt.end, End::Stopped(Phase::LookUp, _)),
        "{attempt:?}"
    );
}
