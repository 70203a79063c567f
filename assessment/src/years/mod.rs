//! Years: how a quantity moves over the periods of an assessment ([`trend`]), and what a change between two assessments
//! came from ([`change`]).

pub mod change;
mod children;
mod decimals;
mod mann_kendall;
mod reads;
mod shapley;
pub mod trend;

pub use change::{Change, ChildChange, Compared, Parts, compare, depends_on_others};
pub use trend::{Quantity, Target, Trend, trends};
