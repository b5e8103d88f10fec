//! The names of migration files, and what of them stands in the tool's table.

use super::version;

/// How a tool names the files of its migrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// The number before the first `_` or `-`, in files with these extensions: `20240101_x.sql`. Files
    /// for the way back (`.down.`, `.rollback.`) are left out.
    Number(&'static [&'static str]),
    /// As `Number`, of files for the way up only: `1_x.up.sql`.
    Up,
    /// What stands before the first `_`, a number or not: `20240101_x.sql`.
    Prefix,
    /// The whole name without its extension.
    Stem(&'static [&'static str]),
    /// `V1_2__x.sql` is `1.2`, `R__x.sql` is `R__x`.
    Flyway(&'static [&'static str]),
    /// `V1__x.sql` and `U1__x.rs` are both 1.
    Refinery,
    /// `m20240101_000001_x.rs`, without its extension.
    SeaOrm,
    /// A folder with `up.sql`: `2024-01-01-000000_x` is `20240101000000`.
    DieselFolder,
    /// A folder with `migration.sql`, by its name.
    PrismaFolder,
    /// `shop/migrations/0001_x.py` is `shop.0001_x`.
    Django,
    /// `ae1027a6acf_x.py`; how revisions follow each other stands in the files only.
    Revision,
    /// Names say nothing about what stands in the table, and why.
    None(&'static str),
}

/// One migration on disk.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct File {
    /// As it stands in the tool's table, in the spelling of [`Naming::key`].
    pub key: String,
    /// As people know it: the file's or the folder's name.
    pub name: String,
}

impl Naming {
    /// The migrations among these files, by key; each once.
    pub fn files(self, paths: &[String]) -> Vec<File> {
        let mut files: Vec<File> = paths.iter().filter_map(|path| self.file(path)).collect();
        files.sort_unstable();
        files.dedup_by(|one, other| one.key == other.key);
        files
    }

    fn file(self, path: &str) -> Option<File> {
        let mut segments = path.rsplit('/');
        let base = segments.next()?;
        let folder = segments.next();
        let (raw, name) = match self {
            Self::Number(extensions) => {
                let stem = forward(base, extensions)?;
                (digits(stem)?.to_owned(), base)
            }
            Self::Up => {
                let (stem, _) = base.rsplit_once(".up.")?;
                (digits(stem)?.to_owned(), base)
            }
            Self::Prefix => {
                let stem = forward(base, &["sql"])?;
                let prefix = stem.split('_').next().unwrap_or(stem);
                (prefix.to_owned(), base)
            }
            Self::Stem(extensions) => (stem_of_migration(base, extensions)?.to_owned(), base),
            Self::Flyway(extensions) => (flyway(forward(base, extensions)?)?, base),
            Self::Refinery => {
                let stem = forward(base, &["sql", "rs"])?;
                let rest = stem.strip_prefix(['V', 'U'])?;
                let (number, _) = rest.split_once("__")?;
                (all_digits(number)?.to_owned(), base)
            }
            Self::SeaOrm => {
                let stem = forward(base, &["rs"])?;
                digits(stem.strip_prefix('m')?)?;
                (stem.to_owned(), base)
            }
            Self::DieselFolder => {
                let folder = folder.filter(|_| base == "up.sql")?;
                let number = folder.split('_').next()?.replace('-', "");
                (all_digits(&number)?.to_owned(), folder)
            }
            Self::PrismaFolder => {
                let folder = folder.filter(|_| base == "migration.sql")?;
                (folder.to_owned(), folder)
            }
            Self::Django => {
                let app = segments.next().filter(|_| folder == Some("migrations"))?;
                let stem = forward(base, &["py"]).filter(|stem| !stem.starts_with("__"))?;
                let key = format!("{app}.{stem}");
                return Some(File {
                    name: key.clone(),
                    key,
                });
            }
            Self::Revision => {
                let stem = forward(base, &["py"]).filter(|stem| !stem.starts_with("__"))?;
                (stem.to_owned(), base)
            }
            Self::None(_) => return None,
        };
        Some(File {
            key: self.key(&raw),
            name: name.to_owned(),
        })
    }

    /// What stands in the table, or what an operator wrote, in the one spelling that is compared.
    pub fn key(self, written: &str) -> String {
        match self {
            Self::Number(_) | Self::Up | Self::Refinery => {
                version::without_zeros(written).to_owned()
            }
            Self::Flyway(extensions) => {
                // Of a repeatable migration the table has the script, with its folder.
                let base = written.rsplit('/').next().unwrap_or(written);
                match stem(base, extensions).unwrap_or(base) {
                    repeatable if repeatable.starts_with("R__") => repeatable.to_owned(),
                    _ => version::normal(written),
                }
            }
            Self::Stem(extensions) => stem(written, extensions).unwrap_or(written).to_owned(),
            Self::Prefix
            | Self::SeaOrm
            | Self::DieselFolder
            | Self::PrismaFolder
            | Self::Django
            | Self::Revision
            | Self::None(_) => written.to_owned(),
        }
    }

