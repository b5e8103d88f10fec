//! Advice of `core/health`.

situations! {
    /// The validation query answered, slower than `slow`.
    Slow => "See what else the server does at this time: long queries, locks, a full disk, a busy CPU. \
             To be warned of it, set the threshold of response_time.",
    /// The account may not run the validation query.
    QueryNotPermitted => "Grant the account what the query reads, or set `query` to one that it may run.",
    /// The validation query names something that is not there.
    QueryNamesNothing => "See whether `query` names the right objects, and whether they were renamed or dropped.",
    /// The validation query did not end in time.
    QueryTimedOut => "See whether the query waits for a lock, and whether the server is overloaded.",
    /// The server failed the validation query.
    QueryFailed => "Run the query by hand with the same account; the server's log may say more.",
    /// The validation query returned no row, NULL or false.
    QueryDenies => "Run the query by hand: its answer says that something is not as it should be. \
                    If no answer is right too, set `query` to one that always returns a row.",
    /// The run's time was over before there was a connection.
    NoConnectionInTime => "See whether a firewall drops packets to the port, and whether the server is \
                           overloaded or frozen; or raise the `timeout` of the check.",
    /// The tables of migration tools could not be looked for.
    MigrationsNotLookedAt => "Health is judged all the same. If it stays so, raise the `timeout` of the check, \
                              or set `migrations = \"ignore\"`; core/migrations looks at them on its own.",
    /// `migrations_expected` or `migrations_folder` is given, and no tool has left a table.
    NoMigrations => "See whether this is the right database, and whether the migrations have ever been run on it.",
}

#[cfg(test)]
mod tests {
    use super::Situation;

    #[test]
    fn every_situation_has_its_advice() {
        insta::assert_snapshot!(Situation::table());
    }
}
