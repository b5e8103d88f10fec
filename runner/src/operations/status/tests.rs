//! How outcomes are summed up.
