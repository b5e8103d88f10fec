//! One of a route's two people can get nothing for a day; the other hears of everything in time.

use super::orders::{ALICE, BOB, OPS};
use super::play::{DAY, HOUR, MINUTE, Play, SECOND};
use super::world::Mood;

/// Grouping and confirmation included.
const HEARD_WITHIN: i64 = 10 * MINUTE;

async fn pass(play: &mut Play, time: i64) {
    let end = play.steady + time;
    while play.steady < end {
        play.step(10 * SECOND).await;
    }
}

/// Messages that somebody has, in the order of their numbers.
fn of(play: &Play, person: &str) -> Vec<i64> {
    play.column(&format!(
        "SELECT outbox_id FROM outbox JOIN outbox_recipient USING (outbox_id)
         WHERE route = '{OPS}' AND recipient = '{person}' AND fate = 'accepted' ORDER BY 1"
    ))
}

/// The database goes bad and well again, and each time she hears of it.
async fn bad_and_well(play: &mut Play, known: usize) {
    for (mood, told) in [(Mood::Critical, 1), (Mood::Well, 2)] {
        play.world.workers[0].mood = mood;
        pass(play, HEARD_WITHIN).await;
        let has = of(play, ALICE).len();
        assert_eq!(has, known + told, "she hears that it is {mood:?}");
    }
    pass(play, 2 * HOUR).await;
}

#[test]
fn heavy_a_full_mailbox_delays_nobody_else() {
    let play = super::play(async {
        let mut play = Play::new(3, 1, 1);
        play.calm_down();
        pass(&mut play, 10 * MINUTE).await;
        let full_until = play.steady + DAY;
        play.post.full_until.insert(BOB.to_owned(), full_until);
        bad_and_well(&mut play, 0).await;
        bad_and_well(&mut play, 2).await;
        assert_eq!(of(&play, BOB), [0; 0]);
        let left = full_until - play.steady;
        pass(&mut play, left + 15 * MINUTE).await;
        play
    });
    assert_eq!(of(&play, BOB), of(&play, ALICE), "he gets all of it, later");
    assert_eq!(play.post.duplicates, 0);
    // Each goes on from what the person believed: in this order, or the promise would be broken.
    play.hold(play.promises.at_rest(&play.conn, &play.truth, &play.post));
}
