//! The promises of all charts, held in every situation.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod cases;
mod extremes;
mod meaning;
mod reading;
mod rules;
