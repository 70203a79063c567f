//! Benchmarks over years: scores of several assessments side by side.
//!
//! What stands in one series has to measure the same; where a set changed, [`bridged`] joins the series by an overlap.

mod bridge;
mod distribution;
mod movers;

pub use bridge::{Link, bridged};
pub use distribution::{Bin, Distribution, distribution, median};
pub use movers::{Move, Standing, moves};
