//! Mail servers that are away, and those that refuse somebody.

use checkrun_testkit::Certificate;
use checkrun_testkit::mail::{MailServer, Senders};
use checkrun_tests::snapshot;

use super::*;

/// A server, and a configuration whose mail goes there.
fn by_exim(routes: &str) -> (MailServer, String) {
    let server = MailServer::start(Certificate::None, Senders::Anyone).expect("a mail server");
    let email = FOLDER.replace("file:./outbox", &format!("smtp://{}", server.address()));
    let configuration = format!("{email}{routes}{QUICK}{}", level("shop"));
    (server, configuration)
}

fn inbox(server: &MailServer, name: &str) -> Vec<String> {
    let mails = server.mailbox(name).expect("a mailbox");
    let subjects = mails.into_iter().map(|mail| Letter(mail).subject());
    subjects.collect()
}

#[test]
fn what_came_and_went_while_the_mail_server_was_away_is_one_mail_that_says_so() {
    let (mut server, configuration) = by_exim(ALICE);
    let (stage, notices) = stage(&configuration);
    server.stop();
    let running = start(&stage, &notices, &[]);
    set(&stage, 7);
    wait_for(
        &stage,
        "outbox where state = 'open' and attempts = 1 and error is not null",
        1,
    );
    let waiting = stage.run(&["alerts", "messages"]).expect(0).stdout;
    assert!(waiting.contains("tried once; again in "), "{waiting}");
    set(&stage, 0);
    wait_for(&stage, "v_incident where closed is not null", 1);
    wait_for(&stage, "outbox_item where after is null", 1);
    // A process that begins anew knows all of it.
    let _ = running.kill();
    let running = start(&stage, &notices, &[]);
    server.start_again().expect("the server again");
    eventually("the mail arrives", SOON, || {
        (!inbox(&server, "alice").is_empty()).then_some(())
    });
    pass(&stage, STILL);
    let ended = stop(running);

    assert_told(&inbox(&server, "alice"), &["OK shop: "]);
    assert_eq!(count(&stage, "outbox where state = 'sent'"), 1);
    assert!(
        ended.stderr.contains("told alice@shop.example about shop"),
        "{}",
        ended.stderr
    );
}

#[test]
fn whoever_is_refused_keeps_nobody_else_from_being_told() {
    let (server, configuration) =
        by_exim("[[route]]\nto = [\"alice@shop.example\", \"nobody@shop.example\"]\n");
    let (stage, notices) = stage(&configuration);
    let running = start(&stage, &notices, &[]);
    set(&stage, 7);
    wait_for(&stage, "outbox where ended_us is not null", 1);
    pass(&stage, STILL);
    let messages = stage.run(&["alerts", "messages"]).expect(0).transcript();
    let _ = stop(running);
    assert_told(&inbox(&server, "alice"), &["CRIT shop: "]);
    snapshot("telling one of two", &messages);
}

#[test]
fn what_is_refused_goes_by_way_of_the_fallback() {
    let (server, configuration) = by_exim(
        "[[route]]\nto = [\"nobody@shop.example\"]\n
         [[route]]\nfallback = true\nto = [\"bob@shop.example\"]\n",
    );
    let (stage, notices) = stage(&configuration);
    let running = start(&stage, &notices, &[]);
    set(&stage, 7);
    wait_for(
        &stage,
        "outbox where state = 'sent' and fallback_of is not null",
        1,
    );
    pass(&stage, STILL);
    let messages = stage.run(&["alerts", "messages"]).expect(0).transcript();
    let _ = stop(running);
    assert_told(&inbox(&server, "bob"), &["CRIT shop: "]);
    snapshot("telling by the fallback", &messages);
}
