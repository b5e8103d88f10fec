//! Deciding over time: tables of courses with the messages that they lead to, and random courses held
//! against what must be true of all of them.

mod courses;
mod hard_courses;
mod long_courses;
mod promises;
mod words;
mod world;
