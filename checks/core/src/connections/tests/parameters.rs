//! Which parameters make a pool, and which make no sense.

use checkrun_sdk::Error;
use checkrun_sdk::mock::Mock;

use super::connections;

#[test]
fn parameters_that_say_nothing_are_refused_before_anything_is_asked() {
    for (reason, parameters, named) in [
        (
            "a size of nobody's pool",
            &[("pool_size", 5)][..],
            "pool_size",
        ),
        ("a pool of nothing", &[("pool_size", 0)], "pool_size"),
        (
            "an overflow of no size",
            &[("max_overflow", 5)],
            "max_overflow",
        ),
    ] {
        let mut mock = Mock::postgresql("15.4");
        for (name, value) in parameters {
            mock = mock.parameter(name, *value);
        }
        match mock.run(connections) {
            Err(Error::BadParameter { parameter, .. }) => assert_eq!(parameter, named, "{reason}"),
            other => panic!("{reason}: {other:?}"),
        }
    }
}

#[test]
fn a_pool_has_no_place_where_the_target_knows_its_own() {
    let result = Mock::pgbouncer("1.18.0")
        .parameter("application", "shop")
        .run(connections);
    assert!(
        matches!(result, Err(Error::BadParameter { .. })),
        "{result:?}"
    );
}

#[test]
fn a_file_has_no_connections() {
    match Mock::sqlite("3.40.1").run(connections) {
        Err(Error::NotApplicable(why)) => assert!(why.contains("is a file"), "{why}"),
        other => panic!("{other:?}"),
    }
}
