//! Blocks of the handbook other than scores.

pub mod statistics;
