//! Write database checks for checkrun in Rust.
//!
//! A check is one function. It can ask one database read-only questions through its [`Ctx`], and
//! returns a [`Report`]. It never sees an address, a credential, a file or a clock; the runner puts it
//! into a sandbox of WebAssembly. This is a complete pack of one check, with a parameter and a metric:
//!
//! ```
//! use checkrun_sdk::prelude::*;
//!
//! const DEAD: MetricSpec = MetricSpec::ratio("dead_ratio", "Dead rows per live row").warning("> 20%");
//!
//! /// Which tables count.
//! #[derive(Params)]
//! struct Tables {
//!     /// Tables with fewer rows are left out.
//!     #[param(default = 1000)]
//!     min_rows: i64,
//! }
//!
//! /// Dead rows that vacuum has not removed, in the worst table.
//! #[check(title = "Table bloat", engines = [postgresql >= "13"], metrics = [DEAD])]
//! fn bloat(ctx: &Ctx, tables: Tables) -> Result<Report> {
//!     let worst: Option<f64> = ctx.query_scalar(
//!         "select max(n_dead_tup / n_live_tup::float8) from pg_stat_user_tables where n_live_tup > $1",
//!         [tables.min_rows],
//!     )?;
//!     Ok(Report::ok("worst table measured").metric(DEAD.value(worst.unwrap_or(0.0))))
//! }
//!
//! pack!(name = "acme", checks = [bloat]);
//! # use checkrun_sdk::mock::{Mock, contains, rows};
//! #
//! # let report = Mock::postgresql("15.4")
//! #     .parameter("min_rows", 50)
//! #     .on_query(contains("n_dead_tup").with([50]), rows! { "max"; 0.25 })
//! #     .run(bloat)?;
//! # assert_eq!(report.value_of("dead_ratio"), Some(0.25));
//! # Ok::<(), Error>(())
//! ```
//!
//! The doc comments become the descriptions that operators read. The threshold is a default: the
//! runner evaluates it, the configuration overrides it, the check does not know it.
//!
//! # Testing
//!
//! A check is tested natively, without WebAssembly and without a server, against rows written in the
//! test. The [`Mock`] is strict: what the test does not expect fails it, and says what to change.
//!
//! ```
//! # use checkrun_sdk::prelude::*;
//! # const DEAD: MetricSpec = MetricSpec::ratio("dead_ratio", "Dead rows per live row");
//! # /// Which tables count.
//! # #[derive(Params)]
//! # struct Tables {
//! #     /// Tables with fewer rows are left out.
//! #     #[param(default = 1000)]
//! #     min_rows: i64,
//! # }
//! # /// Dead rows that vacuum has not removed, in the worst table.
//! # #[check(title = "Table bloat", metrics = [DEAD])]
//! # fn bloat(ctx: &Ctx, tables: Tables) -> Result<Report> {
//! #     let worst: f64 = ctx.query_scalar("select max(n_dead_tup) from t", [tables.min_rows])?;
//! #     Ok(Report::ok("worst table measured").metric(DEAD.value(worst)))
//! # }
//! use checkrun_sdk::mock::{Mock, contains, rows};
//!
//! let report = Mock::postgresql("15.4")
//!     .parameter("min_rows", 50)
//!     .on_query(contains("n_dead_tup").with([50]), rows! { "max"; 0.25 })
//!     .run(bloat)?;
//! assert_eq!(report.status, Status::Ok);
//! assert_eq!(report.value_of("dead_ratio"), Some(0.25));
//! # Ok::<(), Error>(())
//! ```
//!
//! # Where to look
//!
//! - [`check`](macro@check), [`Params`], [`MetricSpec`], [`pack!`]: what a check declares
//! - [`Ctx`]: what it can ask; [`Rows`], [`Row`], [`FromRow`], [`FromValue`]: what it gets back
//! - [`Report`], [`Metric`], [`Finding`]: what it returns; [`Error`]: why it cannot
//! - [`mock`]: how it is tested

extern crate self as checkrun_sdk;

mod check;
mod context;
mod engine;
mod error;
#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub mod guest;
mod metric;
#[cfg(not(target_arch = "wasm32"))]
pub mod mock;
mod parameter;
mod report;
mod sql;

