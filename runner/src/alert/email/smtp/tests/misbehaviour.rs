//! Servers that misbehave, one row each: what is made of it, in what time, and that a mail never counts
//! as accepted which the server has not taken.

use std::time::Instant;

use checkrun_testkit::mail_script::{Act, Moment, Script, ScriptedServer};

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
    /// All limits; short where something is expected not to come.
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

/// Nothing is lost and nothing is doubled before the mail itself.
const OPENING: [Row; 22] = [
    row(
        "no banner",
        SHORT,
        (Moment::Banner, Act::Silence),
        "greeting: silent",
        [D; 3],
    ),
    row(
        "a banner that takes longer than its limit",
        SHORT,
        (Moment::Banner, Act::Wait(SECOND)),
        "greeting: silent",
        [D; 3],
    ),
    row(
        "a banner that takes a while",
        PATIENT,
        (Moment::Banner, Act::Wait(MOMENT)),
        "handed over",
        [A; 3],
    ),
    row(
        "a banner byte by byte, each within the limit, not the whole",
        SHORT,
        (Moment::Banner, Act::Drip(b"220 script.example\r\n", MOMENT)),
        "greeting: silent",
        [D; 3],
    ),
    row(
        "a banner byte by byte, the whole within the limit",
        PATIENT,
        (
            Moment::Banner,
            Act::Drip(b"220 hi\r\n", Duration::from_millis(20)),
        ),
        "handed over",
        [A; 3],
    ),
    row(
        "closes at once",
        PATIENT,
        (Moment::Banner, Act::Close),
        "greeting: closed",
        [D; 3],
    ),
    row(
        "421 as its banner",
        PATIENT,
        (Moment::Banner, Act::SayAndClose(b"421 too busy\r\n")),
        "greeting: busy",
        [D; 3],
    ),
    row(
        "554 as its banner",
        PATIENT,
        (Moment::Banner, Act::SayAndClose(b"554 no\r\n")),
        "greeting: refused",
        [D; 3],
    ),
    row(
        "is no mail server",
        PATIENT,
        (Moment::Banner, Act::SayAndClose(b"SSH-2.0-OpenSSH_9.2\r\n")),
        "greeting: nonsense",
        [D; 3],
    ),
    row(
        "noise as its banner",
        PATIENT,
        (Moment::Banner, Act::Flood(b"\xff\x00\x15\x03\x01", 4096)),
        "greeting: nonsense",
        [D; 3],
    ),
    row(
        "a banner of 10 MiB on one line",
        PATIENT,
        (Moment::Banner, Act::Flood(b"220 xxxxxxxxxxxx", TEN_MIB)),
        "greeting: endless-reply",
        [D; 3],
    ),
    row(
        "a banner whose lines never end",
        PATIENT,
        (Moment::Banner, Act::Flood(b"220-more\r\n", TEN_MIB)),
        "greeting: endless-reply",
        [D; 3],
    ),
    row(
        "closes after EHLO",
        PATIENT,
        (Moment::Hello, Act::Close),
        "hello: closed",
        [D; 3],
    ),
    row(
        "half an answer to EHLO, then nothing",
        SHORT,
        (Moment::Hello, Act::Say(b"250-script.example\r\n250-SI")),
        "hello: silent",
        [D; 3],
    ),
    row(
        "two answers to EHLO",
        PATIENT,
        (Moment::Hello, Act::Say(b"250 script.example\r\n250 ok\r\n")),
        "sender: nonsense",
        [D; 3],
    ),
    client(
        Client::StartTls,
        row(
            "STARTTLS is not offered",
            PATIENT,
            (Moment::Content, Act::Say(b"")),
            "starttls: no-tls",
            [D; 3],
        ),
    ),
    client(
        Client::StartTls,
        row(
            "STARTTLS is offered and refused",
            PATIENT,
            (Moment::StartTls, Act::Say(b"454 not now\r\n")),
            "starttls: busy",
            [D; 3],
        ),
    ),
    client(
        Client::StartTls,
        row(
            "says more after STARTTLS, before TLS",
            PATIENT,
            (
                Moment::StartTls,
                Act::Say(b"220 go\r\n250-script.example\r\n250 AUTH PLAIN\r\n"),
            ),
            "starttls: injected",
            [D; 3],
        ),
    ),
    client(
        Client::StartTls,
        row(
            "agrees to STARTTLS and stays silent",
            SHORT,
            (Moment::StartTls, Act::SayAndStare(b"220 go\r\n")),
            "tls: silent",
            [D; 3],
        ),
    ),
    client(
        Client::Tls,
        row(
            "speaks plainly where TLS is expected",
            PATIENT,
            (Moment::Banner, Act::Say(b"220 script.example\r\n")),
            "tls: no-handshake",
            [D; 3],
        ),
    ),
    client(
        Client::LoggingIn,
        row(
            "535 for the password, which it repeats",
            PATIENT,
            (Moment::Login, Act::Say(b"535 not canary-password\r\n")),
            "login: refused",
            [D; 3],
        ),
    ),
    client(
        Client::LoggingIn,
        row(
            "asks again and again instead of letting us in",
            PATIENT,
            (Moment::Login, Act::Say(b"334 VXNlcm5hbWU6\r\n")),
            "login: nonsense",
            [D; 3],
        ),
    ),
];

