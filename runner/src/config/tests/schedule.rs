//! `every`, `cron` and `timezone`: what they become, and what is said of those that make no sense.

use super::packs::core;
use super::{config, refused};
use crate::config::Need;

/// One job for each entry.
fn schedules(entries: &[&str]) -> Vec<String> {
    entries
        .iter()
        .map(|entry| {
            let text = format!(
                "[[target]]\nname = 'a'\nurl = 'sqlite:a.db'\n[[check]]\nuse = 'core/health'\ntargets = ['*']\n{entry}\n"
            );
            let plan = config(&text).plan(&[core()], Need::Jobs).expect("a sound configuration");
            plan.jobs()[0].schedule.to_string()
        })
        .collect()
}

#[test]
fn a_job_knows_when_it_runs() {
    assert_eq!(
        schedules(&[
            "",
            "every = '1m'",
            "every = '1s'",
            "cron = '0 6 * * *'",
            "cron = '@daily'\ntimezone = 'UTC'",
            "cron = ' 0  6 * * MON-FRI '\ntimezone = 'europe/berlin'",
        ]),
        [
            "every 60 s",
            "every 60 s",
            "every 1 s",
            "0 6 * * * UTC",
            "@daily UTC",
            "0 6 * * MON-FRI Europe/Berlin",
        ]
    );
}

#[test]
fn schedules_that_make_no_sense() {
    let mut text = String::new();
    for entry in [
        "every = '500ms'",
        "every = '367d'",
        "every = '0s'",
        "cron = '61 * * * *'",
        "cron = '0 0 31 4 *'",
        "cron = '0 6 * *'",
        "cron = '0 6 * * *'\ntimezone = 'Europe/Berlim'",
        "cron = '0 6 * * *'\ntimezone = '+02:00'",
        "every = '1m'\ntimezone = 'UTC'",
        "every = '1m'\ncron = '@daily'",
    ] {
        text.push_str(&format!(
            "[[check]]\nuse = 'core/health'\ntargets = ['*']\n{entry}\n"
        ));
    }
    insta::assert_snapshot!(refused(&text));
}
