//! How databases are judged.
