//! Servers that misbehave before the mail itself: nothing is lost, and nothing can be doubled.

use checkrun_testkit::mail_script::{Act, Moment};

use super::{A, Client, D, Duration, MOMENT, PATIENT, Row, SECOND, SHORT, TEN_MIB, client, row};

/// Nothing is lost and nothing is doubled before the mail itself.
pub(super) const OPENING: [Row; 22] = [
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
            (Moment::Login(0), Act::Say(b"535 not canary-password\r\n")),
            "login: refused",
            [D; 3],
        ),
    ),
    client(
        Client::LoggingIn,
        row(
            "asks again and again instead of letting us in",
            PATIENT,
            (Moment::Login(0), Act::Say(b"334 VXNlcm5hbWU6\r\n")),
            "login: nonsense",
            [D; 3],
        ),
    ),
];
