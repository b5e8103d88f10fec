//! Web servers that misbehave, one row each.

use std::time::Instant;

use checkrun_testkit::web_script::WebAct::{
    Answer, AnswerAndStare, AnswerBeforeTheBody, CloseAtOnce, Drip, Flood, Sleep, SpeakFirst,
};

use super::*;

/// For what is known to hang.
const SHORT: Duration = Duration::from_millis(400);

/// What a machine with other work may need beyond a limit.
const SLACK: Duration = Duration::from_secs(5);

const MOMENT: Duration = Duration::from_millis(100);

const TEN_MIB: usize = 10 * 1024 * 1024;

const A: Fate = Fate::Accepted;
const D: Fate = Fate::Deferred;
const R: Fate = Fate::Refused;
const U: Fate = Fate::Uncertain;

type Row = (&'static str, Duration, WebAct, &'static str, Fate);

const ROWS: [Row; 39] = [
    // By the code.
    ("200", PATIENT, Answer(b"HTTP/1.1 200 OK\r\n\r\n"), "handed over", A),
    ("201 of an old server", PATIENT, Answer(b"HTTP/1.0 201 Created\r\n\r\n"), "handed over", A),
    ("204", PATIENT, AnswerAndStare(b"HTTP/1.1 204 No Content\r\n\r\n"), "handed over", A),
    (
        "announces that it goes on, then takes it",
        PATIENT,
        Answer(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 202 Accepted\r\n\r\n"),
        "handed over",
        A,
    ),
    ("301", PATIENT, Answer(b"HTTP/1.1 301 Moved\r\nLocation: http://169.254.169.254/canary\r\n\r\n"), "response: elsewhere", R),
    ("307", PATIENT, Answer(b"HTTP/1.1 307 X\r\nLocation: /\r\n\r\n"), "response: elsewhere", R),
    ("304", PATIENT, AnswerAndStare(b"HTTP/1.1 304 Not Modified\r\n\r\n"), "response: elsewhere", R),
    ("400", PATIENT, Answer(b"HTTP/1.1 400 Bad\r\n\r\ninvalid_payload"), "response: refused", R),
    ("401", PATIENT, Answer(b"HTTP/1.1 401 X\r\n\r\n"), "response: refused", R),
    ("404", PATIENT, Answer(b"HTTP/1.1 404 X\r\n\r\n"), "response: refused", R),
    ("408", PATIENT, Answer(b"HTTP/1.1 408 X\r\n\r\n"), "response: busy", D),
    ("410", PATIENT, Answer(b"HTTP/1.1 410 X\r\n\r\n"), "response: refused", R),
    ("413", PATIENT, Answer(b"HTTP/1.1 413 X\r\n\r\n"), "response: refused", R),
    ("425", PATIENT, Answer(b"HTTP/1.1 425 X\r\n\r\n"), "response: busy", D),
    ("429", PATIENT, Answer(b"HTTP/1.1 429 X\r\nRetry-After: 30\r\n\r\n"), "response: busy", D),
    ("500", PATIENT, Answer(b"HTTP/1.1 500 X\r\n\r\n"), "response: busy", D),
    ("503", PATIENT, Answer(b"HTTP/1.1 503 X\r\n\r\n"), "response: busy", D),
    ("599", PATIENT, Answer(b"HTTP/1.1 599 X\r\n\r\n"), "response: busy", D),
    // No code.
    ("600", PATIENT, Answer(b"HTTP/1.1 600 X\r\n\r\n"), "uncertain: no-http", U),
    ("101", PATIENT, Answer(b"HTTP/1.1 101 Switching\r\n\r\n"), "uncertain: no-http", U),
    ("is no web server", PATIENT, Answer(b"550 what?\r\n"), "uncertain: no-http", U),
    ("noise", PATIENT, Answer(b"\xff\x00\x15\x03\x01\x00"), "uncertain: no-http", U),
    ("speaks first", PATIENT, SpeakFirst(b"SSH-2.0-OpenSSH_9.2\r\n"), "uncertain: no-http", U),
    ("closes after reading", PATIENT, Answer(b""), "uncertain: closed", U),
    ("closes in the head", PATIENT, Answer(b"HTTP/1.1 200 OK\r\nA: b\r\n"), "uncertain: closed", U),
    ("closes in the first line", PATIENT, Answer(b"HTTP/1.1 20"), "uncertain: closed", U),
    // Time.
    ("silent after reading", SHORT, AnswerAndStare(b""), "uncertain: silent", U),
    ("reads nothing", SHORT, Sleep(Duration::from_secs(1)), "uncertain: silent", U),
    ("half a head", SHORT, AnswerAndStare(b"HTTP/1.1 200 OK\r\nA: b\r\n"), "uncertain: silent", U),
    ("byte by byte, too slow", SHORT, Drip(b"HTTP/1.1 200 OK\r\n\r\n", MOMENT), "uncertain: silent", U),
    (
        "byte by byte, in time",
        PATIENT,
        Drip(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Duration::from_millis(5)),
        "handed over",
        A,
    ),
    // Size.
    (
        "a head without end",
        PATIENT,
        Flood(b"HTTP/1.1 200 OK\r\nA: ", b"xxxxxxxx", TEN_MIB),
        "uncertain: endless-reply",
        U,
    ),
    (
        "headers without end",
        PATIENT,
        Flood(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n", TEN_MIB),
        "uncertain: endless-reply",
        U,
    ),
    (
        "announcements without end",
        PATIENT,
        Flood(b"", b"HTTP/1.1 100 X\r\n\r\n", TEN_MIB),
        "uncertain: endless-reply",
        U,
    ),
    ("a body without end", PATIENT, Flood(b"HTTP/1.1 200 OK\r\n\r\n", b"x", TEN_MIB), "handed over", A),
    (
        "a body that is shorter than it says",
        PATIENT,
        AnswerAndStare(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nx"),
        "handed over",
        A,
    ),
    (
        "a refusal whose body does not come",
        PATIENT,
        AnswerAndStare(b"HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\nno"),
        "response: refused",
        R,
    ),
    (
        "a length that is none",
        PATIENT,
        Answer(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\nContent-Length: x\r\n\r\nok"),
        "handed over",
        A,
    ),
    // What the kernel took may never have been read: nobody knows.
    ("closes before reading", PATIENT, CloseAtOnce, "uncertain: closed", U),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_of_each_and_in_what_time() {
    for (what, limit, act, expected, fate) in ROWS {
        let server = ScriptedWeb::open(act).expect("a free port");
        let began = Instant::now();
        let (attempt, steps) = send(webhook(server.address().port(), limit), BODY).await;
        let took = began.elapsed();
        assert_eq!(ending(&attempt), expected, "{what}: {attempt:?}");
        assert_eq!(attempt.deliveries[0].fate, fate, "{what}: {attempt:?}");
        assert!(took < limit.min(PATIENT / 2) + SLACK, "{what}: {took:?}");
        let last = steps.last().expect("a step");
        assert_eq!(last.cause.is_none(), fate == A, "{what}: {last:?}");
        assert!(
            server.heard().len() <= 1,
            "{what}: asked once, and nobody else"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_before_the_whole_request_counts() {
    // More than the kernel keeps, so that it is not all sent when the answer comes.
    let big = "x".repeat(TEN_MIB);
    let refuses = AnswerBeforeTheBody(b"HTTP/1.1 413 Too Large\r\n\r\n");
    let server = ScriptedWeb::open(refuses).expect("a free port");
    let (attempt, _) = send(webhook(server.address().port(), PATIENT), &big).await;
    // The end of the connection may overtake the answer; then nothing was taken for sure.
    let endings = ["response: refused", "request: closed"];
    assert!(endings.contains(&ending(&attempt).as_str()), "{attempt:?}");
    let stares = Sleep(Duration::from_secs(1));
    let server = ScriptedWeb::open(stares).expect("a free port");
    let (attempt, _) = send(webhook(server.address().port(), SHORT), &big).await;
    assert_eq!(ending(&attempt), "request: silent");
    assert_eq!(attempt.deliveries[0].fate, D);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_asks_to_be_left_alone_is() {
    for (answer, wait) in [
        (&b"HTTP/1.1 429 X\r\nRetry-After: 30\r\n\r\n"[..], Some(30)),
        (b"HTTP/1.1 503 X\r\nRetry-After: 86400\r\n\r\n", Some(600)),
        (b"HTTP/1.1 503 X\r\n\r\n", None),
        (b"HTTP/1.1 200 OK\r\nRetry-After: 30\r\n\r\n", None),
        (b"HTTP/1.1 404 X\r\nRetry-After: 30\r\n\r\n", None),
    ] {
        let server = ScriptedWeb::open(Answer(answer)).expect("a free port");
        let (attempt, _) = send(webhook(server.address().port(), PATIENT), BODY).await;
        assert_eq!(attempt.wait, wait.map(Duration::from_secs), "{attempt:?}");
    }
}
