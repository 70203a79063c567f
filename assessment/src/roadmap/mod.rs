//! Roadmaps (GB/T 36333-2018, 9.1.4 and 9.3): which projects begin when, so that they bring the city most points within
//! yearly budgets and their dependencies; what it then looks like year by year, and what a smaller budget costs.
//!
//! `docs/roadmaps.md` states the model as formulas.

mod after;
mod critical;
mod faults;
mod gains;
mod plan;
mod planning;
mod schedule;
#[cfg(test)]
mod tests;

pub use critical::{CriticalPath, sequence};
pub use gains::{Counted, LeafGain};
pub use plan::{Dropped, Expected, Plan, Reason, Shrunk, Spend, Stage, State};
pub use planning::plan;

/// The parts of the budget for which it is said what is dropped.
pub const SHARES: [f64; 6] = [1.0, 0.9, 0.8, 0.7, 0.6, 0.5];
