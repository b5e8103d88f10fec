//! Looks at real servers, and at what is none.
