//! What-if: what is asked for becomes suppositions of the engine, and what comes out is set against what was before.

mod asked;
mod rows;
mod table;

pub use asked::{Asked, Base, MOST_CHANGES, OtherSet, answer};
pub use table::table;
