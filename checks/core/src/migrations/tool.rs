//! [`Tool`]: the migration tools whose tables are known.

use std::fmt;

macro_rules! tools {
    ($($variant:ident $name:literal $product:literal,)+) => {
        /// A migration tool.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Tool {
            $(#[doc = $product] $variant,)+
        }

        impl Tool {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word for it in parameters, labels and evidence.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

tools! {
    Alembic "alembic" "Alembic (Python)",
    Atlas "atlas" "Atlas",
    Dbmate "dbmate" "dbmate",
    Diesel "diesel" "Diesel (Rust)",
    Django "django" "Django (Python)",
    Drizzle "drizzle" "Drizzle (TypeScript)",
    Ecto "ecto" "Ecto (Elixir)",
    EfCore "efcore" "Entity Framework Core (.NET)",
    Flyway "flyway" "Flyway",
    GolangMigrate "golang-migrate" "golang-migrate",
    Goose "goose" "goose",
    Knex "knex" "Knex (JavaScript)",
    Laravel "laravel" "Laravel (PHP)",
    Liquibase "liquibase" "Liquibase",
    Prisma "prisma" "Prisma (TypeScript)",
    Pyway "pyway" "Pyway",
    Rails "rails" "Active Record of Rails (Ruby)",
    Refinery "refinery" "refinery (Rust)",
    SeaOrm "seaorm" "SeaORM (Rust)",
    Sequelize "sequelize" "Sequelize and Umzug (JavaScript)",
    Sqlx "sqlx" "SQLx (Rust)",
    TypeOrm "typeorm" "TypeORM (TypeScript)",
    Yoyo "yoyo" "yoyo (Python)",
}

impl Tool {
    /// The tool that is called so.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|tool| tool.as_str() == name)
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
