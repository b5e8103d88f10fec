//! A run and its database: deadlines, failures and defects on the other side of the seam.

use super::guest::core_module;
use super::*;
use crate::execute::sandbox::scripted::Script;
use crate::model::report::Failure;

const ASKS_ONCE: &str = include_str!("../../../../../tests/guests/asks_once.wat");

async fn ask(script: Script, timeout: Duration) -> (RunResult, ScriptedDatabase) {
    let pack = load(&sandbox(), &core_module(ASKS_ONCE))
        .await
        .expect("a pack");
    let database = ScriptedDatabase::new(script);
    let mut request = request(database.clone());
    request.timeout = timeout;
    (pack.run(request).await, database)
}

#[tokio::test]
async fn a_database_that_never_answers_ends_with_the_run_s_timeout() {
    for script in [Script::Hangs, Script::TimesOut] {
        let (result, _) = ask(script, Duration::from_millis(300)).await;
        assert_eq!(
            result.answer,
            Err(Failure::TimedOut {
                limit: Duration::from_millis(300),
                during: "waiting for query 1 (select pg_sleep(3600))".into()
            })
        );
        assert!(
            result.duration < Duration::from_secs(2),
            "{:?}",
            result.duration
        );
    }
}

#[tokio::test]
async fn a_query_gets_what_is_left_of_the_run_and_of_the_budgets() {
    let (result, database) = ask(
        Script::Fails(crate::model::sql::SqlError::Forbidden("no".into())),
        Duration::from_secs(5),
    )
    .await;
    assert!(result.answer.is_ok(), "the guest does not mind");
    let asked = database.asked();
    let [query] = asked.as_slice() else {
        panic!("one query, not {asked:?}");
    };
    assert!(query.timeout <= Duration::from_secs(5));
    assert!(query.timeout > Duration::from_secs(4));
    assert_eq!(query.max_rows, limits::ROWS_PER_QUERY);
    assert_eq!(query.max_bytes, limits::BYTES_PER_QUERY);
    assert_eq!(result.usage.queries, 1);
}

#[tokio::test]
async fn a_panic_on_the_host_s_side_is_our_defect_and_stays_in_its_run() {
    let sandbox = sandbox();
    let pack = load(&sandbox, &core_module(ASKS_ONCE))
        .await
        .expect("a pack");
    let broken = ScriptedDatabase::new(Script::Panics("index out of bounds"));
    let result = pack.run(request(broken)).await;
    insta::assert_debug_snapshot!(result.answer);
    assert!(run(&pack).await.answer.is_ok(), "the next run is well");
}

#[tokio::test]
async fn a_run_that_is_dropped_in_the_middle_gives_back_its_place() {
    let sandbox = sandbox();
    let pack = load(&sandbox, &core_module(ASKS_ONCE))
        .await
        .expect("a pack");
    for _ in 0..limits::POOLED_RUNS + 1 {
        let hanging = pack.run(request(ScriptedDatabase::new(Script::Hangs)));
        let dropped = tokio::time::timeout(Duration::from_millis(1), hanging).await;
        assert!(dropped.is_err(), "it hangs until it is dropped");
    }
    assert!(run(&pack).await.answer.is_ok());
}