    /// The ways in which the table may have what an operator wrote, most likely first.
    pub fn spellings(self, expected: &str) -> Vec<String> {
        let mut spellings = vec![expected.to_owned(), self.key(expected)];
        if let Some(file) = self.file(expected) {
            spellings.push(file.key);
        }
        spellings.extend(self.short_forms(expected));
        let mut each: Vec<String> = Vec::new();
        for spelling in spellings {
            if !each.contains(&spelling) {
                each.push(spelling);
            }
        }
        each
    }

    /// What people write for a version beside what the table has.
    fn short_forms(self, expected: &str) -> Vec<String> {
        match self {
            Self::Number(_) | Self::Up | Self::Refinery => {
                // `0002_x`, and names with the number behind: `V2`, `AddNote1704153600000`.
                let behind = expected.trim_start_matches(|c: char| !c.is_ascii_digit());
                digits(behind).map(str::to_owned).into_iter().collect()
            }
            Self::Stem(extensions) => extensions
                .iter()
                .map(|extension| format!("{expected}.{extension}"))
                .collect(),
            Self::Flyway(_) => {
                let version = expected.trim_start_matches('V').replace('_', ".");
                vec![expected.replace('_', "."), version]
            }
            Self::DieselFolder => {
                let date = expected.split('_').next().unwrap_or(expected);
                vec![date.replace('-', "")]
            }
            // As `alembic heads` prints it: `ae1027a6acf (head)`.
            Self::Revision => {
                let revision = expected.split_whitespace().next();
                revision.map(str::to_owned).into_iter().collect()
            }
            Self::Prefix | Self::SeaOrm | Self::PrismaFolder | Self::Django | Self::None(_) => {
                Vec::new()
            }
        }
    }

    /// An example of a name, for those whose folder has none.
    pub fn example(self) -> &'static str {
        match self {
            Self::Number(extensions) => match extensions.first().copied() {
                Some("rb") => "20240101000000_create_orders.rb",
                Some("exs") => "20240101000000_create_orders.exs",
                Some("js") => "1704067200000-CreateOrders.ts",
                _ => "20240101000000_create_orders.sql",
            },
            Self::Up => "1_create_orders.up.sql",
            Self::Prefix => "20240101000000_create_orders.sql",
            Self::Stem(extensions) => match extensions.first().copied() {
                Some("php") => "2024_01_01_000000_create_orders_table.php",
                Some("cs") => "20240101000000_CreateOrders.cs",
                Some("sql") => "0001.create-orders.sql",
                _ => "20240101000000_create_orders.js",
            },
            Self::Flyway(_) => "V1_2__create_orders.sql",
            Self::Refinery => "V1__create_orders.sql",
            Self::SeaOrm => "m20240101_000001_create_orders.rs",
            Self::DieselFolder => "2024-01-01-000000_create_orders/up.sql",
            Self::PrismaFolder => "20240101000000_create_orders/migration.sql",
            Self::Django => "shop/migrations/0001_initial.py",
            Self::Revision => "ae1027a6acf_create_orders.py",
            Self::None(_) => "",
        }
    }
}

/// The name without one of these extensions.
fn stem<'a>(base: &'a str, extensions: &[&str]) -> Option<&'a str> {
    let (stem, extension) = base.rsplit_once('.')?;
    extensions.contains(&extension).then_some(stem)
}

/// The stem of a file that leads forward: neither a way back, nor types, nor a test.
fn forward<'a>(base: &'a str, extensions: &[&str]) -> Option<&'a str> {
    let stem = stem(base, extensions)?;
    let other = [".down", ".rollback", ".d", "_test", ".test", ".spec"];
    if other.iter().any(|end| stem.ends_with(end)) {
        return None;
    }
    Some(stem.strip_suffix(".up").unwrap_or(stem))
}

/// As [`forward`], for tools whose folders hold other sources beside the migrations.
fn stem_of_migration<'a>(base: &'a str, extensions: &[&str]) -> Option<&'a str> {
    let stem = forward(base, extensions)?;
    // Entity Framework writes a designer file beside each migration, and one snapshot of the model.
    let beside = stem.ends_with(".Designer") || stem.ends_with("ModelSnapshot");
    let is_module = stem.starts_with("__") || stem == "index";
    (!beside && !is_module).then_some(stem)
}

/// The number that a name begins with, which ends with a separator or with the name.
fn digits(stem: &str) -> Option<&str> {
    let end = stem
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(stem.len());
    let separated = end == stem.len() || stem[end..].starts_with(['_', '-', '.']);
    (end > 0 && separated).then(|| &stem[..end])
}

fn all_digits(text: &str) -> Option<&str> {
    (digits(text) == Some(text)).then_some(text)
}

fn flyway(stem: &str) -> Option<String> {
    let (head, _) = stem.split_once("__")?;
    match head {
        "R" => Some(stem.to_owned()),
        _ => {
            let version = head.strip_prefix(['V', 'v'])?;
            version::is_dotted(version).then(|| version::normal(version))
        }
    }
}

#[cfg(test)]
mod tests;
