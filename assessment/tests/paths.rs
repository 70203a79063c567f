//! The least-effort path against independent search: small random cases in full, the Spanish cities, the Chinese panel.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "paths/cases.rs"]
mod cases;
#[path = "paths/curved.rs"]
mod curved;
#[path = "paths/exhaustive.rs"]
mod exhaustive;
#[path = "paths/faults.rs"]
mod faults;
#[path = "paths/levels.rs"]
mod levels;
#[path = "paths/published.rs"]
mod published;
