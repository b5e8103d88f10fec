//! Servers that misbehave from the mail on: what is refused for good, for now, and what nobody knows.

use checkrun_testkit::mail_script::{Act, Moment};

use super::{A, D, MOMENT, PATIENT, R, Row, SECOND, SHORT, TEN_MIB, U, row};

/// The mail itself: what is refused for good, for now, and what nobody knows.
pub(super) const MAIL: [Row; 24] = [
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