pub use check::{Check, Pack};
/// Reads a struct from a row, field by column. See the trait [`FromRow`](trait@FromRow).
pub use checkrun_sdk_macros::FromRow;
/// Declares the parameters of a check: each field of a struct is one.
///
/// The field's name is the parameter's name, its type says what the configuration may hold (see
/// [`Parameter`]), its doc comment is the description. `#[param(…)]` adds:
///
/// - `default = …`: without one the parameter is required, unless the field is an `Option`. A
///   `Duration` is written `"5m"`, a [`Size`] `"2GiB"`, a `Vec<String>` `["a", "b"]`;
///   [`FolderNames`] have none, because only the operator knows where a folder is.
/// - `choices = ["a", "b"]`: all that a text may be.
/// - `range = 0.0..=1.0`: where a number must lie.
///
/// ```
/// use std::time::Duration;
///
/// use checkrun_sdk::{Params, Size};
///
/// #[derive(Params)]
/// struct Settings {
///     /// Longer transactions are reported.
///     #[param(default = "15m")]
///     longest: Duration,
///     /// Smaller tables are left out.
///     #[param(default = "64MiB")]
///     smallest: Size,
///     /// How thorough to be.
///     #[param(default = "fast", choices = ["fast", "full"])]
///     mode: String,
///     /// The share of tables to look at.
///     #[param(default = 1.0, range = 0.0..=1.0)]
///     share: f64,
///     /// Only this schema.
///     schema: Option<String>,
/// }
/// ```
///
/// What the host could not show, or the operator could not write, does not compile: a field without
/// a description,
///
/// ```compile_fail
/// # use checkrun_sdk::Params;
/// #[derive(Params)]
/// struct Settings {
///     min_rows: i64,
/// }
/// ```
///
/// a type that the configuration does not have,
///
/// ```compile_fail
/// # use checkrun_sdk::Params;
/// #[derive(Params)]
/// struct Settings {
///     /// Tables with fewer rows are left out.
///     min_rows: i16,
/// }
/// ```
///
/// a default of another type, or that is not among the choices.
///
/// ```compile_fail
/// # use checkrun_sdk::Params;
/// #[derive(Params)]
/// struct Settings {
///     /// Longer transactions are reported.
///     #[param(default = "a while")]
///     longest: std::time::Duration,
/// }
/// ```
pub use checkrun_sdk_macros::Params;
/// Makes a check of a function `fn name(ctx: &Ctx) -> Result<Report>` or
/// `fn name(ctx: &Ctx, params: MyParams) -> Result<Report>`, where `MyParams` derives
/// [`Params`](macro@Params).
///
/// The function's name is the check's name, its doc comment the description. Afterwards the name is a
/// function that returns the [`Check`], ready for [`pack!`] and [`Mock::run`]. In parentheses:
///
/// - `title = "Table bloat"`: a few words; required.
/// - `metrics = [BLOAT]`: constants of type [`MetricSpec`].
/// - `engines = [postgresql >= "13", mariadb]`: where it applies; everywhere, if left out. On any other
///   server the host ends the run as not applicable, before its first query.
/// - `privileges = ["GRANT pg_monitor TO …"]`: what the account needs.
/// - `tags = ["capacity"]`: for selection.
/// - `free_metrics`: further metrics get their names from the configuration, as in a check that runs
///   whatever query it is given; thresholds are accepted on any name
/// - `interval = "15m"`: how often it is worth running; `5m` if left out.
///
/// Mistakes are reported where they are: an unknown key or engine, a check without a description,
///
/// ```compile_fail
/// # use checkrun_sdk::prelude::*;
/// #[check(title = "Table bloat")]
/// fn bloat(_ctx: &Ctx) -> Result<Report> {
///     Ok(Report::ok("fine"))
/// }
/// ```
///
/// a function of another shape.
///
/// ```compile_fail
/// # use checkrun_sdk::prelude::*;
/// /// Finds bloat.
/// #[check(title = "Table bloat")]
/// async fn bloat(_ctx: &Ctx) -> Result<Report> {
///     Ok(Report::ok("fine"))
/// }
/// ```
pub use checkrun_sdk_macros::check;
pub use context::{ConnectTiming, CounterChange, Ctx, Level, QueryOptions};
pub use engine::{Engine, EngineRequirement, Target, Version};
pub use error::{Error, Result};
pub use metric::{Metric, MetricSpec, is_metric_name};
#[cfg(not(target_arch = "wasm32"))]
pub use mock::Mock;
pub use parameter::{
    FolderNames, Parameter, ParameterKind, ParameterSpec, ParameterValue, ParameterValues, Params,
    Size,
};
pub use report::{Finding, Report, Status};
pub use sql::convert::FromValue;
pub use sql::error::{ConnectionClass, ConnectionError, DatabaseError, ServerError};
pub use sql::rows::{Column, ColumnError, FromRow, Row, Rows};
pub use sql::value::{NULL, Value};
pub use sql::values::IntoValues;

#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub use wit_bindgen;

/// Nothing to export natively; used by `pack!` only.
#[cfg(not(target_arch = "wasm32"))]
#[doc(hidden)]
#[macro_export]
macro_rules! export_pack {
    ($pack:path) => {};
}

/// Everything a check usually needs, in one line: `use checkrun_sdk::prelude::*;`
pub mod prelude {
    pub use crate::{
        CounterChange, Ctx, DatabaseError, Engine, Error, Finding, FromRow, Metric, MetricSpec,
        Params, Report, Result, Size, Status, check, pack,
    };
}
