//! From the alert to the recovery.

use checkrun_testkit::Certificate;
use checkrun_testkit::mail::{MailServer, Senders};

use super::*;

#[test]
fn an_alert_and_its_recovery_arrive_once_and_in_one_thread() {
    let server = MailServer::start(Certificate::None, Senders::Anyone).expect("a mail server");
    let email = FOLDER.replace("file:./outbox", &format!("smtp://{}", server.address()));
    let (stage, notices) = stage(&format!("{email}{ALICE}{QUICK}{}", level("shop")));
    let inbox = || -> Vec<Letter> {
        let mails = server.mailbox("alice").expect("a mailbox");
        mails.into_iter().map(Letter).collect()
    };
    let arrived = |many: usize| {
        eventually("the mail arrives", SOON, || {
            (inbox().len() >= many).then_some(())
        });
    };
    let running = start(&stage, &notices, &[]);
    set(&stage, 7);
    arrived(1);
    let first = inbox().remove(0);
    set(&stage, 0);
    arrived(2);
    // Killed before that is written down, it would rightly hand the mail over again.
    wait_for(&stage, "outbox where state = 'sent'", 2);
    let _ = running.kill();
    let running = start(&stage, &notices, &[]);
    pass(&stage, STILL);
    let _ = stop(running);

    let mut mails = inbox();
    mails.retain(|mail| *mail != first);
    let [second] = &mails[..] else {
        panic!("an alert and one recovery: {mails:#?}");
    };
    assert!(first.subject().starts_with("CRIT shop: "), "{first:?}");
    assert!(second.subject().starts_with("OK shop: "), "{second:?}");
    for header in ["In-Reply-To", "References"] {
        assert_eq!(
            second.header(header),
            first.header("Message-ID"),
            "{header}"
        );
    }
    assert_eq!(first.header("X-Checkrun-Incident"), "1");
    assert_eq!(second.header("X-Checkrun-Incident"), "1");
    assert_ne!(first.header("Message-ID"), second.header("Message-ID"));
    for (mail, state) in [(&first, "problem"), (second, "recovered")] {
        assert_eq!(mail.header("X-Checkrun-State"), state);
        assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
        assert_eq!(mail.header("To"), "alice@shop.example");
    }
}

#[test]
fn what_gets_worse_is_told_and_what_gets_better_only_when_it_is_over() {
    let (stage, notices) = stage(&format!("{FOLDER}{ALICE}{QUICK}{}", level("shop")));
    let running = start(&stage, &notices, &[]);
    set(&stage, 1);
    let _ = wait_for_letters(&stage, 1);
    set(&stage, 7);
    let _ = wait_for_letters(&stage, 2);
    set(&stage, 1);
    pass(&stage, STILL);
    set(&stage, 0);
    let letters = wait_for_letters(&stage, 3);
    pass(&stage, STILL);
    let _ = stop(running);
    assert_told(
        &subjects(&stage),
        &["WARN shop: ", "CRIT shop: ", "OK shop: "],
    );
    for later in &letters[1..] {
        assert_eq!(later.header("References"), letters[0].header("Message-ID"));
    }
}

#[test]
fn nothing_is_told_again_at_a_start_and_reminders_keep_their_time() {
    let quick = format!("{QUICK}remind = {{ warning = \"6s\" }}\n");
    let (stage, notices) = stage(&format!("{FOLDER}{ALICE}{quick}{}", level("shop")));
    let running = start(&stage, &notices, &[]);
    set(&stage, 1);
    let _ = wait_for_letters(&stage, 2);
    let _ = running.kill();
    let running = start(&stage, &notices, &[]);
    pass(&stage, 1);
    let _ = stop(running);
    let running = start(&stage, &notices, &[]);
    let _ = wait_for_letters(&stage, 3);
    let _ = running.kill();

    assert_told(
        &subjects(&stage),
        &[
            "WARN shop: ",
            "REMINDER WARN shop: ",
            "REMINDER WARN shop: ",
        ],
    );
    let soonest: i64 = stage.value(
        "checkrun.db",
        "select min(after - created_us) from (select created_us, lead(created_us)
           over (order by outbox_id) as after from outbox)",
    );
    assert!(soonest >= 6_000_000, "{soonest} µs apart");
}
