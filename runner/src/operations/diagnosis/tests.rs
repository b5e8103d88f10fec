//! The judgement of each stage, as tables.
