//! The bundled pack `core`.

mod health;

use health::health;

checkrun_sdk::pack!(name = "core", checks = [health]);
