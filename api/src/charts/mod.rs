//! Charts of results: what each shows, read off what is kept, and its numbers as a table.
//!
//! A chart is a file here that gathers its numbers, and a file in [`draw`] that draws them as SVG. Adding one: write `draw/<name>.rs` with a
//! type that holds all that is drawn and its `svg`, `<name>.rs` with a function that fills it and gives a [`Chart`], and a variant of the names
//! of the operation that serves it. What somebody may see is decided before a chart is made: a chart asks [`Opened`] for rows, which gives
//! those that are seen and under the names under which they are.

mod chart;
mod depth;
pub mod distribution;
pub mod draw;
pub mod goal_path;
pub mod heatmap;
pub mod intervals;
mod opened;
pub mod priorities;
pub mod radar;
pub mod ranks;
pub mod roadmap;
pub mod score_card;
#[cfg(test)]
mod tests;
pub mod waterfall;
pub mod wheel;

pub use chart::{Chart, Looks, Theme, Wish, Words};
pub use opened::Opened;
