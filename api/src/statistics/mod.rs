//! Statistics as the service and the command give them out: what may be asked for, and the rows of the answer.

pub mod asked;
mod rows;
mod table;
#[cfg(test)]
mod tests;

pub use asked::{Asked, What};
pub use rows::rows;
pub use table::table;
