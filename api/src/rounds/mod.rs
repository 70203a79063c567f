//! The reporting workflow: rounds, the submissions of their cities and departments, what is locked, what is complete.
//!
//! [`transitions::TABLE`] says who may do what to a submission in which state; the page `docs/rounds.md` is tested against
//! it. [`locks`] keeps the values of what was submitted; [`completeness`] counts what is there.

pub mod classes;
pub mod completeness;
pub mod departments;
pub mod locks;
pub mod opening;
pub mod profile;
pub mod pseudonyms;
pub mod publication;
pub mod ranking;
pub mod submission;
#[cfg(test)]
mod tests;
pub mod transitions;
pub mod visibility;
