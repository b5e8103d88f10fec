//! Servers that fall silent in one phase, whose limit is the only short one: so each phase has its own.

use std::time::Instant;

use checkrun_testkit::mail_script::{Act, Moment, Script, ScriptedServer};

use super::*;
use crate::alert::email::compose::IMAGE_BYTES_MAX;
use crate::alert::email::message::Image;

/// The limit that is short.
type Which = fn(&mut Limits) -> &mut Duration;

/// As long as nobody reads, which is longer than anybody waits.
const STALLED: Duration = Duration::from_secs(3);

/// A mail of 12 MiB is more than fits between two sockets.
const IMAGES: usize = 48;

const fn silent(
    what: &'static str,
    client: Client,
    script: (Moment, Act),
    ending: &'static str,
) -> Row {
    Row {
        what,
        client,
        limit: SHORT,
        script,
        ending,
        fates: [D; 3],
    }
}

const SILENCES: [(Which, Row); 10] = [
    (
        |limits| &mut limits.greeting,
        silent(
            "no banner",
            Client::Plain,
            (Moment::Banner, Act::Silence),
            "greeting: silent",
        ),
    ),
    (
        |limits| &mut limits.tls,
        silent(
            "no TLS where it is expected",
            Client::Tls,
            (Moment::Banner, Act::Silence),
            "tls: silent",
        ),
    ),
    (
        |limits| &mut limits.hello,
        silent(
            "no answer to EHLO",
            Client::Plain,
            (Moment::Hello, Act::Silence),
            "hello: silent",
        ),
    ),
    (
        |limits| &mut limits.hello,
        silent(
            "no answer to STARTTLS",
            Client::StartTls,
            (Moment::StartTls, Act::Silence),
            "starttls: silent",
        ),
    ),
    (
        |limits| &mut limits.tls,
        silent(
            "no TLS after STARTTLS",
            Client::StartTls,
            (Moment::StartTls, Act::SayAndStare(b"220 go\r\n")),
            "tls: silent",
        ),
    ),
    (
        |limits| &mut limits.hello,
        silent(
            "no answer to the password",
            Client::LoggingIn,
            (Moment::Login(0), Act::Silence),
            "login: silent",
        ),
    ),
    (
        |limits| &mut limits.sender,
        silent(
            "no answer to MAIL",
            Client::Plain,
            (Moment::Sender, Act::Silence),
            "sender: silent",
        ),
    ),
    (
        |limits| &mut limits.recipient,
        silent(
            "no answer to the second RCPT",
            Client::Plain,
            (Moment::Recipient(1), Act::Silence),
            "recipient: silent",
        ),
    ),
    (
        |limits| &mut limits.data,
        silent(
            "no answer to DATA",
            Client::Plain,
            (Moment::Data, Act::Silence),
            "data: silent",
        ),
    ),
    (
        |limits| &mut limits.acceptance,
        Row {
            fates: [U; 3],
            ..silent(
                "no answer to the final dot",
                Client::Plain,
                (Moment::Dot, Act::Silence),
                "uncertain: silent",
            )
        },
    ),
];

fn only_short(which: Which) -> Limits {
    let mut limits = limits(PATIENT);
    *which(&mut limits) = SHORT;
    limits
}

#[tokio::test(flavor = "multi_thread")]
async fn each_phase_ends_by_its_own_limit() {
    for (which, row) in &SILENCES {
        let began = Instant::now();
        check_within(row, only_short(*which)).await;
        assert!(began.elapsed() >= SHORT, "{}", row.what);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_reading_in_the_middle_of_a_mail() {
    let script = Script {
        offers: &[],
        acts: vec![(Moment::Content, Act::Wait(STALLED))],
    };
    let scripted = ScriptedServer::open(script).expect("a free port");
    let mut message = message(&TO);
    let picture = Image {
        png: vec![7; IMAGE_BYTES_MAX],
        name: "chart".to_owned(),
    };
    message.html = Some("<p>much</p>".to_owned());
    message.images = vec![picture; IMAGES];
    let began = Instant::now();
    let limits = only_short(|limits| &mut limits.piece);
    let (attempt, _) = send_message(server(scripted.address()), limits, &message).await;
    let took = began.elapsed();
    assert_eq!(
        (ending(&attempt), fates(&attempt)),
        ("content: silent".to_owned(), vec![D; 3])
    );
    assert!(took < SHORT + SLACK, "{took:?}");
}