/// The mail itself: what is refused for good, for now, and what nobody knows.
const MAIL: [Row; 24] = [
    row(
        "sound",
        PATIENT,
        (Moment::Content, Act::Say(b"")),
        "handed over",
        [A; 3],
    ),
    row(
        "451 for the sender",
        PATIENT,
        (Moment::Sender, Act::Say(b"451 greylisted\r\n")),
        "sender: busy",
        [D; 3],
    ),
    row(
        "550 for the sender",
        PATIENT,
        (Moment::Sender, Act::Say(b"550 not yours\r\n")),
        "sender: refused",
        [R; 3],
    ),
    row(
        "closes after MAIL",
        PATIENT,
        (Moment::Sender, Act::Close),
        "sender: closed",
        [D; 3],
    ),
    row(
        "550 for one of three",
        PATIENT,
        (Moment::Recipient(1), Act::Say(b"550 no such user\r\n")),
        "handed over",
        [A, R, A],
    ),
    row(
        "452 for the last of three",
        PATIENT,
        (
            Moment::Recipient(2),
            Act::Say(b"452 too many recipients\r\n"),
        ),
        "handed over",
        [A, A, D],
    ),
    row(
        "550 with letters that are not ASCII",
        PATIENT,
        (
            Moment::Recipient(0),
            Act::Say(b"550 unbekannter Empf\xe4nger\r\n"),
        ),
        "handed over",
        [R, A, A],
    ),
    row(
        "421 for the second of three",
        PATIENT,
        (
            Moment::Recipient(1),
            Act::SayAndClose(b"421 shutting down\r\n"),
        ),
        "recipient: busy",
        [D; 3],
    ),
    row(
        "closes after the second RCPT",
        PATIENT,
        (Moment::Recipient(1), Act::Close),
        "recipient: closed",
        [D; 3],
    ),
    row(
        "silent after RCPT",
        SHORT,
        (Moment::Recipient(0), Act::Silence),
        "recipient: silent",
        [D; 3],
    ),
    row(
        "an answer to RCPT that makes no sense",
        PATIENT,
        (Moment::Recipient(0), Act::Say(b"354 what\r\n")),
        "recipient: nonsense",
        [D; 3],
    ),
    row(
        "451 to DATA",
        PATIENT,
        (Moment::Data, Act::Say(b"451 disk full\r\n")),
        "data: busy",
        [D; 3],
    ),
    row(
        "554 to DATA",
        PATIENT,
        (Moment::Data, Act::Say(b"554 no\r\n")),
        "data: refused",
        [R; 3],
    ),
    row(
        "closes after DATA",
        PATIENT,
        (Moment::Data, Act::Close),
        "data: closed",
        [D; 3],
    ),
    row(
        "250 to DATA, as if it had the mail",
        PATIENT,
        (Moment::Data, Act::Say(b"250 ok\r\n")),
        "data: nonsense",
        [D; 3],
    ),
    row(
        "451 after the final dot",
        PATIENT,
        (Moment::Dot, Act::Say(b"451 try again\r\n")),
        "acceptance: busy",
        [D; 3],
    ),
    row(
        "554 after the final dot",
        PATIENT,
        (Moment::Dot, Act::Say(b"554 spam\r\n")),
        "acceptance: refused",
        [R; 3],
    ),
    row(
        "421 after the final dot",
        PATIENT,
        (Moment::Dot, Act::SayAndClose(b"421 shutting down\r\n")),
        "acceptance: busy",
        [D; 3],
    ),
    row(
        "closes after the final dot, before the answer",
        PATIENT,
        (Moment::Dot, Act::Close),
        "uncertain: closed",
        [U; 3],
    ),
    row(
        "silent after the final dot",
        SHORT,
        (Moment::Dot, Act::Silence),
        "uncertain: silent",
        [U; 3],
    ),
    row(
        "250 after a long time, within the limit",
        PATIENT,
        (Moment::Dot, Act::Wait(SECOND)),
        "handed over",
        [A; 3],
    ),
    row(
        "noise after the final dot",
        PATIENT,
        (Moment::Dot, Act::Say(b"\x80\x81\x82\x83\r\n")),
        "uncertain: nonsense",
        [U; 3],
    ),
    row(
        "an answer of 10 MiB after the final dot",
        PATIENT,
        (Moment::Dot, Act::Flood(b"250 xxxxxxxxxxxx", TEN_MIB)),
        "uncertain: endless-reply",
        [U; 3],
    ),
    row(
        "an answer that never ends after the final dot",
        SHORT,
        (
            Moment::Dot,
            Act::Drip(b"250-more\r\n250-more\r\n250-more\r\n250-more\r\n", MOMENT),
        ),
        "uncertain: silent",
        [U; 3],
    ),
];

async fn check(row: &Row) {
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
    let (attempt, steps) = send(server, limits(row.limit), &TO).await;
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

#[tokio::test]
async fn before_the_mail_every_misbehaviour_defers_it() {
    for row in &OPENING {
        check(row).await;
    }
}

#[tokio::test]
async fn from_the_mail_on_nothing_is_lost_and_only_silence_after_the_final_dot_is_uncertain() {
    for row in &MAIL {
        check(row).await;
    }
}

#[tokio::test]
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

#[tokio::test]
async fn the_server_gets_the_mail_as_it_was_written_and_a_goodbye() {
    let scripted = ScriptedServer::open(Script::default()).expect("a free port");
    let (attempt, _) = send(server(scripted.address()), limits(PATIENT), &TO[..1]).await;
    assert_eq!(attempt.end, End::HandedOver);
    let heard = scripted.heard();
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

#[tokio::test]
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

#[tokio::test]
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
