//! The schedule: which projects begin when, so that they are worth most; a mixed-integer programme solved to its proof.

mod problem;
mod programme;
mod search;
#[cfg(test)]
mod tests;

pub(crate) use problem::{Job, Limit, Problem, Shared};
pub(crate) use search::{EQUAL, Effort, Found, best};
