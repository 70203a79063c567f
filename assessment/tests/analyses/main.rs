//! What is told about an assessment beyond its scores: gaps, changes, how far it rests on its choices, and what if.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod changes;
mod gaps;
#[allow(dead_code, reason = "of the reference scorer only the published data and the random cases are used")]
#[path = "../reference/mod.rs"]
mod reference;
mod uncertainty;
mod what_if;
