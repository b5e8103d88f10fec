//! Mail that is away for an hour, while 100 incidents open and 30 of them are over again.

use super::orders::{ONCALL, OPS};
use super::play::{HOUR, MINUTE, Play, SECOND};
use super::world::Mood;

const TARGETS: usize = 100;
const RECOVER: usize = 30;

/// From the moment at which mail is taken again.
const DELIVERED_WITHIN: i64 = 60 * SECOND;

async fn until(play: &mut Play, end: i64, step: i64) {
    while play.steady < end {
        play.step(step).await;
    }
}

fn count(play: &Play, sql: &str) -> i64 {
    play.column(sql)[0]
}

/// Everything at once, or two targets each minute, as `between` says.
async fn an_hour_without_mail(between: i64) -> Play {
    let mut play = Play::new(7, TARGETS, 1);
    play.calm_down();
    let began = play.steady;
    // Everybody has run once, and found that all is well.
    until(&mut play, began + 10 * MINUTE, 10 * SECOND).await;
    let gone = play.steady;
    play.post.away_until = gone + HOUR;
    for place in 0..TARGETS {
        play.world.workers[place].mood = Mood::Critical;
        let next = gone + (i64::try_from(place).expect("few") + 1) * between;
        until(&mut play, next, 10 * SECOND).await;
    }
    until(&mut play, gone + 35 * MINUTE, 10 * SECOND).await;
    for place in 0..RECOVER {
        play.world.workers[place].mood = Mood::Well;
    }
    until(&mut play, gone + HOUR - 10 * SECOND, 10 * SECOND).await;
    until(&mut play, gone + HOUR - SECOND, SECOND).await;
    play
}

#[test]
fn heavy_after_an_hour_without_mail_everything_arrives_within_a_minute() {
    for between in [0, 15 * SECOND] {
        let play = super::play(async {
            let mut play = an_hour_without_mail(between).await;
            let opened = count(&play, "SELECT count(*) FROM incident");
            let over = count(
                &play,
                "SELECT count(*) FROM incident WHERE closed_us IS NOT NULL",
            );
            assert_eq!((opened, over), (100, 30));
            assert_eq!(play.post.deliveries, 0);
            let back = play.steady;
            until(&mut play, back + DELIVERED_WITHIN, SECOND).await;
            play
        });
        play.hold(play.promises.at_rest(&play.conn, &play.truth, &play.post));
        assert_eq!(play.post.duplicates, 0);
        for route in [OPS, ONCALL] {
            let about_one = format!(
                "SELECT count(*) FROM outbox WHERE route = '{route}' AND target_id IS NOT NULL
                 GROUP BY target_id ORDER BY 1 DESC"
            );
            let about_several = format!(
                "SELECT count(*) FROM outbox WHERE route = '{route}' AND target_id IS NULL"
            );
            let most = play.column(&about_one).first().copied().unwrap_or(0);
            assert!(most <= 1, "{most} messages to {route} about one target");
            let floods = count(&play, &about_several);
            assert!(floods <= 1, "{floods} floods to {route}");
            let items = format!(
                "SELECT count(DISTINCT incident_id) FROM outbox_item JOIN outbox USING (outbox_id)
                 WHERE route = '{route}'"
            );
            assert_eq!(count(&play, &items), 100, "each is told to {route}");
        }
    }
}
