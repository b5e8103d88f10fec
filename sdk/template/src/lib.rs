//! Our own pack. Each check has a file; this one lists them.

mod long_transactions;

use long_transactions::long_transactions;

checkrun_sdk::pack!(name = "acme", checks = [long_transactions]);
