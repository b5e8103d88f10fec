//! Advice of `core/migrations`.

situations! {
    /// Something expected is not applied.
    Pending => "See whether a deployment is under way; if none is, run the migrations that `pending_names` lists \
                before the code that needs them.",
    /// Something applied is not expected.
    Ahead => "During a deployment this is as it should be. Otherwise the code here is older than the \
              database, or somebody has removed the files that `ahead_names` lists.",
    /// A migration failed.
    Failed => "Find in the log of the deployment why the migrations in `failed_names` failed, and see what \
               of them took effect. Mend that by hand, remove or correct the tool's row, and run them again.",
    /// A migration of Flyway failed.
    FailedFlyway => "Find out why the migrations in `failed_names` failed, undo what of them took effect, then \
                     run `flyway repair`, which removes their rows, and `flyway migrate`.",
    /// A migration of Prisma failed.
    FailedPrisma => "Read the column `logs` of the migrations in `failed_names`. Then either undo what took effect and \
                     run `prisma migrate resolve --rolled-back NAME`, or complete it by hand and run it with `--applied`.",
    /// golang-migrate was interrupted.
    Dirty => "The migration to the version in `version` ended half-way. See what of it took effect, undo or complete \
              it by hand, then run `migrate force VERSION` with the version that the database is at.",
    /// Liquibase's lock is held.
    LockedLiquibase => "See on the host in `locked_by` whether Liquibase still runs. If it does not, run \
                        `liquibase release-locks`; until then every deployment waits.",
    /// Knex's lock is held.
    LockedKnex => "See whether a migration is running now. If none is, one was interrupted: run \
                   `knex migrate:unlock`; until then every deployment fails.",
    /// yoyo's lock is held.
    LockedYoyo => "See whether the process in `locked_by` still runs. If it does not, run `yoyo break-lock`.",
    /// There are several newest revisions.
    SeveralHeads => "Two branches of revisions were never merged: run `alembic merge heads`, or, if the \
                     branches are meant, raise the threshold of `heads`.",
    /// A grant is missing.
    NotPermitted => "Run the statement in `grant` as an administrator of the database.",
    /// The table could not be read, for another reason than a missing grant.
    NotReadable => "Read the table by hand with the same account; what the server answered is in the detail.",
    /// The run's time, or another of its limits, was reached first.
    NotReadInTime => "If the time was over, see whether the table is locked or the server overloaded, or raise the \
                      `timeout` of the check. If too many rows were read, name one `tool`, or set `expected` instead \
                      of `folder`.",
    /// The right name, the wrong columns.
    UnknownShape => "If a migration tool keeps this table, its version is not known here; if it is a table of \
                     your own, nothing is to be done.",
    /// The comparison cannot be made.
    NotCompared => "See `reason`. Name the folder with this tool's files, or set `expected` to the version instead.",
    /// There are several tools, and it is not said which one is meant.
    SeveralTools => "Say with `tool` which of the tools the files or the version belong to.",
    /// `expected` or `folder` is given, and no tool has left a table.
    NoTable => "See whether this is the right database, and whether the migrations have ever been run on it.",
    /// There are more tables than one run reads.
    TooMany => "Configure the check once for each tool, with its `tool`.",
}

#[cfg(test)]
mod tests {
    use super::Situation;

    #[test]
    fn every_situation_has_its_advice() {
        insta::assert_snapshot!(Situation::table());
    }
}
