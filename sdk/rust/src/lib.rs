//! Write database checks for checkrun in Rust.

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
pub use checkrun_sdk_macros::{FromRow, Params, check};
pub use context::{ConnectTiming, CounterChange, Ctx, Level, QueryOptions};
pub use engine::{Engine, EngineRequirement, Target, Version};
pub use error::{Error, Result};
pub use metric::{Metric, MetricSpec, is_metric_name};
#[cfg(not(target_arch = "wasm32"))]
pub use mock::Mock;
pub use parameter::{
    Parameter, ParameterKind, ParameterSpec, ParameterValue, ParameterValues, Params, Size,
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
        Ctx, DatabaseError, Error, Finding, FromRow, Metric, MetricSpec, Params, Report, Result,
        Status, check, pack,
    };
}
